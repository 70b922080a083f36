import {
	type ContextProblem,
	contentRecordDigest,
	type Digest,
	recordDigest,
	type Step,
	type Vertex,
} from '../analyzer/index.ts';
import {agesOf} from './age/ages.ts';
import {noRefresh, type Refresh} from './age/refresh.ts';
import type {LostLayers} from './caches/lost-layers.ts';
import type {Cause} from './cause.ts';
import {causeFinder} from './find-cause.ts';
import {type Found, type LoadedResult, loadedResult, type Outcome} from './found.ts';
import {ignoresCache, type NoCacheStages} from './ignores-cache.ts';
import type {StepHistory} from './ledger/ledger.ts';
import {type CacheMatch, recordMatcher} from './match-records.ts';
import {neededVertices} from './needed.ts';
import type {RecordIndex} from './record-index.ts';
import {inputsOf, keyInputs, partsOf, type VertexKeys} from './vertex-keys.ts';

/** Something a step reads that cannot be read. */
export interface StepProblem {
	readonly problem: ContextProblem;
	/** The `--build-context` it is read from; absent: the main context. */
	readonly context?: string;
}

/** What a cache will answer for one step. */
export interface StepForecast {
	readonly step: Step;
	readonly outcome: Outcome;
	/** Digest of the step's record; absent where it cannot be known. */
	readonly key?: Digest;
	/** Given for `miss` and `unknown`. */
	readonly cause?: Cause;
	/** Its result is used by a step that runs, or may be, or is the target itself. */
	readonly needed: boolean;
	/** The cache knows it without holding its layers, and nothing that runs needs them: it will not run. */
	readonly skipped: boolean;
	/** Digests of the records that stand for what the step reads from the build context. */
	readonly contents: readonly Digest[];
	/** What of it cannot be read: the build will fail here. */
	readonly problems: readonly StepProblem[];
	/** For a hit: the result that will be taken. */
	readonly result?: LoadedResult;
	/** When each result was made that is taken, or may be (RFC 3339; undefined: the cache does not say). */
	readonly ages: readonly (string | undefined)[];
	/** What earlier runs of it took; absent where no ledger has it. */
	readonly history?: StepHistory;
}

/** A cache that the builder will use, but whose contents are not known here. */
export interface UnreadCache {
	/** As `--cache-from` names it, without secrets. */
	readonly name: string;
	/** Why it could not be read, in one clause. */
	readonly reason: string;
}

/** What the forecast is made over. */
export interface ForecastInput {
	readonly steps: readonly Step[];
	/** Vertices the build must end with: the target's output. */
	readonly outputs: readonly Vertex[];
	readonly caches: readonly RecordIndex[];
	readonly unread: readonly UnreadCache[];
	/** Layers that the caches have lost, each with the reason; absent when they were not looked up. */
	readonly lost?: LostLayers;
	readonly keys: VertexKeys;
	readonly noCache: NoCacheStages;
	/** What is rebuilt beside, because steps are too old. */
	readonly refresh?: Refresh;
}

/**
 * Says for every step what a builder without any cache of its own will find in the caches. Never guesses: what
 * depends on something the build has yet to make is `unknown`, with its cause.
 */
export function forecastSteps(input: ForecastInput): readonly StepForecast[] {
	const {steps, keys, caches, unread, refresh = noRefresh} = input;
	// FROM is pulled, not cached: it owns no vertex, so what is new about a base shows in the first step on top of it.
	const owners = new Map<Vertex, Step>();
	for (const step of steps.filter(one => one.instruction.kind !== 'from')) {
		if (step.vertex !== undefined && !owners.has(step.vertex)) {
			owners.set(step.vertex, step);
		}
	}

	const ignores = (vertex: Vertex): boolean => {
		const owner = owners.get(vertex);
		return owner !== undefined && (ignoresCache(owner, input.noCache) || ignoresCache(owner, refresh.stages));
	};
	const matchers = caches.map(index => ({index, match: recordMatcher(index, keys, ignores)}));
	const isKeyless = keylessTest(keys, ignores);
	const found = new Map<Vertex, Found>();
	const matchesOf = (vertex: Vertex) => matchers.map(({index, match}) => ({index, match: match(vertex)}));
	const findOf = (vertex: Vertex): Found => {
		const known = found.get(vertex);
		if (known !== undefined) {
			return known;
		}

		const inputs = inputsOf(vertex, keys);
		const own = findRecords(
			matchesOf(vertex),
			inputs.map(one => matchesOf(one)),
		);
		// What is found only by way of a step that may be lost may be lost with it.
		const isDoubtful = own.kind === 'hit' && inputs.some(one => findOf(one).kind === 'ambiguous');
		// A cache of unknown contents may hold what is missing here, or the inputs of a hit without the hit itself.
		const isUnread = unread.length > 0 && !(own.kind === 'hit' ? inputs.every(isKeyless) : isKeyless(vertex));
		const result: Found = isUnread
			? {kind: 'unread'}
			: isDoubtful
				? {kind: 'ambiguous'}
				: withLoss(own, input.lost ?? new Map());
		found.set(vertex, result);
		return result;
	};

	// In the order of the file, so that inputs are known before what is made of them, however long the chain.
	for (const step of steps) {
		if (step.vertex !== undefined) {
			findOf(step.vertex);
		}
	}

	const needs = (branch: 'best' | 'worst', loaded: readonly Found['kind'][]) =>
		neededVertices({
			outputs: input.outputs,
			keys,
			branch,
			mayBeElsewhere: unread.length > 0,
			matchesOf,
			isLoaded: vertex => loaded.includes(findOf(vertex).kind),
		});
	const surely = needs('best', ['hit', 'lost', 'possible', 'ambiguous', 'unread']);
	const perhaps = needs('worst', ['hit']);
	const outcomes = new Map<string, Outcome>();
	const causes = causeFinder({
		caches,
		unread,
		keys,
		owners,
		noCache: input.noCache,
		refresh,
		findOf,
		isAtRisk: vertex => matchesOf(vertex).some(({match}) => match.atRisk.size > 0),
		outcomeOf: step => outcomes.get(step.id) ?? 'none',
		neededBy: vertex => perhaps.get(vertex),
	});
	return steps.map(step => {
		const {vertex} = step;
		const map = vertex === undefined ? undefined : keys.cacheMap(vertex);
		const digest = map?.kind === 'known' ? map.map.digests[0] : undefined;
		const key = digest === undefined ? {} : {key: recordDigest(digest)};
		if (vertex === undefined || step.instruction.kind === 'from') {
			return {step, outcome: 'none', needed: false, skipped: false, contents: [], problems: [], ages: [], ...key};
		}

		const records = findOf(vertex);
		const outcome = outcomeOf(records, perhaps.has(vertex), surely.has(vertex));
		outcomes.set(step.id, outcome);
		const contents = partsOf(vertex, owners, keys)
			.flatMap(part => keyInputs(part, keys))
			.filter(input => input.vertex.kind === 'context')
			.flatMap(input => {
				const content = keys.content(input);
				return content === undefined ? [] : [{content, vertex: input.vertex}];
			});
		return {
			step,
			outcome,
			needed: perhaps.has(vertex),
			skipped: records.kind === 'key-only' && !perhaps.has(vertex),
			contents: contents.flatMap(({content}) => (content.kind === 'digest' ? contentRecordDigest(content.digest) : [])),
			problems: contents.flatMap(({content, vertex: read}) =>
				content.kind === 'problem' ? [{problem: content.problem, ...nameOf(read)}] : [],
			),
			...key,
			...(outcome !== 'hit' && {cause: causes(step, vertex)}),
			...(records.kind === 'hit' && {result: records.result}),
			ages: agesOf(records, matchesOf(vertex)),
		};
	});
}

function nameOf(vertex: Vertex): {readonly context?: string} {
	return vertex.kind === 'context' && vertex.name !== undefined ? {context: vertex.name} : {};
}

// What is found in no cache: a folder as it is sent, a step that is not looked up, and what is known only by standing on
// one of them.
function keylessTest(keys: VertexKeys, ignores: (vertex: Vertex) => boolean): (vertex: Vertex) => boolean {
	const known = new Map<Vertex, boolean>();
	const isKeyless = (vertex: Vertex): boolean => {
		const result =
			known.get(vertex) ??
			(ignores(vertex) ||
				keys.cacheMap(vertex).kind === 'keyless' ||
				keyInputs(vertex, keys).some(input => input.content === undefined && isKeyless(input.vertex)));
		known.set(vertex, result);
		return result;
	};
	return isKeyless;
}

function findRecords(matches: readonly CacheMatch[], inputs: readonly (readonly CacheMatch[])[]): Found {
	const results = matches.flatMap(({index, match}) =>
		[...match.sure]
			.flatMap(position => index.record(position)?.results ?? [])
			.map(result => loadedResult(result, index.config.layers)),
	);
	const [first, ...others] = results;
	if (first !== undefined) {
		if (isAmbiguous(matches, inputs)) {
			return {kind: 'ambiguous'};
		}

		// Of several results BuildKit takes the newest (solver/cachemanager.go).
		const newest = others.reduce((best, one) => ((one.createdAt ?? '') > (best.createdAt ?? '') ? one : best), first);
		return {kind: 'hit', result: newest};
	}

	const couldHit = matches.some(
		({index, match: {possible}}) => possible === 'any' || [...possible].some(position => index.hasResult(position)),
	);
	if (couldHit) {
		return {kind: 'possible'};
	}

	if (matches.some(({match}) => match.sure.size > 0)) {
		return {kind: 'key-only'};
	}

	const couldMatch = matches.some(({match: {possible}}) => possible !== 'any' && possible.size > 0);
	return couldMatch ? {kind: 'possible-key'} : {kind: 'absent'};
}

// BuildKit takes it all the same, and finds out when it pulls (solver/edge.go loadCache).
function withLoss(found: Found, lost: LostLayers): Found {
	for (const {blob} of found.kind === 'hit' ? found.result.layers : []) {
		const reason = lost.get(blob);
		if (reason !== undefined) {
			return {kind: 'lost', layer: blob, reason};
		}
	}

	return found;
}

// With several caches BuildKit follows the records of one: when another holds the inputs too, but not this step, or knows
// the step without its layers, the step is found or not as it falls (moby/buildkit#6418; solver/combinedcache.go Query
// and Records; seen in 2 to 4 of 6 builds).
function isAmbiguous(matches: readonly CacheMatch[], inputs: readonly (readonly CacheMatch[])[]): boolean {
	const isKeyOnly = ({index, match: {sure}}: CacheMatch): boolean =>
		sure.size > 0 && ![...sure].some(position => index.hasResult(position));
	if (matches.some(isKeyOnly)) {
		return true;
	}

	return inputs.some(input =>
		input.some(({match}, at) => match.sure.size > 0 && (matches[at]?.match.sure.size ?? 0) === 0),
	);
}

function outcomeOf(found: Found, mayBeNeeded: boolean, isNeeded: boolean): Outcome {
	switch (found.kind) {
		case 'hit': {
			return 'hit';
		}

		case 'key-only': {
			// A step whose result nobody needs counts as cached.
			return isNeeded ? 'miss' : mayBeNeeded ? 'unknown' : 'hit';
		}

		case 'lost':
		case 'ambiguous':
		case 'unread':
		case 'possible': {
			return 'unknown';
		}

		case 'possible-key': {
			return isNeeded ? 'miss' : 'unknown';
		}

		case 'absent': {
			return 'miss';
		}
	}
}
