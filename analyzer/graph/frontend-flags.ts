import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Dialect} from '../keys/dialect.ts';
import {graphError} from './graph-error.ts';

/**
 * Flags that the frontend inside BuildKit refuses, for being newer or only in the "labs" frontend. A file that names its
 * frontend (`# syntax=`, BUILDKIT_SYNTAX) is left to that (BuildKit docs/reference.md "Minimum Dockerfile version").
 */
export function frontendFlagErrors(
	{source, stages, directives}: Dockerfile,
	{stableFlags}: Dialect,
	buildArgs: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
	if (buildArgs.has('BUILDKIT_SYNTAX') || directives.some(({name}) => name === 'syntax')) {
		return [];
	}

	return stages
		.flatMap(({instructions}) => instructions)
		.flatMap(({keyword, flags}) => flags.map(flag => ({keyword, ...flag})))
		.flatMap(({keyword, name, range}) => {
			const needed = frontends[name];
			if (needed === undefined || stableFlags.includes(name)) {
				return [];
			}

			const message = `the frontend inside this BuildKit does not know the flag "--${name}" of ${keyword.toUpperCase()}`;
			const hint = `name one that does in the first line of the file: # syntax=docker/dockerfile:${needed}`;
			return [graphError(source, range, message, {hint})];
		});
}

/** The first frontend with each flag. */
const frontends: Readonly<Record<string, string>> = {parents: '1.20', security: '1.20', device: '1.14-labs'};
