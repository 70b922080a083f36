import {formatPlatform, type Plan, type StepForecast, type StepNames, stepNames} from '../../planner/index.ts';
import type {Width} from './columns.ts';
import type {PlanPlace} from './plan-json.ts';
import {renderPlan} from './plan-text.ts';
import type {Style} from './style.ts';

/**
 * The plans of all platforms for people, one after the other, and what they come to together. A stage whose steps are
 * those of an earlier platform, with the same forecasts, is only named.
 */
export function renderPlans(plans: readonly [Plan, ...Plan[]], place: PlanPlace, style: Style, width: Width): string {
	if (plans.length === 1) {
		return renderPlan(plans[0], place, style, width);
	}

	const names = stepNames(plans);
	const texts = plans.map((plan, at) =>
		renderPlan(plan, place, style, width, {alike: alikeStages(plan, plans.slice(0, at), names)}),
	);
	return `${texts.join('\n')}\n${totalLine(plans, names, style)}\n`;
}

/** The stages of a plan whose steps and forecasts are those of an earlier plan for another platform, which is named. */
export function alikeStages(
	plan: Plan,
	earlier: readonly Plan[],
	names: Pick<StepNames, 'nameOf'>,
): ReadonlyMap<number, string> {
	const platform = formatPlatform(plan.platform);
	const others = earlier.filter(other => formatPlatform(other.platform) !== platform);
	return new Map(
		plan.stages.flatMap(({stage, steps}) => {
			const twin = others.find(other => steps.length > 0 && isAlike(steps, plan, other, stage.index, names));
			return twin === undefined ? [] : [[stage.index, formatPlatform(twin.platform)]];
		}),
	);
}

function isAlike(
	steps: readonly StepForecast[],
	plan: Plan,
	other: Plan,
	stage: number,
	{nameOf}: Pick<StepNames, 'nameOf'>,
): boolean {
	const others = other.stages[stage]?.steps ?? [];
	return steps.every(({step, outcome}, at) => {
		const twin = others[at];
		return (
			twin !== undefined &&
			twin.outcome === outcome &&
			(outcome === 'none' || nameOf(plan, step) === nameOf(other, twin.step))
		);
	});
}

function totalLine(plans: readonly Plan[], {nameOf}: StepNames, style: Style): string {
	const outcomes = new Map<string, StepForecast['outcome']>();
	for (const plan of plans) {
		for (const {step, outcome} of plan.stages.flatMap(({steps}) => steps)) {
			outcomes.set(nameOf(plan, step), outcome);
		}
	}

	const count = (outcome: StepForecast['outcome']) => [...outcomes.values()].filter(one => one === outcome).length;
	const counts = `${count('hit')} hit, ${count('miss')} miss, ${count('unknown')} unknown`;
	return `${style.bold(`${plans.length} platforms:`)} ${counts}; a step that several have in common counts once.`;
}
