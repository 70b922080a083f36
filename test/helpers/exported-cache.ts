import {
	contentRecordDigest,
	newestDialect,
	openContext,
	recordDigest,
	type Step,
	type Vertex,
} from '../../analyzer/index.ts';
import type {CacheConfig, CacheLink, CacheRecord} from '../../planner/caches/cache-config.ts';
import {mainContents} from '../../planner/context-contents.ts';
import {inputsFirst} from '../../planner/match-records.ts';
import {contextKeys, keyInputs, type VertexKeys} from '../../planner/vertex-keys.ts';
import {keyedSteps, type PipelineOptions} from './pipeline.ts';

/** Which steps a cache holds, by the instruction's text, and of which it holds no layers. */
export interface Holding {
	readonly without?: readonly string[];
	readonly keyOnly?: readonly string[];
}

export interface Built {
	readonly steps: readonly Step[];
	readonly keys: VertexKeys;
	readonly output: Vertex;
}

/** Analyses a Dockerfile over the folder of its context; what it ends with is its last step. */
export function analyse(dockerfile: string, context: string, options: PipelineOptions = {}): Built {
	const steps = keyedSteps(dockerfile, options).map(({step}) => step);
	const keys = contextKeys(
		() => mainContents(openContext(context, undefined), false),
		options.dialect ?? newestDialect,
	);
	const output = steps.at(-1)?.vertex;
	if (output === undefined) {
		throw new Error('the Dockerfile has no step');
	}

	return {steps, keys, output};
}

/** What BuildKit's exporter writes: a record per vertex, its inputs linked by definition and by content. */
export function exportCache({steps, keys, output}: Built, {without = [], keyOnly = []}: Holding = {}): CacheConfig {
	const texts = new Map(steps.map(step => [step.vertex, step.instruction.text]));
	const records: CacheRecord[] = [];
	const positions = new Map<Vertex, readonly number[]>();
	const add = (record: CacheRecord): number => records.push(record) - 1;
	for (const vertex of inputsFirst(output, keys, new Set())) {
		const result = keys.cacheMap(vertex);
		const text = texts.get(vertex) ?? '';
		if (result.kind !== 'known' || without.includes(text)) {
			continue;
		}

		const inputs = keyInputs(vertex, keys).map((input): readonly CacheLink[] => {
			const selector = input.selector === undefined ? {} : {selector: input.selector};
			const byDefinition = (positions.get(input.vertex) ?? []).map(link => ({link, ...selector}));
			const content = keys.content(input);
			const byContent =
				content?.kind === 'digest'
					? [{link: add({digest: contentRecordDigest(content.digest), inputs: [], results: []})}]
					: [];
			return [...byDefinition, ...byContent];
		});
		const results =
			vertex.kind === 'image' || keyOnly.includes(text) ? [] : [{chain: [], createdAt: '2026-01-01T00:00:00Z'}];
		positions.set(
			vertex,
			result.map.digests.map(digest => add({digest: recordDigest(digest), inputs, results})),
		);
	}

	return {records, layers: []};
}
