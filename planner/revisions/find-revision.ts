import type {Problem} from '../workspace.ts';
import {baseOfChange} from './base-of-change.ts';
import {gitIn, type RunGit} from './git-command.ts';
import {isShallow, unshallow} from './shallow.ts';

/** A commit, and the work tree that it is compared with. */
export interface FoundRevision {
	/** As messages call it: what was asked for, or what that stands for. */
	readonly name: string;
	/** Id of the commit. */
	readonly commit: string;
	/** Absolute path of the work tree. */
	readonly root: string;
	/** Runs git at the root. */
	readonly git: RunGit;
}

export type FindRevisionResult =
	| {readonly kind: 'found'; readonly revision: FoundRevision}
	| {readonly kind: 'failed'; readonly problem: Problem};

/** What a revision is asked for with. */
export interface RevisionRequest {
	/** As git takes it; absent: where the change at hand begins (`baseOfChange`). */
	readonly revision?: string;
	/** An absolute folder of the work tree. */
	readonly folder: string;
	readonly env: NodeJS.ProcessEnv;
}

/** Finds a commit with the program git. Nothing is fetched: what a shallow clone leaves out is told with what fetches it. */
export function findRevision({revision, folder, env}: RevisionRequest): FindRevisionResult {
	const top = gitIn(folder, env)(['rev-parse', '--show-toplevel']);
	if (top.kind === 'absent') {
		return failed('--since needs the program git', 'install it, or put it into PATH');
	}

	if (top.kind === 'failed') {
		return failed(
			`--since compares with a revision of git: ${top.reason}`,
			/dubious ownership/.test(top.reason)
				? 'tell git that you trust the folder: git config --global --add safe.directory FOLDER'
				: 'use it in a clone with a work tree',
		);
	}

	const root = top.stdout.toString().replace(/\r?\n$/, '');
	const git = gitIn(root, env);
	const wanted = revision === undefined ? baseOfChange(git, env) : {kind: 'base' as const, revision, name: revision};
	if (wanted.kind === 'failed') {
		return wanted;
	}

	const {name} = wanted;
	const isFlag = wanted.revision.startsWith('-') || wanted.revision === '';
	const commit = isFlag ? undefined : git(['rev-parse', '--verify', '--quiet', `${wanted.revision}^{commit}`]);
	if (commit?.kind !== 'ok') {
		return isShallow(git)
			? failed(`the revision "${name}" is not in this clone, which is shallow`, unshallow)
			: failed(
					`there is no revision "${name}" in this clone`,
					'name a commit, tag or branch, as in --since=main; the context stands in front of --since',
				);
	}

	return {kind: 'found', revision: {name, commit: commit.stdout.toString().trim(), root, git}};
}

function failed(message: string, hint: string): {readonly kind: 'failed'; readonly problem: Problem} {
	return {kind: 'failed', problem: {message, hint}};
}
