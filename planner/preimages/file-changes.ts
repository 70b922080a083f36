import {compilePatterns} from '../../analyzer/index.ts';
import {isSameMark} from './mark.ts';
import {type FileChange, mostChanges, type StepDifference} from './step-difference.ts';
import type {FilePart, ReadPart} from './step-preimage.ts';

/** What is different between what two steps read of the same context. */
export function fileDifferences(before: ReadPart, after: ReadPart): readonly StepDifference[] {
	const context = after.context === undefined ? {} : {context: after.context};
	const [old, now] = [before.files, after.files];
	if (old === undefined || now === undefined) {
		return [];
	}

	const changes: FileChange[] = [];
	const letIn: string[] = [];
	const leftOut: string[] = [];
	const wasLeftOut = leavesOut(before, after);
	const isLeftOut = leavesOut(after, before);
	for (const [path, part] of now) {
		const known = old.get(path);
		if (known !== undefined) {
			changes.push(...changeOf(path, known, part, after));
		} else if (wasLeftOut(path)) {
			letIn.push(path);
		} else {
			changes.push({kind: 'file-added', path});
		}
	}

	for (const path of old.keys()) {
		if (!now.has(path)) {
			if (isLeftOut(path)) {
				leftOut.push(path);
			} else {
				changes.push({kind: 'file-removed', path});
			}
		}
	}

	const told = changes.filter(change => !isFolderOfOthers(change, now, old, changes));
	return [
		...(letIn.length > 0
			? [{kind: 'ignore-file', ...context, change: 'lets-in', paths: tops(letIn, now)} as const]
			: []),
		...(leftOut.length > 0
			? [{kind: 'ignore-file', ...context, change: 'leaves-out', paths: tops(leftOut, old)} as const]
			: []),
		...(told.length > 0
			? [
					{
						kind: 'files',
						...context,
						changed: told.length,
						total: after.total,
						changes: told.slice(0, mostChanges),
					} as const,
				]
			: []),
	];
}

function changeOf(path: string, old: FilePart, now: FilePart, after: ReadPart): readonly FileChange[] {
	if (old.kind !== now.kind) {
		return [{kind: 'file-type', path}];
	}

	if (old.mode === now.mode) {
		return isSameMark(old.mark, now.mark) ? [] : [{kind: 'file-content', path}];
	}

	// The mode is part of the mark, so the file is hashed with the old mode to see whether that is all.
	const remarked = old.kind === 'directory' ? old.mark : after.remark?.(path, old.mode);
	const content = remarked !== undefined && !isSameMark(old.mark, remarked);
	return [{kind: 'file-mode', path, before: old.mode, after: now.mode, content}];
}

// A path counts as let in only where the patterns are others than they were.
function leavesOut(one: ReadPart, other: ReadPart): (path: string) => boolean {
	const compiled =
		one.ignore.length === 0 || one.ignore.join('\n') === other.ignore.join('\n')
			? undefined
			: compilePatterns(one.ignore);
	return path => compiled?.kind === 'compiled' && compiled.matcher.matches(path).excluded;
}

// A new folder is told by what is in it.
function isFolderOfOthers(
	{kind, path}: FileChange,
	now: ReadonlyMap<string, FilePart>,
	old: ReadonlyMap<string, FilePart>,
	changes: readonly FileChange[],
): boolean {
	const part = kind === 'file-added' ? now.get(path) : kind === 'file-removed' ? old.get(path) : undefined;
	return part?.kind === 'directory' && changes.some(other => other.kind === kind && other.path.startsWith(`${path}/`));
}

// The folders that came as a whole, and single files; a slash behind a folder.
function tops(paths: readonly string[], tree: ReadonlyMap<string, FilePart>): readonly string[] {
	const all = new Set(paths);
	return paths
		.filter(path => !all.has(path.split('/').slice(0, -1).join('/')))
		.map(path => (tree.get(path)?.kind === 'directory' ? `${path}/` : path))
		.slice(0, mostChanges);
}
