import {
	formatPlatform,
	type Origin,
	type Stage,
	type StageGraph,
	stageLabel,
	stepText,
} from '../../../planner/index.ts';
import type {Standing} from '../step-words.ts';

/** A graph to be drawn: stages, or their steps, and what they are made from. Every format draws the same one. */
export interface Drawing {
	readonly title: string;
	readonly nodes: readonly DrawnNode[];
	/** From what is used to what uses it, each once. */
	readonly edges: readonly DrawnEdge[];
	/** Stages that are drawn as frames around their steps. */
	readonly groups: readonly DrawnGroup[];
	/** Nodes have standings, so a legend of them makes sense. */
	readonly hasStandings: boolean;
	/** What a hit and a miss are called; absent: so. */
	readonly words?: {readonly hit: string; readonly miss: string};
}

export interface DrawnNode {
	/** Made by us, never from a name of the Dockerfile: `stage-0`, `step-0-2`, `source-1`. */
	readonly id: string;
	readonly kind: 'source' | 'stage' | 'step';
	readonly label: string;
	/** Further lines. */
	readonly details: readonly string[];
	readonly standing?: Standing;
	readonly isTarget: boolean;
	/** The target does not need it. */
	readonly isUnneeded: boolean;
	readonly group?: string;
}

/** `from`: it stands on it; `copy`: it takes files of it; `mount`: RUN sees it. */
export type EdgeKind = 'from' | 'copy' | 'mount';

export interface DrawnEdge {
	readonly from: string;
	readonly to: string;
	readonly kind: EdgeKind;
}

export interface DrawnGroup {
	readonly id: string;
	readonly label: string;
}

/** What is known of a stage beside its place in the graph. */
export interface StageMark {
	readonly standing: Standing;
	readonly details: readonly string[];
}

/** Draws stages as nodes, with images, folders and remotes they start from. */
export function drawStages(graph: StageGraph, marksOf?: (stage: Stage) => StageMark | undefined): Drawing {
	const pens = sourcePens(graph);
	const nodes = graph.stages.map(stage => {
		const mark = marksOf?.(stage);
		return {
			id: stageId(stage.index),
			kind: 'stage',
			label: stageLabel(stage),
			details: [...platformOf(stage), ...(mark?.details ?? [])],
			...(mark !== undefined && {standing: mark.standing}),
			...rolesOf(stage, graph),
		} as const;
	});
	const edges = graph.stages.flatMap(stage =>
		usesOf(stage).flatMap(({origin, kind}) => pens.edge(origin, index => stageId(index), stageId(stage.index), kind)),
	);
	return {
		title: titleOf(graph),
		nodes: [...pens.nodes.values(), ...nodes],
		edges: distinct(edges),
		groups: [],
		hasStandings: marksOf !== undefined,
	};
}

/** Draws what BuildKit builds of each stage, instruction by instruction, one frame a stage. */
export function drawSteps(graph: StageGraph): Drawing {
	const pens = sourcePens(graph);
	const nodes: DrawnNode[] = [];
	const edges: DrawnEdge[] = [];
	const lastOf = new Map(graph.stages.map(stage => [stage.index, idsOf(stage).at(-1) ?? stageId(stage.index)]));
	const lastId = (index: number) => lastOf.get(index) ?? stageId(index);
	for (const stage of graph.stages) {
		const ids = idsOf(stage);
		const group = `group-${stage.index}`;
		const roles = rolesOf(stage, graph);
		const first = {...roles, isTarget: false, group};
		nodes.push({
			id: stageId(stage.index),
			kind: 'step',
			label: stage.replaced ? `--build-context ${stageLabel(stage)}` : fromText(stage),
			details: platformOf(stage),
			...first,
			isTarget: roles.isTarget && ids.length === 0,
		});
		edges.push(...pens.edge(stage.base, lastId, stageId(stage.index), 'from'));
		for (const [at, instruction] of builtOf(stage).entries()) {
			const id = stepId(stage.index, at);
			const last = at === ids.length - 1;
			nodes.push({
				id,
				kind: 'step',
				label: stepText({instruction}),
				details: [],
				...first,
				isTarget: roles.isTarget && last,
			});
			edges.push({from: at === 0 ? stageId(stage.index) : stepId(stage.index, at - 1), to: id, kind: 'from'});
			for (const origin of stage.origins.get(instruction) ?? []) {
				edges.push(...pens.edge(origin, lastId, id, instruction.kind === 'run' ? 'mount' : 'copy'));
			}
		}
	}

	return {
		title: titleOf(graph),
		nodes: [...pens.nodes.values(), ...nodes],
		edges: distinct(edges),
		groups: graph.stages.map(stage => ({id: `group-${stage.index}`, label: stageLabel(stage)})),
		hasStandings: false,
	};
}

/** What a stage is made from, in the order it is written. */
export function usesOf({
	base,
	replaced,
	origins,
}: Stage): readonly {readonly origin: Origin; readonly kind: EdgeKind}[] {
	const read = replaced
		? []
		: [...origins].flatMap(([{kind}, all]) =>
				all.flatMap(origin =>
					origin === undefined ? [] : [{origin, kind: kind === 'run' ? ('mount' as const) : ('copy' as const)}],
				),
			);
	return [{origin: base, kind: 'from'}, ...read];
}

/** Tells apart what a stage can be made from, and names it; nothing for scratch, which is nothing. */
export function sourceName(origin: Exclude<Origin, {readonly kind: 'stage'}>): string | undefined {
	switch (origin.kind) {
		case 'scratch': {
			return undefined;
		}

		case 'image': {
			return origin.reference;
		}

		case 'folder': {
			return `folder ${origin.context}`;
		}

		case 'remote': {
			return origin.location;
		}
	}
}

/** The node of a stage. */
export function stageId(index: number): string {
	return `stage-${index}`;
}

function stepId(stage: number, at: number): string {
	return `step-${stage}-${at}`;
}

// What BuildKit makes no vertex of is not part of the graph: ENV, LABEL, CMD …
const builtKinds = new Set(['run', 'copy', 'add', 'workdir']);

function builtOf({triggers, source, replaced}: Stage) {
	return replaced ? [] : [...triggers, ...source.instructions].filter(({kind}) => builtKinds.has(kind));
}

function idsOf(stage: Stage): readonly string[] {
	return builtOf(stage).map((_, at) => stepId(stage.index, at));
}

function fromText({source}: Stage): string {
	return stepText({instruction: source.from});
}

function rolesOf({index, needed}: Stage, {target}: StageGraph) {
	return {isTarget: index === target, isUnneeded: !needed};
}

function platformOf({platform}: Stage): readonly string[] {
	return platform === undefined ? [] : [formatPlatform(platform)];
}

function titleOf({stages, target}: StageGraph): string {
	const stage = stages[target];
	return stage === undefined ? '' : stageLabel(stage);
}

function sourcePens(graph: StageGraph) {
	const nodes = new Map<string, DrawnNode>();
	const neededNames = new Set(
		graph.stages
			.filter(({needed}) => needed)
			.flatMap(stage =>
				usesOf(stage).flatMap(({origin}) => (origin.kind === 'stage' ? [] : (sourceName(origin) ?? []))),
			),
	);
	return {
		nodes,
		edge(
			origin: Origin | undefined,
			idOf: (stage: number) => string,
			to: string,
			kind: EdgeKind,
		): readonly DrawnEdge[] {
			if (origin === undefined || origin.kind === 'scratch') {
				return [];
			}

			if (origin.kind === 'stage') {
				return [{from: idOf(origin.index), to, kind}];
			}

			const name = sourceName(origin) ?? '';
			const known = nodes.get(name);
			const node: DrawnNode = known ?? {
				id: `source-${nodes.size}`,
				kind: 'source',
				label: name,
				details: [],
				isTarget: false,
				isUnneeded: !neededNames.has(name),
			};
			nodes.set(name, node);
			return [{from: node.id, to, kind}];
		},
	};
}

function distinct(edges: readonly DrawnEdge[]): readonly DrawnEdge[] {
	return [...new Map(edges.map(edge => [`${edge.from} ${edge.to} ${edge.kind}`, edge])).values()];
}
