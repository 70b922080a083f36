import type {MountType, RunMount} from './instruction.ts';

/** A mount while its options are read; an option that is absent was not given. */
export interface MountDraft {
	type: MountType;
	from?: string;
	source?: string;
	target?: string;
	id?: string;
	env?: string;
	readonly?: boolean;
	required?: boolean | undefined;
	sharing?: NonNullable<RunMount['sharing']>;
	size?: number | undefined;
	mode?: number;
	uid?: number;
	gid?: number;
}

/** Why options do not go together, and which of them is to blame, where it is one. */
export interface MountConflict {
	readonly message: string;
	readonly option?: string;
}

/** Which options do not go together, once all are known (BuildKit instructions/commands_runmount.go parseMount). */
export function checkMount(draft: MountDraft): MountConflict | undefined {
	const {type, sharing} = draft;
	if (type === 'bind' || type === 'tmpfs') {
		const option = (['mode', 'uid', 'gid'] as const).find(name => draft[name] !== undefined);
		if (option !== undefined) {
			return {message: `"${option}" is not allowed for mounts of type "${type}"`, option};
		}
	}

	const fault = type === 'secret' ? checkSecret(draft) : undefined;
	if (fault !== undefined) {
		return fault;
	}

	return sharing !== undefined && type !== 'cache'
		? {message: `"sharing" is not allowed for mounts of type "${type}"`, option: 'sharing'}
		: undefined;
}

function checkSecret({from = '', source = '', target = '', id = '', sharing}: MountDraft): MountConflict | undefined {
	if (from !== '') {
		return {message: 'a secret mount cannot have "from"', option: 'from'};
	}

	if (sharing !== undefined) {
		return {message: 'a secret mount cannot have "sharing"', option: 'sharing'};
	}

	if (source === '' && target === '' && id === '') {
		return {message: 'a secret mount needs "id", "source" or "target"'};
	}

	return source !== '' && id !== ''
		? {message: 'a secret mount cannot have both "source" and "id"', option: 'id'}
		: undefined;
}
