import {randomUUID} from 'node:crypto';
import type {FaultProject} from './fault-project.ts';

/** One thing that goes wrong, and what must be true all the same. */
export interface FaultCase {
	readonly name: string;
	/** Part of `npm test`; the others take longer and are `npm run faults` alone. */
	readonly isQuick: boolean;
	/** Makes it happen on an emptied engine; gives what was not as it must be. */
	run(project: FaultProject): Promise<readonly string[]>;
}

/** Collects what is not as it must be. */
export interface Expectations {
	equal(what: string, actual: unknown, expected: unknown): void;
	matches(what: string, actual: string, expected: RegExp): void;
	readonly wrong: readonly string[];
}

export function expectations(): Expectations {
	const wrong: string[] = [];
	return {
		wrong,
		equal(what, actual, expected) {
			const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
			if (one !== other) {
				wrong.push(`${what}: ${one} instead of ${other}`);
			}
		},
		matches(what, actual, expected) {
			if (!expected.test(actual)) {
				wrong.push(`${what}: ${expected} is not in ${JSON.stringify(actual)}`);
			}
		},
	};
}

/** Two states of a project that no cache has seen. */
export function newWords(): {readonly old: string; readonly new: string} {
	return {old: randomUUID(), new: randomUUID()};
}

/** Where a stack trace or an error of our own shows. */
export const crash: RegExp = /\n\s+at .*\.js:\d+|internal:|bug of cachecast/;
