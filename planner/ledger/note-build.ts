import type {BuiltStep} from '../built-steps.ts';
import type {CacheReading} from '../caches/cache-source.ts';
import {loadedResult} from '../found.ts';
import {recordMatcher} from '../match-records.ts';
import type {Plan} from '../plan.ts';
import {preimagesOf} from '../preimages/preimages-of.ts';
import {indexRecords} from '../record-index.ts';
import {type LedgerStep, mostDurations, type StepHistory} from './ledger.ts';

/** What is known when a cache was written. */
export interface NoteInput {
	readonly plan: Plan;
	/** The cache as it is now. */
	readonly cache: Extract<CacheReading, {readonly kind: 'found'}>;
	/** What became of each step, by its id. */
	readonly built: ReadonlyMap<string, BuiltStep>;
}

export interface NotedBuild {
	readonly steps: readonly LedgerStep[];
	/** Compressed sizes of the layers that the build made and the caches it read did not have. */
	readonly made: ReadonlyMap<string, number>;
}

/** What a build notes beside a cache that it has written: a step that the cache does not have is left out. */
export function noteBuild({plan, cache, built}: NoteInput): NotedBuild {
	const known = new Set<string>(
		plan.caches.flatMap(({reading}) => (reading.kind === 'found' ? reading.config.layers.map(({blob}) => blob) : [])),
	);
	const made = new Map<string, number>();
	const index = indexRecords(cache.config);
	const match = recordMatcher(index, plan.keys);
	const forecasts = new Map(plan.stages.flatMap(({steps}) => steps).map(forecast => [forecast.step.id, forecast]));
	const steps = preimagesOf(plan).flatMap((preimage): readonly LedgerStep[] => {
		const forecast = forecasts.get(preimage.id);
		const vertex = forecast?.step.vertex;
		const isHeld = preimage.key !== undefined && index.byDigest(preimage.key).length > 0;
		if (forecast === undefined || vertex === undefined || !isHeld) {
			return [];
		}

		const results = [...match(vertex).sure]
			.flatMap(position => index.record(position)?.results ?? [])
			.map(result => loadedResult(result, index.config.layers));
		const newest = [...results].sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : 1)).at(-1);
		const {blob, size: bytes} = newest?.layers.at(-1) ?? {};
		const actual = built.get(preimage.id)?.actual;
		if (actual?.kind === 'ran' && blob !== undefined && bytes !== undefined && !known.has(blob)) {
			made.set(blob, bytes);
		}

		return [
			{
				...preimage,
				last: actual?.kind === 'ran' ? 'ran' : 'cached',
				...(newest?.createdAt !== undefined && {ranAt: newest.createdAt}),
				seconds: secondsOf(forecast.history, actual),
				...(bytes !== undefined && {bytes}),
			},
		];
	});
	return {steps, made};
}

function secondsOf(history: StepHistory | undefined, actual: BuiltStep['actual'] | undefined): readonly number[] {
	const before = history?.seconds ?? [];
	return actual?.kind === 'ran' && !actual.unclear ? [...before, actual.seconds].slice(-mostDurations) : before;
}
