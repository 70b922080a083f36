import {formatPlatform, type Plan, type StepForecast, stageLabel} from '../../planner/index.ts';
import {cutTo} from './columns.ts';
import {countsText} from './drawing/plan-drawing.ts';
import {markdownCode, markdownText} from './markdown-escape.ts';
import type {PlanPlace} from './plan-json.ts';
import {firstMisses, planSummaryLine, stepsOf} from './plan-summary.ts';
import {marks, outcomeWord, standingOf, stepLine, whyOf} from './step-words.ts';

/** A comment of GitHub may have 65,536 characters; what is left is room for what others put around it. */
const maxCharacters = 60_000;
const maxRows = 20;
const maxText = 300;

/**
 * Plans as a pull request comment or step summary: a line that sums up, what rebuilds and why, and everything else folded.
 * It fits into one comment: what would not is counted.
 */
export function renderMarkdown(plans: readonly Plan[], place: PlanPlace): string {
	const parts = plans.map(plan => planParts(plan, place, plans.length > 1));
	const short = parts.map(({head}) => head).join('\n');
	const room = Math.floor((maxCharacters - short.length) / parts.length);
	return parts.map(({head, details}) => `${head}${details(room)}`).join('\n');
}

function planParts(plan: Plan, place: PlanPlace, isOneOfSeveral: boolean) {
	const target = plan.graph.stages[plan.graph.target];
	const name = target === undefined ? '' : stageLabel(target);
	const platform = isOneOfSeveral ? ` (${markdownText(formatPlatform(plan.platform))})` : '';
	const title = `**${markdownText(place.dockerfile)} → ${markdownText(name)}**${platform}: ${planSummaryLine(plan)}`;
	const firsts = firstMisses(plan);
	const unknowns = stepsOf(plan).filter(({outcome}) => outcome === 'unknown');
	const follow = plan.summary.miss - firsts.length;
	const rows = [...firsts, ...unknowns];
	const head = [
		title,
		'',
		...(rows.length === 0 ? [] : [...tableHead, ...rows.slice(0, maxRows).map(rowOf), '']),
		...(rows.length > maxRows ? [`… and ${rows.length - maxRows} more.`, ''] : []),
		...(follow > 0 ? [`${follow} more step${follow === 1 ? ' follows' : 's follow'} and will run too.`, ''] : []),
	];
	return {head: `${head.join('\n')}\n`, details: (room: number) => detailsOf(plan, room)};
}

const tableHead = ['| Line | Forecast | Step | Cause |', '| ---: | --- | --- | --- |'];

function rowOf(forecast: StepForecast): string {
	const {step} = forecast;
	const why = whyOf(forecast);
	return `| ${step.instruction.range.start.line} | ${marks[standingOf(forecast)]} ${outcomeWord(forecast)} | ${markdownCode(cutTo(stepLine(step), maxText))} | ${why === undefined ? '' : markdownText(cutTo(why, maxText))} |`;
}

function detailsOf({stages}: Plan, room: number): string {
	const begin = ['<details><summary>All steps</summary>', ''];
	const end = ['</details>', ''];
	const lines = [...begin];
	let left = room - 200;
	let cut = 0;
	for (const {stage, steps} of stages.filter(one => one.steps.length > 0)) {
		const head = ['', `**${markdownText(stageLabel(stage))}**: ${countsText(steps)}`, '', ...tableHead];
		const rows = steps.map(rowOf);
		const size = (text: readonly string[]) => text.reduce((sum, line) => sum + line.length + 1, 0);
		left -= size(head);
		const kept = rows.filter(row => {
			left -= row.length + 1;
			return left > 0;
		});
		cut += rows.length - kept.length;
		lines.push(...(kept.length > 0 ? [...head, ...kept] : []));
	}

	return [...lines, ...(cut > 0 ? ['', `… and ${cut} more steps.`] : []), '', ...end].join('\n');
}
