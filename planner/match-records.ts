import {type CacheMap, type CacheMapResult, type KeyInput, recordDigest, type Vertex} from '../analyzer/index.ts';
import type {CacheLink} from './caches/cache-config.ts';
import type {RecordIndex} from './record-index.ts';
import {inputsOf, type VertexKeys} from './vertex-keys.ts';

/** The records of one cache that a vertex matches. */
export interface Match {
	/** Matched whatever happens. */
	readonly sure: ReadonlySet<number>;
	/** Matched if what cannot be known before the build turns out that way; holds `sure` too. */
	readonly possible: ReadonlySet<number> | 'any';
	/** Among `possible`, those that match unless the builder loses a link while it loads the cache. */
	readonly atRisk: ReadonlySet<number>;
}

/** The match in one of several caches. */
export interface CacheMatch {
	readonly index: RecordIndex;
	readonly match: Match;
}

type IsKept = (link: CacheLink) => boolean;

const nothing: Match = {sure: new Set(), possible: new Set(), atRisk: new Set()};

/**
 * Finds for any vertex the records it matches in one cache, as BuildKit's importer does (solver/edge.go,
 * solver/cachemanager.go Query, solver/cacheimport.go): a record matches when its digest is the vertex's and each
 * of its inputs is linked to a match of that input, with the same selector, or to its content. A vertex that `ignores`
 * the cache matches nothing, for what is made of it too (edge.go probeCache).
 */
export function recordMatcher(
	index: RecordIndex,
	keys: VertexKeys,
	ignores: (vertex: Vertex) => boolean = () => false,
): (vertex: Vertex) => Match {
	const known = new Map<Vertex, Match>();

	const matchKnown = ({digests, inputs}: CacheMap): Match => {
		const candidates = digests.flatMap(digest => index.byDigest(recordDigest(digest)));
		const fits = (accepts: (links: readonly CacheLink[], input: KeyInput, isKept: IsKept) => boolean) =>
			new Set(
				candidates.filter(position => {
					const record = index.record(position);
					return (
						record?.inputs.length === inputs.length &&
						inputs.every((input, at) =>
							accepts(record.inputs[at] ?? [], input, link => !index.mayLose(position, at, link)),
						)
					);
				}),
			);
		const sure = fits((links, input, isKept) => isSure(links, input, isKept));
		const matched = fits((links, input) => isSure(links, input));
		const atRisk = new Set([...matched].filter(position => !sure.has(position)));
		const possible = fits((links, input) => isPossible(links, input));
		return {sure, possible, atRisk};
	};

	// By definition first: content is looked at only where that fails, as it may have to be read and hashed.
	const isSure = (links: readonly CacheLink[], input: KeyInput, isKept: IsKept = () => true): boolean =>
		isDefined(links, input, isKept) || links.some(link => isContentLink(link, input) && isKept(link));

	const isDefined = (links: readonly CacheLink[], input: KeyInput, isKept: IsKept): boolean => {
		const {sure} = match(input.vertex);
		return links.some(link => link.selector === input.selector && sure.has(link.link) && isKept(link));
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

		const found = ignores(vertex) ? nothing : matchDefined(keys.cacheMap(vertex));
		known.set(vertex, found);
		return found;
	};

	const matchDefined = (result: CacheMapResult): Match =>
		result.kind === 'known' ? matchKnown(result.map) : result.kind === 'unknown' ? unknownMatch(index) : nothing;

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
	return index.config.records.length === 0 ? nothing : {...nothing, possible: 'any'};
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
