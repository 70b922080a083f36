import {
	contentRecordDigest,
	type KeyInput,
	recordDigest,
	type Selector,
	type Step,
	type Vertex,
} from '../../analyzer/index.ts';
import {asArray, asObject, asString, parseJson} from '../json-value.ts';
import type {Plan} from '../plan.ts';
import {partsOf} from '../vertex-keys.ts';

/** One operation that a step came to, and what its key is made of. */
export interface KeyPart {
	/** `exec`, `file`, `merge` … as BuildKit has it. */
	readonly kind: Vertex['kind'];
	/** Why it is not known before the build; then there is nothing else. */
	readonly unknown?: string;
	readonly definitions: readonly KeyDefinition[];
	readonly inputs: readonly KeyPartInput[];
}

/** A digest of the definition, with the text that was hashed. */
export interface KeyDefinition {
	readonly digest: string;
	/** What caches call it: sha256 over the digest and "@0". */
	readonly record: string;
	/** Byte for byte, but for the values of build arguments (`masked`). */
	readonly preimage: string;
	/** The same as data, with the base64 of file actions and inline documents decoded. */
	readonly readable: unknown;
	readonly masked: boolean;
}

export interface KeyPartInput {
	readonly kind: Vertex['kind'];
	/** The step it is the result of. */
	readonly step?: string;
	/** Digest of the paths that are used of it, part of the link between two records. */
	readonly selector?: string;
	/** What is compared by content; absent where nothing is. */
	readonly content?: {
		readonly selectors: readonly Selector[];
		/** Absent where only the build can tell. */
		readonly digest?: string;
		/** What caches call it: sha256 over the digest and "@-1". */
		readonly record?: string;
		readonly reason?: string;
	};
}

const mask = '***';

/** What the key of a step is made of, operation by operation. Values of build arguments are masked: they may be secrets. */
export function keyParts(plan: Plan, step: Step): readonly KeyPart[] {
	const {vertex} = step;
	const steps = plan.stages.flatMap(one => one.steps).map(one => one.step);
	const owners = new Map(
		steps.flatMap(one =>
			one.vertex === undefined || one.instruction.kind === 'from' ? [] : [[one.vertex, one] as const],
		),
	);
	return vertex === undefined ? [] : partsOf(vertex, owners, plan.keys).map(part => partOf(plan, part, owners));
}

function partOf(plan: Plan, vertex: Vertex, owners: ReadonlyMap<Vertex, Step>): KeyPart {
	const result = plan.keys.cacheMap(vertex);
	if (result.kind !== 'known') {
		const unknown = result.kind === 'unknown' ? result.cause : 'it has no key of its own';
		return {kind: vertex.kind, unknown, definitions: [], inputs: []};
	}

	const {digests, preimages, inputs} = result.map;
	return {
		kind: vertex.kind,
		definitions: digests.map((digest, at) => ({
			digest,
			record: recordDigest(digest),
			...shownPreimage(preimages[at] ?? '', plan.buildArgs),
		})),
		inputs: inputs.map(input => inputOf(plan, input, owners)),
	};
}

function inputOf({keys, buildArgs}: Plan, input: KeyInput, owners: ReadonlyMap<Vertex, Step>): KeyPartInput {
	const {vertex, selector, content} = input;
	const owner = owners.get(vertex);
	const found = content === undefined ? undefined : keys.content(input);
	const reason = keys.openReason(input);
	return {
		kind: vertex.kind,
		...(owner !== undefined && {step: owner.id}),
		...(selector !== undefined && {selector}),
		...(content !== undefined && {
			content: {
				selectors: content.map(selector => ({
					...selector,
					path: withoutValues(selector.path, buildArgs),
					include: selector.include.map(one => withoutValues(one, buildArgs)),
					exclude: selector.exclude.map(one => withoutValues(one, buildArgs)),
					required: selector.required.map(one => withoutValues(one, buildArgs)),
				})),
				...(found?.kind === 'digest' && {digest: found.digest, record: contentRecordDigest(found.digest)}),
				...(reason !== undefined && {reason}),
			},
		}),
	};
}

function shownPreimage(
	preimage: string,
	buildArgs: ReadonlyMap<string, string>,
): Pick<KeyDefinition, 'preimage' | 'readable' | 'masked'> {
	const parsed = decoded(parseJson(preimage) ?? preimage);
	const readable = masked(parsed, buildArgs);
	// The base64 of an action hides a value, but does not keep it.
	const isMasked = JSON.stringify(readable) !== JSON.stringify(parsed);
	return {
		preimage: isMasked ? JSON.stringify(readable) : preimage,
		readable,
		masked: isMasked,
	};
}

function decoded(value: unknown): unknown {
	const object = asObject(value);
	const actions = asArray(object?.['Actions']);
	return object === undefined || actions === undefined
		? value
		: {...object, Actions: actions.map(one => decodedAction(String(one)))};
}

// An inline document is base64 within base64.
function decodedAction(text: string): unknown {
	const action = parseJson(fromBase64(text));
	const object = asObject(action);
	const data = asString(object?.['data']);
	return object === undefined || data === undefined ? (action ?? text) : {...object, data: fromBase64(data)};
}

function fromBase64(text: string): string {
	return Buffer.from(text, 'base64').toString();
}

// By name in an environment, by value elsewhere.
function masked(value: unknown, buildArgs: ReadonlyMap<string, string>): unknown {
	if (typeof value === 'string') {
		const name = value.slice(0, Math.max(0, value.indexOf('=')));
		if (buildArgs.has(name)) {
			return `${name}=${mask}`;
		}

		return withoutValues(value, buildArgs);
	}

	const items = asArray(value);
	if (items !== undefined) {
		return items.map(item => masked(item, buildArgs));
	}

	const object = asObject(value);
	return object === undefined
		? value
		: Object.fromEntries(Object.entries(object).map(([key, one]) => [key, masked(one, buildArgs)]));
}

// One or two characters keep nothing secret, and are everywhere.
function withoutValues(text: string, buildArgs: ReadonlyMap<string, string>): string {
	return [...buildArgs.values()]
		.filter(value => value.length > 2)
		.sort((a, b) => b.length - a.length)
		.reduce((shown, value) => shown.replaceAll(value, mask), text);
}
