import type {CacheReading} from '../caches/cache-source.ts';
import type {Cause} from '../cause.ts';
import type {StepForecast} from '../forecast.ts';
import {differencesOf} from '../preimages/differences-of.ts';
import {matchSteps} from '../preimages/match-steps.ts';
import {type PreimageSource, preimagesOf, stepNamesOf} from '../preimages/preimages-of.ts';
import type {Uses} from '../preimages/step-difference.ts';
import type {StepPreimage} from '../preimages/step-preimage.ts';
import type {LedgerStep} from './ledger.ts';

type FoundCache = Extract<CacheReading, {readonly kind: 'found'}>;
type OwnCause = Extract<Cause, {readonly differences?: unknown}>;

/** For each step by its id what the ledgers noted of it; of several ledgers the first one that has it counts. */
export function notedSteps(plan: PreimageSource, caches: readonly FoundCache[]): ReadonlyMap<string, LedgerStep> {
	const names = stepNamesOf(plan);
	const noted = new Map<string, LedgerStep>();
	for (const {ledger} of caches) {
		for (const [id, step] of matchSteps(ledger?.steps ?? [], names)) {
			noted.set(id, noted.get(id) ?? step);
		}
	}

	return noted;
}

/**
 * The same forecasts, the first causes of misses worded as differences from what the ledgers noted. What a ledger says of
 * a step counts only where the cache beside it has that step: after a build that wrote no ledger it is about another cache.
 */
export function explained(
	forecasts: readonly StepForecast[],
	plan: PreimageSource,
	caches: readonly FoundCache[],
	noted: ReadonlyMap<string, LedgerStep>,
): readonly StepForecast[] {
	const causes = forecasts.filter(({outcome, cause}) => outcome === 'miss' && ownCause(cause) !== undefined);
	if (noted.size === 0 || causes.length === 0) {
		return forecasts;
	}

	const held = new Set<string>(
		caches.filter(({ledger}) => ledger !== undefined).flatMap(({config}) => config.records.map(({digest}) => digest)),
	);
	const preimages = new Map(
		preimagesOf(plan, new Set(causes.map(({step}) => step.id))).map(preimage => [preimage.id, preimage]),
	);
	const uses = usesOf(forecasts);
	return forecasts.map(forecast => {
		const {step, cause} = forecast;
		const now = preimages.get(step.id);
		const own = ownCause(cause);
		if (cause === undefined || now === undefined || own === undefined) {
			return forecast;
		}

		const told = withDifferences(own, noted.get(step.id), now, held, uses);
		return {...forecast, cause: cause.kind === 'parent' ? {...cause, own: told} : told};
	});
}

function ownCause(cause: Cause | undefined): OwnCause | undefined {
	const own = cause?.kind === 'parent' ? cause.own : cause;
	switch (own?.kind) {
		case 'definition':
		case 'content':
		case 'image':
		case 'remote': {
			return own;
		}

		default: {
			return undefined;
		}
	}
}

function withDifferences(
	cause: OwnCause,
	before: LedgerStep | undefined,
	now: StepPreimage,
	held: ReadonlySet<string>,
	uses: (step: StepPreimage) => Uses | undefined,
): OwnCause {
	if (before === undefined) {
		return cause.kind === 'definition' ? {...cause, differences: [{kind: 'new'}]} : cause;
	}

	if (before.key === undefined || !held.has(before.key)) {
		return cause;
	}

	const differences = differencesOf(before, now, () => uses(now));
	return differences.length === 0
		? cause
		: {...cause, differences, ...(before.last === 'cached' && {regression: true})};
}

// RUN has every build argument that is declared before it in its environment, so that it runs when one of them changes.
function usesOf(forecasts: readonly StepForecast[]): (step: StepPreimage) => Uses | undefined {
	return ({id}) => {
		const from = forecasts.findIndex(({step}) => step.id === id);
		const stage = forecasts[from]?.step.stage;
		const lines = forecasts
			.slice(Math.max(0, from))
			.filter(({step, outcome}) => outcome !== 'none' && step.stage === stage && step.instruction.kind === 'run')
			.map(({step}) => step.instruction.range.start.line);
		const [line] = lines;
		return line === undefined ? undefined : {steps: lines.length, line};
	};
}
