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
	 * The steps in a dialect, with `changes` to it; `undefined` where the Dockerfile has mistakes in it.
	 */
	stepsIn(dialect: Dialect, changes?: Partial<Dialect>): DialectSteps | undefined;
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
	const asked = additions.filter(({asks}) => asks(input)).map(({change}) => change);
	const counts = newestFirst.map(dialect =>
		Math.max(...variantsOf(dialect, asked).map(changes => countRecords(input.stepsIn(dialect, changes), input.caches))),
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

interface Addition {
	readonly change: Partial<Dialect>;
	asks(input: DetectInput): boolean;
}

const epoch = 'SOURCE_DATE_EPOCH';
const takesPatterns = ({text}: DetectInput) => /[*?[]|--exclude|--parents/.test(text);

// What a dialect adds to a step only where the Dockerfile or the command line asks for it, and what of its hashing shows
// only where there are links: without them the cache would look the same.
const additions: readonly Addition[] = [
	{change: {hasTargetStage: false}, asks: ({text}) => text.includes('TARGETSTAGE')},
	{change: {hasOsVersionArgs: false}, asks: ({text}) => text.includes('OSVERSION')},
	{change: {datesWorkdir: false}, asks: ({text, buildArgs}) => buildArgs.has(epoch) || text.includes(epoch)},
	{change: {hasGlobalEpoch: false}, asks: ({text}) => text.includes(epoch)},
	{change: {followsAllMatches: true}, asks: takesPatterns},
];

function variantsOf(dialect: Dialect, changes: readonly Partial<Dialect>[]): readonly Partial<Dialect>[] {
	// BuildKit 0.8 takes links otherwise than 0.9, files alike.
	const patterns: Partial<Dialect>[] = dialect.patternHash === 'whole-folders' ? [{patternHash: 'base-names'}] : [];
	let variants: readonly Partial<Dialect>[] = [{}];
	for (const change of [...changes, ...patterns]) {
		variants = variants.concat(variants.map(variant => ({...variant, ...change})));
	}

	return variants;
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

function digestsOf(vertex: Vertex, keys: VertexKeys): readonly string[] {
	const result = keys.cacheMap(vertex);
	return result.kind === 'known' ? result.map.digests : [];
}

// All that decides on the outcome of the steps.
function fingerprint({patternHash, followsAllMatches, copiesModes}: Dialect, found: DialectSteps | undefined): string {
	// What is selected of a stage is not looked up for this: how it would be hashed stands in for it.
	const hashOf = ({content}: KeyInput) =>
		content !== undefined && [copiesModes, content.some(hasPatterns) && [patternHash, followsAllMatches]];
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
