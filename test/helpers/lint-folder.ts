import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {RunResult} from '../engine/processes.ts';
import {runInProcess} from './in-process.ts';

/** A new folder with these files, removed after the test. */
export function folderOf(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'cachecast-lint-'));
	t.teardown(() => rmSync(folder, {recursive: true, force: true}));
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
		writeFileSync(path.join(folder, name), text);
	}

	return folder;
}

/** Runs `cachecast lint` in a new folder with these files, or in `at` below it. */
export async function lintFolder(
	t: ExecutionContext,
	files: Readonly<Record<string, string>>,
	args: readonly string[],
	{
		at = '.',
		env = {},
		input = '',
	}: {readonly at?: string; readonly env?: Record<string, string>; readonly input?: string} = {},
): Promise<RunResult> {
	return runInProcess(['lint', ...args], path.join(folderOf(t, files), at), env, input);
}
