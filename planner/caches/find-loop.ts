/**
 * The first node found on a loop of a graph given as targets per node, or undefined when there is none. Does not recurse:
 * a cache may chain thousands of records.
 */
export function findLoop(targets: readonly (readonly number[])[]): number | undefined {
	const done = new Set<number>();
	for (const start of targets.keys()) {
		const path: {readonly node: number; readonly rest: Iterator<number>}[] = [];
		const onPath = new Set<number>();
		const enter = (node: number): void => {
			path.push({node, rest: (targets[node] ?? []).values()});
			onPath.add(node);
		};
		if (!done.has(start)) {
			enter(start);
		}

		for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
			const next = top.rest.next();
			if (next.done) {
				path.pop();
				onPath.delete(top.node);
				done.add(top.node);
			} else if (onPath.has(next.value)) {
				return next.value;
			} else if (!done.has(next.value)) {
				enter(next.value);
			}
		}
	}

	return undefined;
}
