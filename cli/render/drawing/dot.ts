import {printable} from '../columns.ts';
import {marks, type Standing} from '../step-words.ts';
import type {Drawing, DrawnEdge, DrawnNode} from './drawing.ts';
import {labelLines} from './label-lines.ts';

/** A drawing for graphviz. Labels are quoted strings, never HTML, so no name can be anything but text. */
export function renderDot(drawing: Drawing): string {
	const {nodes, edges, groups, title} = drawing;
	const isFree = (node: DrawnNode) => node.group === undefined;
	return [
		`digraph ${quote(title)} {`,
		'\trankdir=LR;',
		'\tnode [shape=box, style="rounded", fontname="sans-serif"];',
		'\tedge [fontname="sans-serif", fontsize=10];',
		...nodes.filter(isFree).map(node => `\t${nodeText(node)}`),
		...groups.flatMap(({id, label}) => [
			`\tsubgraph ${quote(`cluster_${id}`)} {`,
			`\t\tlabel=${quote(label)};`,
			...nodes.filter(({group}) => group === id).map(node => `\t\t${nodeText(node)}`),
			'\t}',
		]),
		...edges.map(edge => `\t${edgeText(edge)}`),
		`\tlabel=${quote(legendText(drawing))};`,
		'}',
		'',
	].join('\n');
}

/** What the lines and signs of a drawing mean, in one line. */
export function legendText({
	hasStandings,
	words: {hit, miss} = {hit: 'hit', miss: 'miss'},
}: Pick<Drawing, 'hasStandings' | 'words'>): string {
	const lines = 'solid: FROM, dashed: COPY --from, dotted: mount';
	return hasStandings
		? `${marks.hit} ${hit}, ${marks.miss} ${miss}, ${marks.follows} ${miss} that follows, ${marks.unknown} unknown; ${lines}`
		: lines;
}

const colors: Readonly<Record<Standing, string>> = {
	hit: '#1a7f37',
	miss: '#cf222e',
	follows: '#cf222e',
	unknown: '#9a6700',
	none: '#57606a',
};

function nodeText(node: DrawnNode): string {
	const {id, kind, standing, isTarget, isUnneeded} = node;
	const styles = [
		...(kind === 'source' ? ['filled'] : ['rounded']),
		...(isTarget ? ['bold'] : []),
		...(isUnneeded ? ['dashed'] : []),
	];
	const attributes = [
		`label=${quote(labelLines(node).join('\n'))}`,
		`style=${quote(styles.join(','))}`,
		...(kind === 'source' ? ['fillcolor="#eaeef2"'] : []),
		...(standing === undefined ? [] : [`color=${quote(colors[standing])}`]),
	];
	return `${quote(id)} [${attributes.join(', ')}];`;
}

const styles: Readonly<Record<DrawnEdge['kind'], string>> = {from: 'solid', copy: 'dashed', mount: 'dotted'};

function edgeText({from, to, kind}: DrawnEdge): string {
	const label = kind === 'from' ? '' : `, label=${quote(kind)}`;
	return `${quote(from)} -> ${quote(to)} [style=${styles[kind]}${label}];`;
}

// In a quoted string only these two are special; a new line is made as graphviz writes it.
function quote(text: string): string {
	const safe = text.split('\n').map(line => printable(line).replace(/["\\]/g, '\\$&'));
	return `"${safe.join('\\n')}"`;
}
