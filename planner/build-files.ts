import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import nodePath from 'node:path';
import {type Dockerfile, encodeSource} from '../analyzer/index.ts';
import type {Leaf} from './leaf-caches.ts';
import type {Workspace} from './workspace.ts';

/** Which Dockerfile a target is built with. */
export type BuildFile = OwnFile | CopiedFile;

/** The user's own. */
export interface OwnFile {
	readonly kind: 'own';
	readonly path: string;
	readonly target?: string;
}

/** A copy of it, and the ignore file next to it. */
export interface CopiedFile {
	readonly kind: 'copy';
	readonly dockerfile: Uint8Array;
	readonly ignore: string;
	readonly target?: string;
}

/** The Dockerfile to hand to the engine, and the target to ask for. */
export interface BuildFiles {
	readonly dockerfile: string;
	readonly target?: string;
	/** Removes what was written for it. */
	remove(): Promise<void>;
}

/**
 * The user's own Dockerfile where that will do. A copy in a temporary folder where not: to leave cachecast's caches
 * out of the context (an ignore file next to the copy is what BuildKit reads then), to build a stage that has no name
 * (BuildKit finds targets by name only, so the copy ends with that stage), and for one that came by standard input.
 */
export async function buildFiles(
	workspace: Workspace,
	dockerfile: Dockerfile,
	target: Leaf | string | undefined,
): Promise<BuildFiles> {
	const file = buildFile(workspace, dockerfile, target);
	const asked = file.target === undefined ? {} : {target: file.target};
	if (file.kind === 'own') {
		return {dockerfile: file.path, ...asked, remove: async () => {}};
	}

	const dir = await mkdtemp(nodePath.join(tmpdir(), 'cachecast-'));
	const path = nodePath.join(dir, 'Dockerfile');
	await writeFile(path, file.dockerfile);
	await writeFile(`${path}.dockerignore`, file.ignore);
	return {dockerfile: path, ...asked, remove: () => rm(dir, {recursive: true, force: true})};
}

/** What {@link buildFiles} writes, and whether it has to. */
export function buildFile(workspace: Workspace, dockerfile: Dockerfile, target: Leaf | string | undefined): BuildFile {
	const stage = typeof target === 'object' ? dockerfile.stages[target.index] : undefined;
	const name = typeof target === 'object' ? (target.isDefault ? undefined : stage?.from.name?.text) : target;
	const isNameless = typeof target === 'object' && !target.isDefault && name === undefined;
	const asked = name === undefined ? {} : {target: name};
	if (!isNameless && workspace.ownIgnore.length === 0 && workspace.dockerfilePath !== undefined) {
		return {kind: 'own', path: workspace.dockerfilePath, ...asked};
	}

	const next = isNameless ? dockerfile.stages[target.index + 1]?.from : undefined;
	const {text} = workspace.dockerfile;
	const kept =
		next === undefined
			? text
			: text
					.split('\n')
					.slice(0, next.range.start.line - 1)
					.join('\n');
	// A pattern that begins with # is one only behind something else; a slash in front is taken away when it is read.
	const lines = workspace.ignore.map(pattern => (pattern.startsWith('#') ? `/${pattern}` : pattern));
	return {kind: 'copy', dockerfile: encodeSource(kept), ignore: `${lines.join('\n')}\n`, ...asked};
}
