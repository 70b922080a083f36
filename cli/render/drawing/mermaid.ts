import {printable} from '../columns.ts';
import type {Standing} from '../step-words.ts';
import {legendText} from './dot.ts';
import type {Drawing, DrawnEdge, DrawnNode} from './drawing.ts';
import {labelLines} from './label-lines.ts';

/**
 * A drawing as a mermaid flowchart, as GitHub and GitLab show it in Markdown. Ids are ours; of names every character that
 * could mean something is written by its number, so a name can be neither syntax nor HTML.
 */
export function renderMermaid(drawing: Drawing): string {
	const {nodes, edges, groups, hasStandings} = drawing;
	const ids = new Map(nodes.map(({id}, at) => [id, `n${at}`]));
	const nodeText = (node: DrawnNode): string => {
		const label = `"${labelLines(node).map(escapeLabel).join('<br/>')}"`;
		const id = ids.get(node.id) ?? '';
		const classes = classOf(node);
		return `${id}${node.kind === 'source' ? `[(${label})]` : node.kind === 'stage' ? `([${label}])` : `[${label}]`}${classes === undefined ? '' : `:::${classes}`}`;
	};
	const edgeText = ({from, to, kind}: DrawnEdge) => {
		const arrow = kind === 'from' ? '-->' : `${kind === 'copy' ? '-->' : '-.->'}|${kind}|`;
		return `${ids.get(from) ?? ''} ${arrow} ${ids.get(to) ?? ''}`;
	};
	return [
		'flowchart LR',
		`\t%% ${legendText(drawing)}`,
		...nodes.filter(({group}) => group === undefined).map(node => `\t${nodeText(node)}`),
		...groups.flatMap((group, at) => [
			`\tsubgraph g${at}["${escapeLabel(group.label)}"]`,
			...nodes.filter(node => node.group === group.id).map(node => `\t\t${nodeText(node)}`),
			'\tend',
		]),
		...edges.map(edge => `\t${edgeText(edge)}`),
		...edges.flatMap(({kind}, at) => (kind === 'from' ? [] : [`\tlinkStyle ${at} ${dashes[kind]}`])),
		...(hasStandings ? classes.map(([name, style]) => `\tclassDef ${name} ${style}`) : []),
		'\tclassDef unneeded stroke-dasharray:4 4,opacity:0.6',
		'',
	].join('\n');
}

const dashes = {copy: 'stroke-dasharray:7 4', mount: 'stroke-dasharray:2 3'} as const;

// Colours that can be told apart on light and on dark; the sign in the label says the same.
const classes: readonly (readonly [name: Standing, style: string])[] = [
	['hit', 'stroke:#2da44e,stroke-width:2px'],
	['miss', 'stroke:#cf222e,stroke-width:3px'],
	['follows', 'stroke:#cf222e,stroke-width:2px,stroke-dasharray:5 3'],
	['unknown', 'stroke:#bf8700,stroke-width:2px'],
	['none', 'stroke:#8c959f'],
];

function classOf({standing, isUnneeded}: DrawnNode): string | undefined {
	return isUnneeded ? 'unneeded' : standing;
}

// Mermaid's own entities: # and the character's number in decimal.
function escapeLabel(text: string): string {
	return printable(text).replace(/[^\p{L}\p{N} .,/=✔✖↳·…]/gu, character => `#${character.codePointAt(0) ?? 0};`);
}
