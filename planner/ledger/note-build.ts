import type {BuiltStep} from '../built-steps.ts';
import type {CacheReading} from '../caches/cache-source.ts';
import {loadedResult} from '../found.ts';
import {recordMatcher} from '../match-records.ts';
import type {Plan} from '../plan.ts';
import {preimagesOf} from '../preimages/preimages-of.ts';
import {indexRecords} from '../record-index.ts';
import {type Ledger, type LedgerStep, mostDurations, type StepHistory} from './ledger.ts';

/** What is known when a cache was written. */
export interface NoteInput {
	readonly plan: Plan;
	/** The cache as it is now. */
	readonly cache: Extract<CacheReading, {readonly kind: 'found'}>;
	/** What became of each step, by its id. */
	readonly built: ReadonlyMap<string, BuiltStep>;
	readonly now: Date;
}

/** The ledger of a cache that a build has written: a step that the cache does not have is left out. */
export function noteBuild({plan, cache, built, now}: NoteInput): Ledger {
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
		const bytes = newest?.layers.at(-1)?.size;
		const actual = built.get(preimage.id)?.actual;
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
	return {writtenAt: now.toISOString(), steps};
}

function secondsOf(history: StepHistory | undefined, actual: BuiltStep['actual'] | undefined): readonly number[] {
	const before = history?.seconds ?? [];
	return actual?.kind === 'ran' && !actual.unclear ? [...before, actual.seconds].slice(-mostDurations) : before;
}
