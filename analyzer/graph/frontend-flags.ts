import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Dialect} from '../keys/dialect.ts';
import {frontendOf} from '../keys/frontend.ts';
import {graphError} from './graph-error.ts';

/** What is wrong with flags: by itself, or only once BuildKit builds the stage with this index. */
export interface FlagErrors {
	readonly always: readonly Diagnostic[];
	readonly inStage: readonly (readonly Diagnostic[])[];
}

/**
 * Flags that the frontend refuses, for being newer or only in the "labs" frontend. What a frontend with a tag that moves
 * or one by others knows is left to it (BuildKit frontend/dockerfile/docs/reference.md "Minimum Dockerfile version").
 */
export function frontendFlagErrors(
	{source, stages}: Dockerfile,
	{stableFlags, labsFlags}: Dialect,
	buildArgs: ReadonlyMap<string, string>,
): FlagErrors {
	const frontend = frontendOf(source.text, buildArgs);
	if (frontend.kind === 'unknown' || (frontend.kind === 'dockerfile' && frontend.isFloating)) {
		return {always: [], inStage: []};
	}

	const who = frontend.kind === 'builtin' ? 'the frontend inside this BuildKit' : `the frontend ${frontend.image}`;
	const found = stages.map(({instructions}) =>
		instructions
			.flatMap(({keyword, flags}) => flags.map(flag => ({keyword, ...flag})))
			.flatMap(({keyword, name, value, range}) => {
				const row = Object.hasOwn(frontends, name) ? frontends[name] : undefined;
				// Before there was a labs frontend with it, the parser had no such flag either.
				const isLate = row?.isLate === true && labsFlags.includes(name);
				if (row === undefined || stableFlags.includes(name) || (isLate && value === '')) {
					return [];
				}

				const message = `${who} does not know the flag "--${name}" of ${keyword.toUpperCase()}`;
				const hint = `name one that does in the first line of the file: # syntax=docker/dockerfile:${row.first}`;
				return [{isLate, error: graphError(source, nameRange(range, name), message, {hint})}];
			}),
	);
	return {
		always: found.flat().flatMap(({isLate, error}) => (isLate ? [] : [error])),
		inStage: found.map(ofStage => ofStage.flatMap(({isLate, error}) => (isLate ? [error] : []))),
	};
}

// Without the value; quotes or a continued line before that would move its end, so it stays in the range as it is.
function nameRange(range: Range, name: string): Range {
	const {start, end} = range;
	const column = start.column + name.length + 2;
	return start.line === end.line && column <= end.column ? {start, end: {line: start.line, column}} : range;
}

interface Row {
	/** The first frontend that has the flag. */
	readonly first: string;
	/** BuildKit reads it, but refuses to build a stage with it. */
	readonly isLate?: boolean;
}

const frontends: Readonly<Record<string, Row>> = {
	network: {first: '1.3'},
	link: {first: '1.4'},
	'keep-git-dir': {first: '1.5'},
	checksum: {first: '1.6', isLate: true},
	'start-interval': {first: '1.6'},
	unpack: {first: '1.17'},
	exclude: {first: '1.19'},
	parents: {first: '1.20'},
	security: {first: '1.20'},
	device: {first: '1.14-labs', isLate: true},
};
