import {contentRecordDigest, type KeyInput, recordDigest, sha256, type Vertex} from '../../analyzer/index.ts';
import type {CacheConfig, CacheLink, CacheRecord} from '../caches/cache-config.ts';
import type {CacheReading} from '../caches/cache-source.ts';
import {inputsFirst} from '../match-records.ts';
import type {Plan} from '../plan.ts';
import {keyInputs, type VertexKeys} from '../vertex-keys.ts';

// Stands for content that only a build knows.
const openContent = contentRecordDigest(sha256('content that only the build knows'));

/**
 * The records of the cache that a build of these plans would leave, each with a result. What a stage makes has no content
 * key before it ran: a record that nothing equals stands for it, so that what is compared with it is unknown.
 */
function recordsOfPlans(plans: readonly Plan[]): CacheConfig {
	const records: CacheRecord[] = [];
	const contents = new Map<string, number>();
	const add = (record: CacheRecord): number => records.push(record) - 1;
	const contentRecord = (digest: string): CacheLink => {
		const link = contents.get(digest) ?? add({digest, inputs: [], results: []});
		contents.set(digest, link);
		return {link};
	};

	for (const {keys, stages} of plans) {
		const known = new Map<Vertex, readonly number[]>();
		const linksOf = (input: KeyInput): readonly CacheLink[] => {
			const {vertex, selector} = input;
			const own = (known.get(vertex) ?? []).map(link => ({link, ...(selector !== undefined && {selector})}));
			const content = contentKey(input, keys);
			return content === undefined ? own : [...own, contentRecord(content)];
		};
		for (const {vertex} of stages.flatMap(({steps}) => steps.map(({step}) => step))) {
			for (const one of vertex === undefined ? [] : inputsFirst(vertex, keys, known)) {
				const result = keys.cacheMap(one);
				const inputs = keyInputs(one, keys).map(linksOf);
				// An image is found by either of its digests.
				const digests = result.kind === 'known' ? result.map.digests : [];
				known.set(
					one,
					digests.map(digest => add({digest: recordDigest(digest), inputs, results: [{chain: []}]})),
				);
			}
		}
	}

	return {records, layers: []};
}

/** The same as a cache that was read. */
export function readingOfPlans(plans: readonly Plan[]): CacheReading {
	return {kind: 'found', spec: {kind: 'other', type: 'revision', attributes: {}}, config: recordsOfPlans(plans)};
}

function contentKey(input: KeyInput, keys: VertexKeys): string | undefined {
	if (input.content === undefined) {
		return undefined;
	}

	const content = keys.content(input);
	return content?.kind === 'digest' ? contentRecordDigest(content.digest) : openContent;
}
