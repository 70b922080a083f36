import {type CacheMap, type KeyInput, recordDigest, type Vertex} from '../analyzer/index.ts';
import type {CacheLink, CacheRecord} from './caches/cache-config.ts';
import type {RecordIndex} from './record-index.ts';
import {inputsOf, type VertexKeys} from './vertex-keys.ts';

/** The records of one cache that a vertex matches. */
export interface Match {
	/** Matched whatever happens. */
	readonly sure: ReadonlySet<number>;
	/** Matched if what cannot be known before the build turns out that way; holds `sure` too. */
	readonly possible: ReadonlySet<number> | 'any';
	/** Stages and images that the builder makes or pulls to find `sure`, as it compares their content. */
	readonly compared: readonly Vertex[];
}

const nothing: Match = {sure: new Set(), possible: new Set(), compared: []};

/**
 * Finds for any vertex the records it matches in one cache, as BuildKit's importer does (solver/edge.go,
 * solver/cachemanager.go Query, solver/cacheimport.go): a record matches when its digest is the vertex's and each
 * of its inputs is linked to a match of that input, with the same selector, or to its content.
 */
export function recordMatcher(index: RecordIndex, keys: VertexKeys): (vertex: Vertex) => Match {
	const known = new Map<Vertex, Match>();

	const matchKnown = ({digests, inputs}: CacheMap): Match => {
		const candidates = digests.flatMap(digest => index.byDigest(recordDigest(digest)));
		const fits = (accepts: (record: CacheRecord) => boolean) =>
			new Set(
				candidates.filter(position => {
					const record = index.record(position);
					return record !== undefined && record.inputs.length === inputs.length && accepts(record);
				}),
			);
		const sure = fits(record => inputs.every((input, at) => isSure(record.inputs[at] ?? [], input)));
		const possible = fits(record => inputs.every((input, at) => isPossible(record.inputs[at] ?? [], input)));
		return {sure, possible, compared: comparedFor([...sure], inputs)};
	};

	// Where one record needs no content but that of contexts, nothing is made.
	const comparedFor = (sure: readonly number[], inputs: readonly KeyInput[]): readonly Vertex[] => {
		const needs = sure.map(position =>
			inputs.filter(
				(input, at) => input.vertex.kind !== 'context' && !isDefined(index.record(position)?.inputs[at] ?? [], input),
			),
		);
		return (needs.find(one => one.length === 0) ?? needs[0] ?? []).map(({vertex}) => vertex);
	};

	// By definition first: content is looked at only where that fails, as it may have to be read and hashed.
	const isSure = (links: readonly CacheLink[], input: KeyInput): boolean => {
		return isDefined(links, input) || links.some(link => isContentLink(link, input));
	};

	const isDefined = (links: readonly CacheLink[], input: KeyInput): boolean => {
		const {sure} = match(input.vertex);
		return links.some(link => link.selector === input.selector && sure.has(link.link));
	};

	const isContentLink = (link: CacheLink, input: KeyInput): boolean => {
		if (link.selector !== undefined || !index.isRoot(link.link)) {
			return false;
		}

		const content = keys.content(input);
		return content?.kind === 'digest' && index.matchesContent(link.link, content.digest);
	};

	const isPossible = (links: readonly CacheLink[], input: KeyInput): boolean => {
		if (isSure(links, input)) {
			return true;
		}

		const {possible} = match(input.vertex);
		if (links.some(link => link.selector === input.selector && (possible === 'any' || possible.has(link.link)))) {
			return true;
		}

		// What a stage will hold is not known: it may equal any content the cache has seen.
		return (
			input.content !== undefined &&
			links.some(link => link.selector === undefined && index.isRoot(link.link)) &&
			keys.content(input) === undefined
		);
	};

	const match = (vertex: Vertex): Match => {
		const cached = known.get(vertex);
		if (cached !== undefined) {
			return cached;
		}

		const result = keys.cacheMap(vertex);
		const found =
			result.kind === 'known' ? matchKnown(result.map) : result.kind === 'unknown' ? unknownMatch(index) : nothing;
		known.set(vertex, found);
		return found;
	};

	return vertex => {
		// Inputs first, without recursion: a stage can be thousands of steps deep.
		for (const input of inputsFirst(vertex, keys, known)) {
			match(input);
		}

		return match(vertex);
	};
}

// In an empty cache even an unknown vertex finds nothing.
function unknownMatch(index: RecordIndex): Match {
	return index.config.records.length === 0 ? nothing : {sure: new Set(), possible: 'any', compared: []};
}

/** A vertex and all it is made of, each after its inputs. */
export function inputsFirst(root: Vertex, keys: VertexKeys, done: {has(vertex: Vertex): boolean}): readonly Vertex[] {
	const order: Vertex[] = [];
	const seen = new Set<Vertex>();
	const pending: {readonly vertex: Vertex; readonly expanded: boolean}[] = [{vertex: root, expanded: false}];
	for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
		const {vertex, expanded} = top;
		if (expanded) {
			order.push(vertex);
		} else if (!seen.has(vertex) && !done.has(vertex)) {
			seen.add(vertex);
			pending.push(
				{vertex, expanded: true},
				...inputsOf(vertex, keys).map(input => ({vertex: input, expanded: false})),
			);
		}
	}

	return order;
}
