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

/** Which options do not go together, once all are known (BuildKit instructions/commands_runmount.go parseMount). */
export function checkMount(draft: MountDraft): string | undefined {
	const {type, sharing} = draft;
	if (type === 'bind' || type === 'tmpfs') {
		const option = (['mode', 'uid', 'gid'] as const).find(name => draft[name] !== undefined);
		if (option !== undefined) {
			return `"${option}" is not allowed for mounts of type "${type}"`;
		}
	}

	const fault = type === 'secret' ? checkSecret(draft) : undefined;
	if (fault !== undefined) {
		return fault;
	}

	return sharing !== undefined && type !== 'cache'
		? `"sharing" is not allowed for mounts of type "${type}"`
		: undefined;
}

function checkSecret({from = '', source = '', target = '', id = '', sharing}: MountDraft): string | undefined {
	if (from !== '') {
		return 'a secret mount cannot have "from"';
	}

	if (sharing !== undefined) {
		return 'a secret mount cannot have "sharing"';
	}

	if (source === '' && target === '' && id === '') {
		return 'a secret mount needs "id", "source" or "target"';
	}

	return source !== '' && id !== '' ? 'a secret mount cannot have both "source" and "id"' : undefined;
}
