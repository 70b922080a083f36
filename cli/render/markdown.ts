import {cutTo} from './columns.ts';
import {markdownCode, markdownText} from './markdown-escape.ts';
import type {Shown, ShownStep} from './shown.ts';
import {marks} from './step-words.ts';

/** A comment of GitHub may have 65,536 characters; what is left is room for what others put around it. */
const maxCharacters = 60_000;
const maxRows = 20;
const maxText = 300;

/**
 * A pull request comment or step summary: a line that sums up, what rebuilds and why, and everything else folded. It fits
 * into one comment: what would not is counted.
 */
export function renderMarkdown(all: readonly Shown[]): string {
	const parts = all.map(one => ({head: headOf(one), shown: one}));
	const short = parts.map(({head}) => head).join('\n');
	const room = Math.floor((maxCharacters - short.length) / parts.length);
	return parts.map(({head, shown}) => `${head}${detailsOf(shown, room)}`).join('\n');
}

function headOf({subject, platform, summary, notes, column, fate, stages}: Shown): string {
	const steps = stages.flatMap(stage => stage.steps);
	const ofStanding = (wanted: ShownStep['standing']) => steps.filter(({standing}) => standing === wanted);
	const rows = [...ofStanding('miss'), ...ofStanding('unknown')];
	const follow = ofStanding('follows').length;
	const lines = [
		`**${markdownText(subject)}**${platform === undefined ? '' : ` (${markdownText(platform)})`}: ${summary}`,
		'',
		...(rows.length === 0 ? [] : [...tableHead(column), ...rows.slice(0, maxRows).map(rowOf), '']),
		...(rows.length > maxRows ? [`… and ${rows.length - maxRows} more.`, ''] : []),
		...(follow > 0 ? [`${follow} more step${follow === 1 ? ' follows' : 's follow'} and will ${fate} too.`, ''] : []),
		...notes.slice(0, maxRows).flatMap(note => [markdownText(cutTo(note, maxText)), '']),
	];
	return `${lines.join('\n')}\n`;
}

function tableHead(column: string): readonly string[] {
	return [`| Line | ${column} | Step | Cause |`, '| ---: | --- | --- | --- |'];
}

function rowOf({line, standing, word, text, why}: ShownStep): string {
	return `| ${line} | ${marks[standing]} ${word} | ${markdownCode(cutTo(text, maxText))} | ${why === undefined ? '' : markdownText(cutTo(why, maxText))} |`;
}

function detailsOf({stages, column}: Shown, room: number): string {
	const begin = ['<details><summary>All steps</summary>', ''];
	const end = ['</details>', ''];
	const lines = [...begin];
	let left = room - 200;
	let cut = 0;
	for (const {label, counts, steps} of stages) {
		const head = ['', `**${markdownText(label)}**: ${counts}`, '', ...tableHead(column)];
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
