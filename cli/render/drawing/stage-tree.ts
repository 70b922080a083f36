import {printable} from '../columns.ts';
import type {Style} from '../style.ts';
import {legendText} from './dot.ts';
import type {Drawing, DrawnEdge, DrawnNode, EdgeKind} from './drawing.ts';

/** Deeper than this a branch is drawn as a tree of its own: else the output of a long chain would grow with its square. */
const maxDepth = 12;

const branches: Readonly<Record<EdgeKind, string>> = {from: '──', copy: '╌╌', mount: '┈┈'};

/**
 * A drawing in text: of stages as trees, below each what it uses; of steps as lists, one a stage. In a tree, what was shown before is named only (`above`); what comes in a
 * tree of its own, too (`below`).
 */
export function renderTree(drawing: Drawing, style: Style): string {
	return drawing.groups.length > 0 ? stepLists(drawing, style) : stageTrees(drawing, style);
}

// Steps follow each other: as a tree each would stand deeper than the last.
function stepLists(drawing: Drawing, style: Style): string {
	const nodes = new Map(drawing.nodes.map(node => [node.id, node]));
	const groups = new Map(drawing.groups.map(({id, label}) => [id, label]));
	const uses = usesByNode(drawing);
	const blocks = drawing.groups.map(({id, label}) => {
		const steps = drawing.nodes.filter(({group}) => group === id);
		const lines = steps.flatMap((node, at) => [
			`  ${nodeText(node, style, '')}`,
			...(uses.get(node.id) ?? [])
				.filter(({from}) => from !== steps[at - 1]?.id)
				.map(({from, kind}) => {
					const source = nodes.get(from);
					const name = groups.get(source?.group ?? '') ?? source?.label ?? '';
					return `    ${style.dim(`└${branches[kind]} ${kind.padEnd(6)}`)}${printable(name)}`;
				}),
		]);
		const isUnneeded = steps.every(node => node.isUnneeded);
		return [`${style.bold(printable(label))}${isUnneeded ? style.dim('  not needed') : ''}`, ...lines].join('\n');
	});
	return `${[...blocks, style.dim(legendText(drawing))].join('\n\n')}\n`;
}

function stageTrees(drawing: Drawing, style: Style): string {
	const nodes = new Map(drawing.nodes.map(node => [node.id, node]));
	const uses = usesByNode(drawing);
	const used = new Set(drawing.edges.map(({from}) => from));

	// The target first, then whatever else nothing uses.
	const ends = drawing.nodes.filter(({id, kind}) => kind !== 'source' && !used.has(id));
	const target = drawing.nodes.find(({isTarget}) => isTarget);
	const roots = new Set([...(target === undefined ? [] : [target.id]), ...ends.map(({id}) => id)]);
	const shown = new Set<string>();
	const out: string[] = [];
	const draw = (id: string, indent: string, depth: number): void => {
		const below = uses.get(id) ?? [];
		for (const [at, edge] of below.entries()) {
			const node = nodes.get(edge.from);
			if (node === undefined) {
				continue;
			}

			const isLast = at === below.length - 1;
			const hasMore = (uses.get(node.id) ?? []).length > 0;
			const isAbove = hasMore && shown.has(node.id);
			const isBelow = hasMore && !isAbove && (depth >= maxDepth || roots.has(node.id));
			const note = isAbove ? ' (above)' : isBelow ? ' (below)' : '';
			const branch = `${indent}${isLast ? '└' : '├'}${branches[edge.kind]} ${edge.kind.padEnd(6)}`;
			out.push(`${style.dim(branch)}${nodeText(node, style)}${style.dim(note)}`);
			if (isBelow) {
				roots.add(node.id);
			} else if (!isAbove) {
				shown.add(node.id);
				draw(node.id, `${indent}${isLast ? '   ' : '│  '}`, depth + 1);
			}
		}
	};
	// A set grows while it is walked.
	for (const id of roots) {
		const node = nodes.get(id);
		if (node !== undefined && !shown.has(id)) {
			shown.add(id);
			out.push(...(out.length > 0 ? [''] : []), nodeText(node, style));
			draw(id, '', 1);
		}
	}

	return `${[...out, '', style.dim(legendText(drawing))].join('\n')}\n`;
}

function usesByNode({edges}: Drawing): ReadonlyMap<string, readonly DrawnEdge[]> {
	const uses = new Map<string, DrawnEdge[]>();
	for (const edge of edges) {
		const known = uses.get(edge.to) ?? [];
		known.push(edge);
		uses.set(edge.to, known);
	}

	return uses;
}

function nodeText(node: DrawnNode, style: Style, unneeded = 'not needed'): string {
	const {label, details, kind, isTarget, isUnneeded} = node;
	const role = isTarget ? 'target' : isUnneeded && kind !== 'source' ? unneeded : '';
	const notes = [...details, ...(role === '' ? [] : [role])];
	const name = printable(label);
	return `${kind === 'stage' ? style.bold(name) : name}${notes.length === 0 ? '' : style.dim(`  ${notes.join(', ')}`)}`;
}
