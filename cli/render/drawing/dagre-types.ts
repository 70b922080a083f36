// What layout.ts uses of @dagrejs/dagre 3.1.3, whose own declarations do not compile: tsconfig.json says so to the compiler.

type Label = Readonly<Record<string, unknown>>;

interface LayoutGraph {
	setGraph(label: Label): void;
	setNode(id: string, label: Label): void;
	setParent(id: string, parent: string): void;
	setEdge(from: string, to: string, label: Label, name: string): void;
	graph(): unknown;
	node(id: string): unknown;
	edge(edge: {readonly v: string; readonly w: string; readonly name: string}): unknown;
}

/** Its copy of graphlib. */
export declare const graphlib: {
	readonly Graph: new (options: {readonly multigraph: boolean; readonly compound: boolean}) => LayoutGraph;
};

/** Gives every node a place, and every edge its points. */
export declare function layout(graph: LayoutGraph): void;
