import {
	type CacheMap,
	type ContentDigest,
	type KeyInput,
	recordDigest,
	type Step,
	type Vertex,
} from '../analyzer/index.ts';
import {ageCause, type Refresh} from './age/refresh.ts';
import type {Cause} from './cause.ts';
import type {Found, Outcome} from './found.ts';
import {ignoresCache, type NoCacheStages} from './ignores-cache.ts';
import type {RecordIndex} from './record-index.ts';
import {remoteCause} from './remote-cause.ts';
import {usualUmask} from './usual-umask.ts';
import {inputsOf, keyInputs, partsOf, type VertexKeys} from './vertex-keys.ts';

/** What is known when causes are looked for: every step before the one asked about has its outcome. */
export interface CauseInput {
	readonly caches: readonly RecordIndex[];
	readonly unread: readonly {readonly name: string; readonly reason: string}[];
	readonly keys: VertexKeys;
	readonly noCache: NoCacheStages;
	readonly refresh: Refresh;
	/** The step a vertex is the result of. */
	readonly owners: ReadonlyMap<Vertex, Step>;
	findOf(vertex: Vertex): Found;
	/** It is in a cache, unless the builder loses a link of it. */
	isAtRisk(vertex: Vertex): boolean;
	outcomeOf(step: Step): Outcome;
	/** What needs the result of a vertex in the worst case. */
	neededBy(vertex: Vertex): Vertex | undefined;
}

/**
 * Finds why a step misses, or why it cannot be told: first what it builds on, then what is new in the step itself.
 */
export function causeFinder({
	caches,
	unread,
	keys,
	noCache,
	refresh,
	owners,
	findOf,
	isAtRisk,
	outcomeOf,
	neededBy,
}: CauseInput): (step: Step, vertex: Vertex) => Cause {
	const isEmpty = unread.length === 0 && caches.every(index => index.config.records.length === 0);

	const candidatesOf = (map: CacheMap) =>
		caches.flatMap(index =>
			map.digests.flatMap(digest => index.byDigest(recordDigest(digest)).map(position => ({index, position}))),
		);

	const ownCause = (parts: readonly Vertex[]): Cause | undefined => {
		for (const part of parts) {
			const result = keys.cacheMap(part);
			if (result.kind === 'unknown') {
				return {kind: 'undecided', reason: result.cause};
			}

			if (result.kind === 'keyless') {
				continue;
			}

			if (part.kind === 'image') {
				return {kind: 'image', reference: part.reference, digest: part.image.digest};
			}

			const root = result.map.inputs.find(
				input => input.vertex.kind === 'context' && input.content === undefined,
			)?.vertex;
			if (root?.kind === 'context' && root.name !== undefined) {
				return {kind: 'uncacheable', context: root.name};
			}

			const candidates = candidatesOf(result.map);
			if (candidates.length === 0) {
				return {kind: 'definition'};
			}

			const remote = remoteCause(result.map.inputs, keys, findOf);
			if (remote !== undefined) {
				return remote;
			}

			const [reason] = result.map.inputs.flatMap(input => keys.openReason(input) ?? []);
			if (reason !== undefined) {
				return {kind: 'undecided', reason};
			}

			const {inputs} = result.map;
			const changed = inputs.filter(
				(input, at) =>
					input.vertex.kind === 'context' &&
					!candidates.some(({index, position}) => hasContent(index, position, at, keys.content(input))),
			);
			const [first] = changed;
			if (first !== undefined) {
				const umask = usualUmask(usual =>
					candidates.some(({index, position}) =>
						changed.every(input => hasContent(index, position, inputs.indexOf(input), keys.contentAs(input, usual))),
					),
				);
				return {kind: 'content', sources: sourcesOf(first), ...(umask !== undefined && {umask})};
			}

			const image = result.map.inputs.find(
				({vertex}) => vertex.kind === 'image' && !owners.has(vertex) && findOf(vertex).kind === 'absent',
			)?.vertex;
			if (image?.kind === 'image') {
				return {kind: 'image', reference: image.reference, digest: image.image.digest};
			}
		}

		return undefined;
	};

	const outputCause = (parts: readonly Vertex[]): Cause | undefined => {
		const open = parts
			.flatMap(part => keyInputs(part, keys))
			.find(
				input => input.content !== undefined && input.vertex.kind !== 'context' && keys.content(input) === undefined,
			);
		const owner = open === undefined ? undefined : owners.get(open.vertex);
		return owner === undefined ? undefined : {kind: 'output', stage: owner.number?.stage || `stage ${owner.stage}`};
	};

	// The unknown step whose miss would make this result needed.
	const openConsumer = (vertex: Vertex): Step | undefined => {
		for (let next = neededBy(vertex); next !== undefined; next = neededBy(next)) {
			const owner = owners.get(next);
			if (owner !== undefined && ['possible', 'ambiguous'].includes(findOf(next).kind)) {
				return owner;
			}
		}

		return undefined;
	};

	return (step, vertex) => {
		if (ignoresCache(step, noCache)) {
			return {kind: 'no-cache', ...(noCache !== true && {filter: true})};
		}

		if (ignoresCache(step, refresh.stages)) {
			return ageCause(step, refresh);
		}

		if (isEmpty) {
			return {kind: 'cold'};
		}

		const outside = elsewhere(findOf(vertex), unread);
		if (outside !== undefined) {
			const unknown = partsOf(vertex, owners, keys)
				.flatMap(part => inputsOf(part, keys))
				.flatMap(input => owners.get(input) ?? [])
				.find(one => one.id !== step.id && outcomeOf(one) === 'unknown');
			return unknown === undefined ? outside : {kind: 'parent', step: unknown.id, line: lineOf(unknown)};
		}

		const doubtful = inputsOf(vertex, keys).find(input => owners.has(input) && findOf(input).kind === 'ambiguous');
		const before = doubtful === undefined ? undefined : owners.get(doubtful);
		if (findOf(vertex).kind === 'ambiguous' && before !== undefined) {
			return {kind: 'parent', step: before.id, line: lineOf(before)};
		}

		if (findOf(vertex).kind === 'ambiguous') {
			return {
				kind: 'undecided',
				reason: 'in one cache only, while another holds what it builds on: the builder follows either',
			};
		}

		const found = findOf(vertex).kind;
		if (found === 'key-only' && outcomeOf(step) === 'unknown') {
			const consumer = openConsumer(vertex);
			return consumer === undefined
				? {kind: 'no-layers'}
				: {kind: 'consumer', step: consumer.id, line: lineOf(consumer)};
		}

		const parts = partsOf(vertex, owners, keys);
		if (parts.some(isAtRisk)) {
			return {
				kind: 'undecided',
				reason: 'in a cache with several ends, of which BuildKit 0.25 and later may lose a link to it while loading it',
			};
		}

		const own = ownCause(parts);
		const outcome = outcomeOf(step);
		const parents = parts
			.flatMap(part => inputsOf(part, keys))
			.flatMap(input => owners.get(input) ?? [])
			.filter(one => one.id !== step.id)
			// One that is found without its layers runs because of this step, not the other way round.
			.filter(one => found === 'key-only' || one.vertex === undefined || findOf(one.vertex).kind !== 'key-only');
		const blocking =
			parents.find(parent => outcomeOf(parent) === outcome) ??
			parents.find(parent => !['hit', 'none'].includes(outcomeOf(parent)));
		if (
			outcome === 'unknown' &&
			own?.kind === 'undecided' &&
			blocking !== undefined &&
			outcomeOf(blocking) === 'miss'
		) {
			return own;
		}

		if (
			outcome === 'unknown' &&
			blocking !== undefined &&
			own?.kind !== 'undecided' &&
			outcomeOf(blocking) === 'miss'
		) {
			return outputCause(parts) ?? {kind: 'parent', step: blocking.id, line: lineOf(blocking)};
		}

		if (blocking !== undefined) {
			return {
				kind: 'parent',
				step: blocking.id,
				line: lineOf(blocking),
				...(own !== undefined && own.kind !== 'undecided' && {own}),
			};
		}

		return (
			own ?? outputCause(parts) ?? (findOf(vertex).kind === 'key-only' ? {kind: 'no-layers'} : {kind: 'definition'})
		);
	};
}

// What only the cache itself can tell.
function elsewhere(found: Found, [open]: CauseInput['unread']): Cause | undefined {
	switch (found.kind) {
		case 'lost': {
			return {kind: 'lost-layer', layer: found.layer, reason: found.reason};
		}

		case 'unread': {
			return open === undefined ? undefined : {kind: 'unread', cache: open.name, reason: open.reason};
		}

		default: {
			return undefined;
		}
	}
}

function hasContent(index: RecordIndex, position: number, at: number, content: ContentDigest | undefined): boolean {
	return (index.record(position)?.inputs[at] ?? []).some(
		link => content?.kind === 'digest' && index.matchesContent(link.link, content.digest),
	);
}

function sourcesOf({content, vertex}: KeyInput): readonly string[] {
	const paths =
		content === undefined || content.length === 0
			? ['.']
			: content.map(selector => selector.path.replace(/^\/(?=.)/, ''));
	return vertex.kind === 'context' && vertex.name !== undefined ? paths.map(path => `${vertex.name}:${path}`) : paths;
}

function lineOf({instruction}: Step): number {
	return instruction.range.start.line;
}
