import type {Plan, PlannedStage, StepForecast} from '../../../planner/index.ts';
import {type Standing, standingOf} from '../step-words.ts';
import {type Drawing, drawStages} from './drawing.ts';

/** Draws the stages of a plan, each with what its steps come to. */
export function drawPlan(plan: Plan): Drawing {
	const stages = new Map(plan.stages.map(one => [one.stage.index, one]));
	return drawStages(plan.graph, ({index}) => {
		const planned = stages.get(index);
		return planned === undefined || !planned.stage.needed
			? undefined
			: {standing: stageStanding(planned), details: [countsText(planned.steps)]};
	});
}

/** What a stage comes to: its worst step. */
export function stageStanding({steps}: PlannedStage): Standing {
	const all = new Set(steps.map(standingOf));
	return (['miss', 'follows', 'unknown', 'hit'] as const).find(standing => all.has(standing)) ?? 'none';
}

/** `3 hit, 1 miss`; `nothing to build` where no step is cached at all. */
export function countsText(steps: readonly StepForecast[]): string {
	const counts = (['hit', 'miss', 'unknown'] as const).flatMap(wanted => {
		const count = steps.filter(({outcome}) => outcome === wanted).length;
		return count === 0 ? [] : [`${count} ${wanted}`];
	});
	return counts.join(', ') || 'nothing to build';
}
