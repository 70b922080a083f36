import {execFileSync} from 'node:child_process';
import {cpSync, mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {projectRoot} from './project.ts';
import {type TreeEntry, temporaryTree} from './temporary-tree.ts';

// The user's own configuration must not count.
const env = {
	...process.env,
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_AUTHOR_NAME: 'A',
	GIT_AUTHOR_EMAIL: 'a@example.test',
	GIT_COMMITTER_NAME: 'A',
	GIT_COMMITTER_EMAIL: 'a@example.test',
};

/** Runs git in a folder and gives what it prints. */
export function git(dir: string, ...args: readonly string[]): string {
	return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {cwd: dir, env, stdio: 'pipe'})
		.toString()
		.trim();
}

/** A repository with one commit of these files, on the branch `main`. */
export function gitRepository(t: ExecutionContext, entries: Readonly<Record<string, TreeEntry>>): string {
	const dir = temporaryTree(t, entries);
	commitAll(dir, 'first', true);
	return dir;
}

/** A repository with one commit of a sample's files. */
export function sampleRepository(t: ExecutionContext, sample: string): string {
	const dir = mkdtempSync(path.join(os.tmpdir(), 'cachecast-sample-'));
	t.teardown(() => rmSync(dir, {recursive: true, force: true}));
	cpSync(path.join(projectRoot, 'samples', sample), dir, {recursive: true});
	commitAll(dir, 'first', true);
	return dir;
}

/** Commits all that is there. */
export function commitAll(dir: string, message: string, isNew = false): void {
	if (isNew) {
		git(dir, 'init', '--quiet', '--initial-branch=main');
	}

	git(dir, 'add', '--all');
	git(dir, 'commit', '--quiet', '--message', message);
}

/** A clone in a folder of its own. */
export function cloneOf(t: ExecutionContext, dir: string, ...args: readonly string[]): string {
	const clone = mkdtempSync(path.join(os.tmpdir(), 'cachecast-clone-'));
	t.teardown(() => rmSync(clone, {recursive: true, force: true}));
	git(clone, 'clone', '--quiet', ...args, `file://${dir}`, '.');
	return clone;
}
