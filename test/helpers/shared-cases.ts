import {readFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {ExecutionContext} from 'ava';
import {sharedDir} from './project.ts';

/** What a check found wrong, or undefined. */
export type Fault = string | undefined;

/**
 * Runs a check on every case of a shared file and reports `N passed, M failed`. `read` makes the cases of the file's
 * text. Where there is no shared data, says so and passes.
 */
export function runShared<Case>(
	t: ExecutionContext,
	file: string,
	read: (text: string) => readonly Case[],
	check: (one: Case) => Fault,
): void {
	if (sharedDir === undefined) {
		t.log(`no shared data here: ${file} was not run`);
		t.pass();
		return;
	}

	const cases = read(readFileSync(path.join(sharedDir, file), 'utf8'));
	const faults = cases.flatMap(one => check(one) ?? []);
	t.log(`${file}: ${cases.length - faults.length} passed, ${faults.length} failed`);
	t.true(cases.length > 0);
	t.deepEqual(faults.slice(0, 10), []);
}

/** The cases of a table `{count, cases}`, after making sure that none is missing. */
export function casesOf<Case>(text: string): readonly Case[] {
	const {cases, count = cases.length} = JSON.parse(text) as {
		readonly cases: readonly Case[];
		readonly count?: number;
	};
	if (cases.length !== count) {
		throw new Error(`internal: ${cases.length} cases, not ${count}`);
	}

	return cases;
}

/** Undefined for equal values, else both as text. */
export function difference(what: string, actual: unknown, expected: unknown): Fault {
	return isDeepStrictEqual(actual, expected)
		? undefined
		: `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
}

/** The first of several faults. */
export function firstFault(...faults: readonly Fault[]): Fault {
	return faults.find(fault => fault !== undefined);
}
