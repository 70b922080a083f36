import {createHash} from 'node:crypto';
import {legendText} from '../drawing/dot.ts';
import {type Drawing, stageId} from '../drawing/drawing.ts';
import {layOut} from '../drawing/layout.ts';
import {svgParts} from '../drawing/svg.ts';
import {markup} from '../markup.ts';
import type {Shown, ShownStage, ShownStep} from '../shown.ts';
import {marks} from '../step-words.ts';
import {pageScript} from './page-script.ts';
import {pageStyle} from './page-style.ts';

/**
 * Plans, or what a change rebuilds, as one page that needs nothing else: the stages drawn, and each step to be opened for its cause and key. Style and
 * script are allowed by their digest alone, so nothing that comes from a Dockerfile could run even where it was not escaped.
 * Without its script the page still works: steps are details elements, stages are links to them.
 */
export async function renderHtml(title: string, all: readonly Shown[]): Promise<string> {
	const policy = `default-src 'none'; style-src '${digestOf(pageStyle)}'; script-src '${digestOf(pageScript)}'; base-uri 'none'; form-action 'none'`;
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
		...(await Promise.all(all.map((one, at) => sectionOf(one, `p${at}-`)))).flat(),
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

async function sectionOf(shown: Shown, prefix: string): Promise<readonly string[]> {
	const {subject, platform, summary, notes, column, stages, drawing} = shown;
	return [
		'<section class="plan">',
		`<h2>${markup(`${subject}${platform === undefined ? '' : ` for ${platform}`}`)}</h2>`,
		`<p class="summary">${markup(summary)}</p>`,
		...notes.map(note => `<p>${markup(note)}</p>`),
		...(await drawingParts(drawing, prefix, new Set(stages.map(({index}) => stageId(index))))),
		...stages.flatMap(stage => stageParts(stage, column, prefix)),
		'</section>',
	];
}

async function drawingParts(drawing: Drawing, prefix: string, linked: ReadonlySet<string>): Promise<readonly string[]> {
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

function stageParts(
	{index, label, base, counts, steps}: ShownStage,
	column: string,
	prefix: string,
): readonly string[] {
	return [
		`<section class="stage" id="${prefix}${stageId(index)}" tabindex="-1">`,
		`<h3>${markup(label)} <small>from ${markup(base)}; ${markup(counts)}</small></h3>`,
		...steps.map(step => stepParts(step, column)),
		'</section>',
	];
}

function stepParts({line, text, standing, word, why, facts}: ShownStep, column: string): string {
	const all: ShownStep['facts'] = [
		[column, standing === 'none' ? 'not cached by itself' : word],
		...(why === undefined ? [] : [['Cause', why] as const]),
		...facts,
	];
	return [
		`<details class="step ${standing}">`,
		`<summary><span class="line">${line}</span> <span class="sign">${marks[standing]} ${word}</span> <code>${markup(text)}</code></summary>`,
		'<dl>',
		...all.map(([name, fact]) => `<dt>${name}</dt><dd>${markup(fact)}</dd>`),
		'</dl>',
		'</details>',
	].join('\n');
}
