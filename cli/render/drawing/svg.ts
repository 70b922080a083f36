import {markup} from '../markup.ts';
import {legendText} from './dot.ts';
import type {Drawing, DrawnGroup, DrawnNode} from './drawing.ts';
import {type Layout, layOut, type Placed, type Point} from './layout.ts';

/** How a drawing looks, light and dark; the same in a file of its own and in a page. */
export const svgStyle = `
.graph { --ink: #1f2328; --faint: #57606a; --paper: #ffffff; --box: #f6f8fa; --hit: #1a7f37; --miss: #cf222e; --unknown: #9a6700;
font: 13px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { .graph { --ink: #e6edf3; --faint: #9198a1; --paper: #0d1117; --box: #161b22; --hit: #3fb950; --miss: #ff7b72; --unknown: #d29922; } }
.graph text { fill: var(--ink); }
.graph .detail { fill: var(--faint); font-size: 12px; }
.graph rect { fill: var(--paper); stroke: var(--faint); stroke-width: 1.5; }
.graph .source rect { fill: var(--box); }
.graph .heading { font-weight: 700; }
.graph .group rect { fill: none; stroke-dasharray: 2 3; }
.graph .group text { fill: var(--faint); font-weight: 600; }
.graph .hit rect { stroke: var(--hit); stroke-width: 2; }
.graph .miss rect { stroke: var(--miss); stroke-width: 3; }
.graph .follows rect { stroke: var(--miss); stroke-width: 2; stroke-dasharray: 6 3; }
.graph .unknown rect { stroke: var(--unknown); stroke-width: 2; }
.graph .hit .sign { fill: var(--hit); } .graph .miss .sign, .graph .follows .sign { fill: var(--miss); } .graph .unknown .sign { fill: var(--unknown); }
.graph .target .name { font-weight: 700; }
.graph .unneeded { opacity: 0.55; }
.graph path { fill: none; stroke: var(--faint); stroke-width: 1.5; }
.graph .tip { fill: var(--faint); stroke: none; }
.graph .copy { stroke-dasharray: 8 4; }
.graph .mount { stroke-dasharray: 2 4; stroke-width: 2; }
.graph a:hover rect, .graph a:focus rect { stroke-width: 4; }
`;

/** A drawing of several, and what it is of. */
export interface TitledDrawing {
	readonly drawing: Drawing;
	/** Stands above it. */
	readonly heading: string;
}

/** A drawing as a file of its own; nothing for one that is too large. */
export function renderSvg(drawing: Drawing): Promise<string | undefined> {
	return renderSvgs([{drawing, heading: ''}]);
}

const headingHeight = 28;

/** Drawings one below the other in one file, with one legend; nothing where one is too large. */
export async function renderSvgs(all: readonly TitledDrawing[]): Promise<string | undefined> {
	const [first] = all;
	const parts: string[] = [];
	let [width, height] = [0, 0];
	for (const {drawing, heading} of all) {
		const layout = await layOut(drawing);
		if (layout === undefined) {
			return undefined;
		}

		if (heading !== '') {
			height += headingHeight;
			parts.push(`<text class="heading" x="16" y="${height}">${markup(heading)}</text>`);
		}

		// As the only one it needs no place of its own.
		const own = svgParts(layout);
		parts.push(...(height === 0 ? own : [`<g transform="translate(0 ${height})">`, ...own, '</g>']));
		width = Math.max(width, layout.width);
		height += layout.height;
	}

	if (first === undefined) {
		return undefined;
	}

	const legend = legendText(first.drawing);
	const total = Math.max(width, Math.ceil(legend.length * 6.5) + 32);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 ${total} ${height + 28}" width="${total}" height="${height + 28}" role="img">`,
		`<title>${markup(`Stages of ${first.drawing.title}`)}</title>`,
		`<style>${svgStyle}</style>`,
		'<rect class="paper" width="100%" height="100%" style="stroke: none"/>',
		...parts,
		`<text class="detail" x="16" y="${height + 12}">${markup(legend)}</text>`,
		'</svg>',
		'',
	].join('\n');
}

/** What is inside of an svg element of class "graph". With `linkOf`, nodes lead to places of the page. */
export function svgParts(layout: Layout, linkOf?: (node: DrawnNode) => string | undefined): readonly string[] {
	return [
		...layout.groups.map(groupText),
		...layout.edges.flatMap(({edge, points}) => edgeText(points, edge.kind)),
		...layout.nodes.map(node => nodeText(node, linkOf?.(node.thing))),
	];
}

function groupText({thing, x, y, width, height}: Placed<DrawnGroup>): string {
	return `<g class="group">${box(x, y, width, height)}<text x="${round(x + 8)}" y="${round(y + 14)}">${markup(thing.label)}</text></g>`;
}

function nodeText({thing, lines, x, y, width, height}: Placed<DrawnNode>, link: string | undefined): string {
	const {kind, standing, isTarget, isUnneeded} = thing;
	const classes = [kind, standing, isTarget && 'target', isUnneeded && 'unneeded'].filter(
		name => typeof name === 'string',
	);
	const texts = lines.map((line, at) => {
		const place = `x="${round(x + 12)}" y="${round(y + 21 + at * 18)}"`;
		// The sign in front of a name has a colour of its own.
		const sign = at === 0 && standing !== undefined ? line.slice(0, 2) : '';
		const marked = sign === '' ? '' : `<tspan class="sign">${markup(sign)}</tspan>`;
		return `<text class="${at === 0 ? 'name' : 'detail'}" ${place}>${marked}${markup(line.slice(sign.length))}</text>`;
	});
	const node = `<g class="node ${classes.join(' ')}"><title>${markup(thing.label)}</title>${box(x, y, width, height)}${texts.join('')}</g>`;
	return link === undefined ? node : `<a href="${markup(link)}">${node}</a>`;
}

function box(x: number, y: number, width: number, height: number): string {
	return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`;
}

function edgeText(points: readonly Point[], kind: string): readonly string[] {
	const end = points.at(-1);
	const before = points.at(-2);
	if (end === undefined || before === undefined) {
		return [];
	}

	const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
	return [
		`<path class="${kind}" d="${curve(points)}"/>`,
		`<path class="tip" d="M0 0L-8 -4L-8 4Z" transform="translate(${round(end.x)} ${round(end.y)}) rotate(${round(angle)})"/>`,
	];
}

// Straight at both ends, round where it turns.
function curve([start = {x: 0, y: 0}, ...points]: readonly Point[]): string {
	const parts = points.map((point, at) => {
		const next = points[at + 1];
		return next === undefined
			? `L${round(point.x)} ${round(point.y)}`
			: `Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
	});
	return `M${round(start.x)} ${round(start.y)}${parts.join('')}`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
