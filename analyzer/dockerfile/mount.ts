import {parseCsv} from './csv.ts';
import {parseBool, parseSize, parseUint32} from './go-values.ts';
import type {MountType, RunMount} from './instruction.ts';
import {checkMount, type MountDraft} from './mount-rules.ts';
import {quote} from './quote.ts';
import type {Word} from './source.ts';
import {chooseFrom, didYouMean} from './suggest.ts';

/** What is wrong with a mount, and what to do about it. */
export interface MountFault {
	readonly kind: 'failed';
	readonly message: string;
	readonly hint?: string;
	/** The option that is wrong, as written, when it is one. */
	readonly field?: string;
	/** Which half of that option, when not both. */
	readonly part?: 'key' | 'value';
}

export type MountResult = {readonly kind: 'parsed'; readonly mount: RunMount} | MountFault;

/** Replaces the variables of one option's value. */
export type ExpandValue = (
	value: string,
) => {readonly kind: 'expanded'; readonly text: string} | {readonly kind: 'failed'; readonly message: string};

const TYPES: readonly MountType[] = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'];
const SHARINGS = ['shared', 'private', 'locked'] as const;

/**
 * Reads the value of `--mount` with its variables expanded, as BuildKit does when it builds the stage
 * (instructions/commands_runmount.go parseMount). Without `expand` the values stay as written; then one that holds a
 * variable or a quote where a number or a choice must stand is left out, and nothing is refused on account of it.
 */
export function parseMount({text, range}: Word, expand?: ExpandValue): MountResult {
	const csv = parseCsv(text);
	if (csv.kind === 'failed') {
		return csv;
	}

	const lenient = expand === undefined && /[$'"\\`]/.test(text);
	const draft: MountDraft = {type: 'bind'};
	for (const field of csv.fields) {
		const fault = applyField(draft, field, expand ?? asWritten);
		if (fault !== undefined && !lenient) {
			return {...fault, field};
		}
	}

	const conflict = lenient ? undefined : checkMount(draft);
	if (conflict === undefined) {
		return {kind: 'parsed', mount: toMount(draft, range)};
	}

	const {message, option} = conflict;
	const field = csv.fields.findLast(one => splitField(one).key === option);
	return field === undefined ? {kind: 'failed', message} : {kind: 'failed', message, field};
}

/** What BuildKit checks of a `--mount` before it builds anything. */
export function checkMountFlag(text: string): MountFault | undefined {
	const csv = parseCsv(text);
	if (csv.kind === 'failed') {
		return csv;
	}

	for (const field of csv.fields) {
		const {key, value = ''} = splitField(field);
		const dollar = value.indexOf('$');
		if (key === 'from' && dollar !== -1 && dollar !== value.length - 1) {
			const hint = 'name a stage after it: FROM $IMAGE AS name, then from=name';
			const message = `mount option "from" does not support variables: ${quote(value)}`;
			return {kind: 'failed', message, hint, field, part: 'value'};
		}
	}

	return undefined;
}

const asWritten: ExpandValue = text => ({kind: 'expanded', text});

function splitField(field: string): {readonly key: string; readonly value?: string} {
	const equals = field.indexOf('=');
	return equals === -1
		? {key: field.toLowerCase()}
		: {key: field.slice(0, equals).toLowerCase(), value: field.slice(equals + 1)};
}

function applyField(draft: MountDraft, field: string, expand: ExpandValue): MountFault | undefined {
	const {key, value} = splitField(field);
	if (value === undefined) {
		const hint = field === '' ? 'write the options with commas and no blanks between them' : undefined;
		return SWITCHES.includes(key)
			? applyOption(draft, key, 'true')
			: failure(`mount option ${quote(field)} must be a key=value pair`, hint);
	}

	const expanded = expand(value);
	return expanded.kind === 'failed' ? {...expanded, part: 'value'} : applyOption(draft, key, expanded.text);
}

/** Options that may stand without a value. */
const SWITCHES: readonly string[] = ['readonly', 'ro', 'readwrite', 'rw', 'required'];

type Setter = (draft: MountDraft, value: string, key: string) => MountFault | undefined;

function applyOption(draft: MountDraft, key: string, value: string): MountFault | undefined {
	const setter = OPTIONS.get(key);
	if (setter === undefined) {
		return failure(`unknown mount option ${quote(key)}`, didYouMean(key, Array.from(OPTIONS.keys())), 'key');
	}

	return setter(draft, value, key);
}

const setText =
	(name: 'from' | 'source' | 'target' | 'id' | 'env'): Setter =>
	(draft, value) => {
		draft[name] = value;
		return undefined;
	};

const setReadonly =
	(meaning: boolean): Setter =>
	(draft, value, key) => {
		const flag = parseBool(value);
		if (flag === undefined) {
			return invalid(key, value);
		}

		draft.readonly = flag === meaning;
		return undefined;
	};

const setNumber =
	(name: 'mode' | 'uid' | 'gid', base: 8 | 10): Setter =>
	(draft, value, key) => {
		const number = parseUint32(value, base);
		if (number === undefined) {
			return invalid(key, value);
		}

		draft[name] = number;
		return undefined;
	};

const setType: Setter = (draft, value) => {
	const type = TYPES.find(candidate => candidate === value.toLowerCase());
	if (type === undefined) {
		return failure(`unsupported mount type ${quote(value)}`, chooseFrom(value, TYPES), 'value');
	}

	draft.type = type;
	return undefined;
};

const setSharing: Setter = (draft, value) => {
	const sharing = SHARINGS.find(candidate => candidate === value.toLowerCase());
	if (sharing === undefined) {
		return failure(`unsupported sharing value ${quote(value)}`, chooseFrom(value, SHARINGS), 'value');
	}

	draft.sharing = sharing;
	return undefined;
};

const setRequired: Setter = (draft, value, key) => {
	if (draft.type !== 'secret' && draft.type !== 'ssh') {
		return unexpected(key, draft.type);
	}

	draft.required = parseBool(value);
	return draft.required === undefined ? invalid(key, value) : undefined;
};

const setSize: Setter = (draft, value, key) => {
	if (draft.type !== 'tmpfs') {
		return unexpected(key, draft.type);
	}

	draft.size = parseSize(value);
	return draft.size === undefined ? invalid(key, value) : undefined;
};

const OPTIONS: ReadonlyMap<string, Setter> = new Map([
	['type', setType],
	['from', setText('from')],
	['source', setText('source')],
	['src', setText('source')],
	['target', setText('target')],
	['dst', setText('target')],
	['destination', setText('target')],
	['readonly', setReadonly(true)],
	['ro', setReadonly(true)],
	['readwrite', setReadonly(false)],
	['rw', setReadonly(false)],
	['required', setRequired],
	['size', setSize],
	['id', setText('id')],
	['sharing', setSharing],
	['mode', setNumber('mode', 8)],
	['uid', setNumber('uid', 10)],
	['gid', setNumber('gid', 10)],
	['env', setText('env')],
]);

function toMount(draft: MountDraft, range: Word['range']): RunMount {
	const {type, from, source, target, required, id, sharing, size, mode, uid, gid, env} = draft;
	return {
		type,
		readonly: draft.readonly ?? (type !== 'cache' && type !== 'tmpfs'),
		required: required ?? false,
		range,
		...(from === undefined || from === '' ? {} : {from: {text: from, range}}),
		...(source === undefined || source === '' ? {} : {source}),
		...(target === undefined || target === '' ? {} : {target}),
		...(id === undefined || id === '' ? {} : {id}),
		...(sharing === undefined ? {} : {sharing}),
		...(size === undefined ? {} : {size}),
		...(mode === undefined ? {} : {mode}),
		...(uid === undefined ? {} : {uid}),
		...(gid === undefined ? {} : {gid}),
		...(env === undefined ? {} : {env}),
	};
}

function failure(message: string, hint?: string, part?: MountFault['part']): MountFault {
	return {kind: 'failed', message, ...(hint === undefined ? {} : {hint}), ...(part === undefined ? {} : {part})};
}

function invalid(key: string, value: string): MountFault {
	return failure(`invalid value ${quote(value)} for mount option ${quote(key)}`, undefined, 'value');
}

function unexpected(key: string, type: MountType): MountFault {
	return failure(`unexpected option ${quote(key)} for mount type ${quote(type)}`, undefined, 'key');
}
