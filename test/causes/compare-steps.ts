import type {Mutation} from './mutations.ts';

/** What was found out of all changes. */
export interface Told {
	right: number;
	/** Forecasts that are unknown: nothing can be wrong with them. */
	open: number;
	readonly problems: string[];
}

interface Step {
	readonly id: string;
	readonly line: number;
	/** Of a plan, and of a build. */
	readonly forecast?: string;
	readonly actual?: string;
	/** Of `--since`. */
	readonly change?: string;
	readonly cause?: {readonly kind: string; readonly text: string} | null;
	readonly reason?: string | null;
}

interface Outputs {
	readonly plan: unknown;
	readonly since: unknown;
	readonly built: unknown;
}

const words: Readonly<Record<string, string>> = {hit: 'cached', same: 'cached', miss: 'ran', rebuilt: 'ran'};

/** What is wrong with what was said of a change, a line each. */
export function compareSteps({plan, since, built}: Outputs, {first}: Mutation, told: Told): readonly string[] {
	const actual = new Map((built as {readonly steps: readonly Step[]}).steps.map(step => [step.id, step.actual]));
	const said: readonly (readonly [what: string, steps: readonly Step[]])[] = [
		['plan', stepsOf(plan)],
		...(since === undefined
			? []
			: [['--since', stepsOf((since as {readonly platforms: readonly unknown[]}).platforms[0])] as const]),
	];
	return said.flatMap(([what, steps]) => [
		...steps.flatMap(step => wrongForecast(step, actual.get(step.id), told).map(problem => `${what} ${problem}`)),
		...wrongCause(steps, first).map(problem => `${what} ${problem}`),
	]);
}

function wrongForecast(step: Step, actual: string | undefined, told: Told): readonly string[] {
	const forecast = forecastOf(step);
	const wanted = words[forecast];
	if (wanted === undefined || actual === undefined) {
		told.open += forecast === 'unknown' ? 1 : 0;
		return [];
	}

	told.right += wanted === actual ? 1 : 0;
	return wanted === actual ? [] : [`said ${forecast} of line ${step.line}, which was ${actual}`];
}

function wrongCause(steps: readonly Step[], first: Mutation['first']): readonly string[] {
	const miss = steps.find(step => words[forecastOf(step)] === 'ran');
	const cause = miss?.reason ?? miss?.cause?.text ?? '';
	// Of a revision it is said otherwise that there was no such step.
	const isRight = miss?.line === first?.line && (first?.cause.test(cause) ?? miss === undefined);
	const isNew = cause === 'it was not there' && first?.cause.test('never built before') === true;
	return isRight || isNew ? [] : [`named ${miss === undefined ? 'nothing' : `line ${miss.line}: ${cause}`}`];
}

function forecastOf({forecast, change}: Step): string {
	return forecast ?? change ?? '';
}

function stepsOf(plan: unknown): readonly Step[] {
	return (plan as {readonly stages: readonly {readonly steps: readonly Step[]}[]}).stages.flatMap(({steps}) => steps);
}
