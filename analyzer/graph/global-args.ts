import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import {expandWord} from '../dockerfile/expand.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Dialect} from '../keys/dialect.ts';
import {type EnvList, envList} from '../keys/env-list.ts';
import {graphError} from './graph-error.ts';
import {formatPlatform, type Platform} from './platform.ts';

export interface GlobalArgs {
	readonly args: EnvList;
	readonly errors: readonly Diagnostic[];
}

/**
 * The arguments a FROM can use: the built-in ones, then each ARG before the first FROM. A build argument beats a
 * default; a bare ARG keeps a built-in value (BuildKit dockerfile2llb defaultArgs, buildMetaArgs).
 */
export function globalArgs(
	dockerfile: Dockerfile,
	buildArgs: ReadonlyMap<string, string>,
	platforms: {readonly build: Platform; readonly target: Platform},
	targetName: string,
	dialect: Dialect,
): GlobalArgs {
	let args = builtInArgs(buildArgs, platforms, targetName, dialect);
	const errors: Diagnostic[] = [];
	for (const instruction of dockerfile.globalArgs) {
		for (const {name, value, range} of instruction.args) {
			const given = buildArgs.get(name);
			if (given !== undefined) {
				args = args.set(name, given);
			} else if (value !== undefined) {
				const expanded = expandWord(value, args, {escape: dockerfile.escape});
				if (expanded.kind === 'failed') {
					errors.push(graphError(dockerfile.source, range, expanded.message, expanded));
				} else {
					args = args.set(name, expanded.text);
				}
			}
		}
	}

	return {args, errors};
}

/** Arguments that are set without being declared; in a stage they are seen after a bare `ARG NAME` (reference.md). */
export const builtInArgNames: readonly string[] = [
	'BUILDPLATFORM',
	'BUILDOS',
	'BUILDOSVERSION',
	'BUILDARCH',
	'BUILDVARIANT',
	'TARGETPLATFORM',
	'TARGETOS',
	'TARGETOSVERSION',
	'TARGETARCH',
	'TARGETVARIANT',
	'TARGETSTAGE',
];

function builtInArgs(
	buildArgs: ReadonlyMap<string, string>,
	{build, target}: {readonly build: Platform; readonly target: Platform},
	targetName: string,
	dialect: Dialect,
): EnvList {
	const values: Readonly<Record<string, string | undefined>> = {
		BUILDPLATFORM: formatPlatform(build),
		BUILDOS: build.os,
		BUILDOSVERSION: dialect.hasOsVersionArgs ? (build.osVersion ?? '') : undefined,
		BUILDARCH: build.architecture,
		BUILDVARIANT: build.variant ?? '',
		TARGETPLATFORM: formatPlatform(target),
		TARGETOS: target.os,
		TARGETOSVERSION: dialect.hasOsVersionArgs ? (target.osVersion ?? '') : undefined,
		TARGETARCH: target.architecture,
		TARGETVARIANT: target.variant ?? '',
		TARGETSTAGE: dialect.hasTargetStage ? targetName || 'default' : undefined,
	};
	const entries = builtInArgNames.flatMap(name => {
		const value = values[name];
		return value === undefined ? [] : [`${name}=${buildArgs.get(name) ?? value}`];
	});
	return envList(entries);
}
