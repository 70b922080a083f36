import type {Vertex} from '../../analyzer/index.ts';
import type {StepForecast} from '../forecast.ts';
import type {Rates} from '../ledger/ledger.ts';
import {inputsOf, type VertexKeys} from '../vertex-keys.ts';
import {estimateOf} from './estimate.ts';

/** What the steps of a plan that run will take, by what earlier runs of them took. */
export interface PlanCost {
	/** If all that is unknown hits. */
	readonly best: RunCost;
	/** If none of it does. */
	readonly worst: RunCost;
	/** How fast earlier builds moved layers. */
	readonly rates?: Rates;
}

export interface RunCost {
	readonly steps: number;
	/** Seconds of all of them, one after the other. */
	readonly seconds: number;
	/** Seconds of the longest chain of steps that wait for each other: a build cannot be faster. */
	readonly criticalPath: number;
	/** Steps that have no history and count as nothing. */
	readonly withoutHistory: number;
	/** Compressed size of the layers that they made last time. */
	readonly pushBytes: number;
}

/** Adds up the cost of a plan's steps; of a step without a history nothing is known, and nothing is counted. */
export function planCost(forecasts: readonly StepForecast[], keys: VertexKeys, rates: Rates | undefined): PlanCost {
	const costWhere = (runs: (forecast: StepForecast) => boolean): RunCost => {
		const running = forecasts.filter(runs);
		const estimates = running.map(({history}) => estimateOf(history));
		return {
			steps: running.length,
			seconds: estimates.reduce((sum, one) => sum + (one?.seconds ?? 0), 0),
			criticalPath: longestPath(forecasts, running, keys),
			withoutHistory: estimates.filter(one => one === undefined).length,
			pushBytes: running.reduce((sum, {history}) => sum + (history?.bytes ?? 0), 0),
		};
	};
	return {
		best: costWhere(({outcome}) => outcome === 'miss'),
		worst: costWhere(({outcome}) => outcome === 'miss' || outcome === 'unknown'),
		...(rates !== undefined && {rates}),
	};
}

// In the order of the file what a step stands on comes before it, so that no chain is followed down to its beginning.
function longestPath(all: readonly StepForecast[], running: readonly StepForecast[], keys: VertexKeys): number {
	const own = new Map<Vertex, number>();
	for (const {step, history} of running) {
		if (step.vertex !== undefined) {
			own.set(step.vertex, estimateOf(history)?.seconds ?? 0);
		}
	}

	const ends = new Map<Vertex, number>();
	const endOf = (vertex: Vertex): number => {
		const end =
			ends.get(vertex) ??
			inputsOf(vertex, keys).reduce((latest, input) => Math.max(latest, endOf(input)), 0) + (own.get(vertex) ?? 0);
		ends.set(vertex, end);
		return end;
	};
	return all.reduce(
		(longest, {step}) => (step.vertex === undefined ? longest : Math.max(longest, endOf(step.vertex))),
		0,
	);
}
