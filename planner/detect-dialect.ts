import {
	type Dialect,
	dialects,
	hasPatterns,
	type KeyInput,
	newestDialect,
	recordDigest,
	type Step,
	type Vertex,
} from '../analyzer/index.ts';
import {recordMatcher} from './match-records.ts';
import type {DialectChoice} from './plan.ts';
import type {RecordIndex} from './record-index.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** The steps of a target as one dialect has them. */
export interface DialectSteps {
	readonly steps: readonly Step[];
	readonly keys: VertexKeys;
}

export interface DetectInput {
	readonly caches: readonly RecordIndex[];
	/** Text of the Dockerfile. */
	readonly text: string;
	readonly buildArgs: ReadonlyMap<string, string>;
	/**
	 * The steps in a dialect, `without` some of what it has; `undefined` where the Dockerfile has mistakes in it.
	 */
	stepsIn(dialect: Dialect, without?: readonly (keyof Dialect)[]): DialectSteps | undefined;
}

export interface DetectedDialect {
	readonly choice: DialectChoice;
	/** Dialects that explain the caches as well, but give other keys to the steps as they are now, newest first. */
	readonly others: readonly Dialect[];
}

/**
 * The dialect that wrote the caches: a digest cannot match by accident, so it is the one that finds the most; first
 * counted by whole matches, with content and inputs, then by definitions alone. What a step has gained since, as a
 * declared TARGETSTAGE, must not count against the dialects that know it: each is tried without it as well.
 */
export function detectDialect(input: DetectInput): DetectedDialect {
	const newestFirst = input.caches.length === 0 ? [] : [...dialects].reverse();
	const subsets = subsetsOf(additions.filter(({asks}) => asks(input)).map(({feature}) => feature));
	const counts = newestFirst.map(dialect =>
		Math.max(...subsets.map(without => countRecords(input.stepsIn(dialect, without), input.caches))),
	);
	const most = Math.max(0, ...counts);
	const fitting = newestFirst.filter((_, at) => most > 0 && counts[at] === most);
	const [dialect, ...others] = fitting;
	if (dialect === undefined) {
		return {choice: {dialect: newestDialect, by: 'default'}, others: []};
	}

	const seen = new Set([fingerprint(dialect, input.stepsIn(dialect))]);
	return {
		choice: {dialect, from: fitting.at(-1) ?? dialect, by: 'cache'},
		others: others.filter(other => {
			const print = fingerprint(other, input.stepsIn(other));
			const isNew = !seen.has(print);
			seen.add(print);
			return isNew;
		}),
	};
}

// What a dialect adds to a step only where the Dockerfile or the command line asks for it.
const additions: readonly {readonly feature: keyof Dialect; asks(input: DetectInput): boolean}[] = [
	{feature: 'hasTargetStage', asks: ({text}) => text.includes('TARGETSTAGE')},
	{feature: 'hasOsVersionArgs', asks: ({text}) => text.includes('OSVERSION')},
	{feature: 'datesWorkdir', asks: ({text, buildArgs}) => buildArgs.has(epoch) || text.includes(epoch)},
	{feature: 'hasGlobalEpoch', asks: ({text}) => text.includes(epoch)},
];
const epoch = 'SOURCE_DATE_EPOCH';

function subsetsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
	let subsets: readonly (readonly T[])[] = [[]];
	for (const item of items) {
		subsets = subsets.concat(subsets.map(one => one.concat([item])));
	}

	return subsets;
}

function countRecords(found: DialectSteps | undefined, caches: readonly RecordIndex[]): number {
	if (found === undefined) {
		return 0;
	}

	const {steps, keys} = found;
	const matchers = caches.map(index => recordMatcher(index, keys));
	const vertices = steps.flatMap(step => step.vertex ?? []);
	const isDefined = (vertex: Vertex) =>
		digestsOf(vertex, keys).some(digest => caches.some(index => index.byDigest(recordDigest(digest)).length > 0));
	const whole = vertices.filter(vertex => matchers.some(match => match(vertex).sure.size > 0)).length;
	return whole * (vertices.length + 1) + vertices.filter(vertex => isDefined(vertex)).length;
}

function digestsOf(vertex: Vertex, keys: VertexKeys): readonly `sha256:${string}`[] {
	const result = keys.cacheMap(vertex);
	return result.kind === 'known' ? result.map.digests : [];
}

// All that decides on the outcome of the steps.
function fingerprint({patternHash, followsAllMatches}: Dialect, found: DialectSteps | undefined): string {
	// What is selected of a stage is not looked up for this: how it would be hashed stands in for it.
	const hashOf = ({content = []}: KeyInput) => content.some(hasPatterns) && [patternHash, followsAllMatches];
	return JSON.stringify(
		found?.steps.map(({vertex}) => {
			const result = vertex === undefined ? undefined : found.keys.cacheMap(vertex);
			return result?.kind === 'known'
				? [
						result.map.digests,
						result.map.inputs.map(input => [input.selector, found.keys.content(input) ?? hashOf(input)]),
					]
				: result?.kind;
		}),
	);
}
