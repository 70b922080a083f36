import {compareBytes} from '../context/selector.ts';
import {type FileNode, plainFolder} from './snapshot.ts';

/**
 * Lays one snapshot over another, as COPY --link does: folders are joined and get the attributes of the upper one,
 * anything else is replaced (BuildKit snapshot/merge.go). The root keeps its own.
 */
export function mergeSnapshots(lower: FileNode, upper: FileNode): FileNode {
	return {...plainFolder, children: mergedChildren(lower, upper)};
}

function mergedChildren(lower: FileNode, upper: FileNode): ReadonlyMap<string, FileNode> {
	const children = new Map(lower.children);
	for (const [name, node] of [...upper.children].sort(([a], [b]) => compareBytes(a, b))) {
		const below = children.get(name);
		const joins = below?.kind === 'directory' && node.kind === 'directory';
		children.set(name, joins ? {...node, children: mergedChildren(below, node)} : node);
	}

	return children;
}
