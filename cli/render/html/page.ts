import {createHash} from 'node:crypto';
import {formatPlatform, type Plan, type PlannedStage, type StepForecast, stageLabel} from '../../../planner/index.ts';
import {formatBytes} from '../amounts.ts';
import {stepCostText} from '../cost-words.ts';
import {legendText} from '../drawing/dot.ts';
import {stageId} from '../drawing/drawing.ts';
import {layOut} from '../drawing/layout.ts';
import {countsText, drawPlan} from '../drawing/plan-drawing.ts';
import {svgParts} from '../drawing/svg.ts';
import {markup} from '../markup.ts';
import type {PlanPlace} from '../plan-json.ts';
import {planSummaryLine} from '../plan-summary.ts';
import {baseText, marks, outcomeWord, standingOf, stepLine, whyOf} from '../step-words.ts';
import {pageScript} from './page-script.ts';
import {pageStyle} from './page-style.ts';

/**
 * Plans as one page that needs nothing else: the stages drawn, and each step to be opened for its cause and key. Style and
 * script are allowed by their digest alone, so nothing that comes from a Dockerfile could run even where it was not escaped.
 * Without its script the page still works: steps are details elements, stages are links to them.
 */
export async function renderHtml(plans: readonly Plan[], place: PlanPlace): Promise<string> {
	const policy = `default-src 'none'; style-src '${digestOf(pageStyle)}'; script-src '${digestOf(pageScript)}'; base-uri 'none'; form-action 'none'`;
	const title = `Plan of ${place.dockerfile}`;
	return [
		'<!doctype html>',
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8">',
		`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="color-scheme" content="light dark">',
		`<title>${markup(title)}</title>`,
		`<style>${pageStyle}</style>`,
		'</head>',
		'<body>',
		`<header><h1>${markup(title)}</h1></header>`,
		'<main>',
		...(await Promise.all(plans.map((plan, at) => planParts(plan, plans.length > 1, `p${at}-`)))).flat(),
		'</main>',
		`<script>${pageScript}</script>`,
		'</body>',
		'</html>',
		'',
	].join('\n');
}

// Of what stands between the tags, as Content Security Policy has it.
function digestOf(text: string): string {
	return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

async function planParts(plan: Plan, isOneOfSeveral: boolean, prefix: string): Promise<readonly string[]> {
	const target = plan.graph.stages[plan.graph.target];
	const name = target === undefined ? '' : stageLabel(target);
	const platform = isOneOfSeveral ? ` for ${formatPlatform(plan.platform)}` : '';
	const stages = plan.stages.filter(({steps}) => steps.length > 0);
	return [
		'<section class="plan">',
		`<h2>Target ${markup(`${name}${platform}`)}</h2>`,
		`<p class="summary">${markup(planSummaryLine(plan))}</p>`,
		...(await drawingParts(plan, prefix, new Set(stages.map(({stage}) => stageId(stage.index))))),
		...stages.flatMap(stage => stageParts(stage, plan, prefix)),
		'</section>',
	];
}

async function drawingParts(plan: Plan, prefix: string, linked: ReadonlySet<string>): Promise<readonly string[]> {
	const drawing = drawPlan(plan);
	const layout = await layOut(drawing);
	if (layout === undefined) {
		return ['<p>There are too many stages to draw them.</p>'];
	}

	const {width, height} = layout;
	return [
		'<figure>',
		`<div class="scroll"><svg class="graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="Stages">`,
		...svgParts(layout, ({id}) => (linked.has(id) ? `#${prefix}${id}` : undefined)),
		'</svg></div>',
		`<figcaption>${markup(legendText(drawing))}</figcaption>`,
		'</figure>',
	];
}

function stageParts({stage, steps}: PlannedStage, plan: Plan, prefix: string): readonly string[] {
	return [
		`<section class="stage" id="${prefix}${stageId(stage.index)}" tabindex="-1">`,
		`<h3>${markup(stageLabel(stage))} <small>from ${markup(baseText(stage.base, plan.graph))}; ${markup(countsText(steps))}</small></h3>`,
		...steps.map(step => stepParts(step, plan.cost)),
		'</section>',
	];
}

function stepParts(forecast: StepForecast, cost: Plan['cost']): string {
	const {step, key, result, contents} = forecast;
	const standing = standingOf(forecast);
	const line = step.instruction.range.start.line;
	const facts: readonly (readonly [name: string, text: string | undefined])[] = [
		['Forecast', standing === 'none' ? 'not cached by itself' : outcomeWord(forecast)],
		['Cause', whyOf(forecast)],
		['Cost', stepCostText(forecast, cost)],
		['Key', key],
		['Contents', contents.length === 0 ? undefined : contents.join(' ')],
		['Made', result?.createdAt],
		['Layers', result === undefined ? undefined : layersText(result.layers)],
	];
	return [
		`<details class="step ${standing}">`,
		`<summary><span class="line">${line}</span> <span class="sign">${marks[standing]} ${outcomeWord(forecast)}</span> <code>${markup(stepLine(step))}</code></summary>`,
		'<dl>',
		...facts.flatMap(([name, text]) => (text === undefined ? [] : [`<dt>${name}</dt><dd>${markup(text)}</dd>`])),
		'</dl>',
		'</details>',
	].join('\n');
}

function layersText(layers: readonly {readonly size?: number}[]): string {
	const bytes = layers.reduce((sum, {size}) => sum + (size ?? 0), 0);
	return `${layers.length}, ${formatBytes(bytes)}`;
}
