import {Graph} from 'graphlib';
import type {StageDependency} from './stage.ts';

/** Questions about which stage uses which. Stages are known by their index. */
export interface StageDag {
	/** A stage and everything it uses, directly or not. */
	reachable(from: number): ReadonlySet<number>;
	/** Stages that no other stage uses. */
	leaves(): readonly number[];
	/** Every stage after those it uses; ties in file order. */
	order(): readonly number[];
	/** A way from a stage back to itself through COPY and mounts, if there is one. */
	cycle(): readonly StageDependency[] | undefined;
}

/** The stage graph of a Dockerfile; `dependencies[i]` are those of stage `i`. The only importer of graphlib. */
export function stageDag(dependencies: readonly (readonly StageDependency[])[]): StageDag {
	// Ids with a prefix: graphlib keeps nodes in plain objects, where a stage called `constructor` would exist already.
	const id = (index: number) => `stage:${index}`;
	const index = (node: string) => Number(node.slice('stage:'.length));
	const graph = new Graph<undefined, undefined, undefined>({directed: true});
	for (const [stage] of dependencies.entries()) {
		graph.setNode(id(stage));
	}

	for (const [stage, used] of dependencies.entries()) {
		for (const dependency of used) {
			graph.setEdge(id(dependency.stage), id(stage));
		}
	}

	const usedBy = (stage: number) => (graph.predecessors(id(stage)) ?? []).map(node => index(node));
	const usersOf = (stage: number) => (graph.successors(id(stage)) ?? []).map(node => index(node));
	return {
		reachable(from) {
			const seen = new Set([from]);
			// A set grows while it is walked: no recursion, however long the chain.
			for (const stage of seen) {
				for (const next of usedBy(stage)) {
					seen.add(next);
				}
			}

			return seen;
		},
		leaves: () => [...dependencies.keys()].filter(stage => usersOf(stage).every(user => user === stage)),
		order() {
			const waiting = new Map([...dependencies.keys()].map(stage => [stage, new Set(usedBy(stage)).size]));
			const order: number[][] = [];
			let ready = [...waiting].filter(([, count]) => count === 0).map(([stage]) => stage);
			while (ready.length > 0) {
				order.push(ready);
				const next = new Set<number>();
				for (const stage of ready) {
					for (const user of new Set(usersOf(stage))) {
						const left = (waiting.get(user) ?? 0) - 1;
						waiting.set(user, left);
						if (left === 0) {
							next.add(user);
						}
					}
				}

				ready = [...next].sort((a, b) => a - b);
			}

			return order.flat();
		},
		cycle: () => findCycle(dependencies),
	};
}

interface Frame {
	readonly stage: number;
	readonly edges: readonly StageDependency[];
	next: number;
}

// BuildKit follows COPY and mounts only: FROM can name nothing but earlier stages (dockerfile2llb validateCircularDependency).
function findCycle(dependencies: readonly (readonly StageDependency[])[]): readonly StageDependency[] | undefined {
	const frame = (stage: number): Frame => ({
		stage,
		edges: (dependencies[stage] ?? []).filter(one => one.kind !== 'from'),
		next: 0,
	});
	const done = new Set<number>();
	for (const start of dependencies.keys()) {
		const frames = done.has(start) ? [] : [frame(start)];
		const depth = new Map([[start, 0]]);
		for (let top = frames.at(-1); top !== undefined; top = frames.at(-1)) {
			const edge = top.edges[top.next++];
			if (edge === undefined) {
				done.add(top.stage);
				depth.delete(top.stage);
				frames.pop();
				continue;
			}

			const entered = depth.get(edge.stage);
			if (entered !== undefined) {
				return frames.slice(entered).flatMap(one => one.edges[one.next - 1] ?? []);
			}

			if (!done.has(edge.stage)) {
				depth.set(edge.stage, frames.length);
				frames.push(frame(edge.stage));
			}
		}
	}

	return undefined;
}
