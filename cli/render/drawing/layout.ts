import {widthOf} from '../columns.ts';
import type {Drawing, DrawnEdge, DrawnGroup, DrawnNode} from './drawing.ts';
import {labelLines} from './label-lines.ts';

/** A drawing with a place for everything, in pixels from the top left. */
export interface Layout {
	readonly width: number;
	readonly height: number;
	readonly nodes: readonly Placed<DrawnNode>[];
	readonly edges: readonly {readonly edge: DrawnEdge; readonly points: readonly Point[]}[];
	readonly groups: readonly Placed<DrawnGroup>[];
}

export interface Placed<Thing> {
	readonly thing: Thing;
	readonly lines: readonly string[];
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

export interface Point {
	readonly x: number;
	readonly y: number;
}

/** dagre goes through a graph by recursion, and takes more than linear time: what is larger is not drawn. */
export const maxNodes = 400;

const lineHeight = 18;
const characterWidth = 8.2;
const margin = 16;

/** Places a drawing from left to right. Nothing for one that is too large to be looked at. The only importer of dagre. */
export async function layOut(drawing: Drawing): Promise<Layout | undefined> {
	if (drawing.nodes.length > maxNodes || drawing.edges.length > 4 * maxNodes) {
		return undefined;
	}

	// It takes 20 ms to load, and few ask for a drawing.
	const {graphlib, layout} = await import('@dagrejs/dagre');
	const graph = new graphlib.Graph({multigraph: true, compound: true});
	graph.setGraph({rankdir: 'LR', nodesep: 18, edgesep: 12, ranksep: 56, marginx: 0, marginy: 0});
	const lines = new Map(drawing.nodes.map(node => [node.id, labelLines(node)]));
	for (const {id} of drawing.groups) {
		graph.setNode(id, {});
	}

	for (const {id, group} of drawing.nodes) {
		const text = lines.get(id) ?? [];
		const width = Math.max(64, ...text.map(line => widthOf(line) * characterWidth)) + 24;
		graph.setNode(id, {width: Math.ceil(width), height: text.length * lineHeight + 16});
		if (group !== undefined) {
			graph.setParent(id, group);
		}
	}

	for (const [at, {from, to}] of drawing.edges.entries()) {
		graph.setEdge(from, to, {}, String(at));
	}

	layout(graph);
	const place = <Thing extends DrawnNode | DrawnGroup>(thing: Thing): Placed<Thing> => {
		const {x = 0, y = 0, width = 0, height = 0} = graph.node(thing.id) as Partial<Placed<Thing>>;
		const text = lines.get(thing.id) ?? [thing.label];
		return {thing, lines: text, x: x - width / 2, y: y - height / 2, width, height};
	};
	const edges = drawing.edges.map((edge, at) => {
		const placed = graph.edge({v: edge.from, w: edge.to, name: String(at)}) as {readonly points?: readonly Point[]};
		return {edge, points: placed.points ?? []};
	});
	return framed({nodes: drawing.nodes.map(place), groups: drawing.groups.map(place), edges});
}

// dagre's own size leaves out edges that go round the nodes.
function framed({nodes, groups, edges}: Pick<Layout, 'nodes' | 'groups' | 'edges'>): Layout {
	const boxes = [...nodes, ...groups];
	const corners: readonly Point[] = [
		...boxes,
		...boxes.map(({x, y, width, height}) => ({x: x + width, y: y + height})),
		...edges.flatMap(({points}) => points),
	];
	const least = (of: (point: Point) => number) => corners.reduce((low, corner) => Math.min(low, of(corner)), 0);
	const most = (of: (point: Point) => number) => corners.reduce((high, corner) => Math.max(high, of(corner)), 0);
	const [left, top] = [least(({x}) => x) - margin, least(({y}) => y) - margin];
	const moved = <Thing extends Point>(thing: Thing): Thing => ({...thing, x: thing.x - left, y: thing.y - top});
	return {
		width: Math.ceil(most(({x}) => x) - left + margin),
		height: Math.ceil(most(({y}) => y) - top + margin),
		nodes: nodes.map(moved),
		groups: groups.map(moved),
		edges: edges.map(({edge, points}) => ({edge, points: points.map(moved)})),
	};
}
