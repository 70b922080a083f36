import {formatPlatform, type Plan, type StepForecast, stageLabel} from '../../planner/index.ts';
import {formatBytes} from './amounts.ts';
import {costLines} from './cost-text.ts';
import {stepCostText} from './cost-words.ts';
import {countsText, drawPlan} from './drawing/plan-drawing.ts';
import type {PlanPlace} from './plan-json.ts';
import {planSummaryLine} from './plan-summary.ts';
import type {Shown, ShownStep} from './shown.ts';
import {baseText, outcomeWord, standingOf, stepLine, whyOf} from './step-words.ts';

/** Plans of one or several platforms as pages and comments show them. */
export function shownPlans(plans: readonly Plan[], place: PlanPlace): readonly Shown[] {
	return plans.map((plan): Shown => {
		const target = plan.graph.stages[plan.graph.target];
		return {
			subject: `${place.dockerfile} → ${target === undefined ? '' : stageLabel(target)}`,
			...(plans.length > 1 && {platform: formatPlatform(plan.platform)}),
			summary: planSummaryLine(plan),
			notes: costLines(plan),
			column: 'Forecast',
			fate: 'run',
			stages: plan.stages
				.filter(({steps}) => steps.length > 0)
				.map(({stage, steps}) => ({
					index: stage.index,
					label: stageLabel(stage),
					base: baseText(stage.base, plan.graph),
					counts: countsText(steps),
					steps: steps.map(step => shownStep(step, plan.cost)),
				})),
			drawing: drawPlan(plan),
		};
	});
}

function shownStep(forecast: StepForecast, cost: Plan['cost']): ShownStep {
	const {step, key, result, contents} = forecast;
	const why = whyOf(forecast);
	const facts: readonly (readonly [name: string, text: string | undefined])[] = [
		['Cost', stepCostText(forecast, cost)],
		['Key', key],
		['Contents', contents.length === 0 ? undefined : contents.join(' ')],
		['Made', result?.createdAt],
		['Layers', result === undefined ? undefined : layersText(result.layers)],
	];
	return {
		line: step.instruction.range.start.line,
		text: stepLine(step),
		standing: standingOf(forecast),
		word: outcomeWord(forecast),
		...(why !== undefined && {why}),
		facts: facts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
	};
}

function layersText(layers: readonly {readonly size?: number}[]): string {
	const bytes = layers.reduce((sum, {size}) => sum + (size ?? 0), 0);
	return `${layers.length}, ${formatBytes(bytes)}`;
}
