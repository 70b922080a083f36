import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import {expandWord} from '../dockerfile/expand.ts';
import type {Dockerfile, StageSource} from '../dockerfile/instruction.ts';
import {didYouMean} from '../dockerfile/suggest.ts';
import type {Dialect} from '../keys/dialect.ts';
import type {EnvList} from '../keys/env-list.ts';
import {frontendFlagErrors} from './frontend-flags.ts';
import {globalArgs} from './global-args.ts';
import {graphError} from './graph-error.ts';
import {contextOrigin, type NamedContexts, replacedStage} from './named-context.ts';
import type {Origin} from './origin.ts';
import {type Platform, parsePlatform} from './platform.ts';
import {parseReference} from './reference.ts';
import {resolveReferences, stageTriggers} from './references.ts';
import type {BuildOptions, ImageTriggers, Stage, StageDependency, StageGraph} from './stage.ts';
import {stageDag} from './stage-dag.ts';
import {stageNameErrors} from './stage-names.ts';

export type StageGraphResult =
	| {readonly kind: 'resolved'; readonly graph: StageGraph}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * Resolves a Dockerfile's stages for one target: expands FROM, finds what each COPY and mount reads, and marks what
 * the target needs. `imageTriggers`: what is known of the base images' ONBUILD, which can use further stages and images.
 * Fails with a diagnostic for whatever BuildKit would refuse (dockerfile2llb/convert.go).
 */
export function resolveStages(
	dockerfile: Dockerfile,
	options: BuildOptions,
	dialect: Dialect,
	imageTriggers: ImageTriggers = new Map(),
): StageGraphResult {
	const {source, stages} = dockerfile;
	const last = stages.at(-1);
	const targetPlatform = options.platform ?? options.buildPlatform;
	const targetName = options.target ?? last?.from.name?.text.toLowerCase() ?? '';
	const platforms = {build: options.buildPlatform, target: targetPlatform};
	const {args, errors: argErrors} = globalArgs(dockerfile, options.buildArgs, platforms, targetName, dialect);
	const contexts: NamedContexts = options.contexts ?? new Map();
	const bases = resolveBases(dockerfile, args, targetPlatform, contexts);
	const triggers = bases.origins.map((base, index) =>
		base.kind === 'stage' ? stageTriggers(stages[base.index]) : (imageTriggers.get(index) ?? []),
	);
	const references = resolveReferences(source, stages, triggers, contexts);
	const target: Target =
		options.targetIndex === undefined
			? findTarget(dockerfile, options.target)
			: {kind: 'found', index: options.targetIndex};
	const refused = [
		...stageNameErrors(dockerfile, dialect),
		...frontendFlagErrors(dockerfile, dialect, options.buildArgs),
	];
	const errors = [...argErrors, ...refused, ...bases.errors, ...references.errors];
	if (target.kind === 'failed') {
		errors.push(target.diagnostic);
	}

	if (errors.length > 0 || target.kind === 'failed') {
		return {kind: 'failed', diagnostics: errors};
	}

	const written = stages.map((stage, index) =>
		stageDependencies(stage, bases.origins[index], references.dependencies[index]),
	);
	const replaced = stages.map(({from}) => replacedStage(contexts, from.name?.text.toLowerCase()));
	// A stage that a context stands in for needs nothing; what only it would have used is not built then.
	const dependencies = written.map((used, index) => (replaced[index] === undefined ? used : []));
	const dag = stageDag(dependencies);
	const cycle = stageDag(written).cycle();
	if (cycle !== undefined) {
		return {kind: 'failed', diagnostics: [cycleError(dockerfile, cycle)]};
	}

	const leaves = new Set(stageDag(written).leaves());
	const needed = dag.reachable(target.index);
	const early = usesOfLaterStages(dockerfile, dependencies, needed);
	if (early.length > 0) {
		return {kind: 'failed', diagnostics: early};
	}

	return {
		kind: 'resolved',
		graph: {
			dockerfile,
			stages: stages.map((stage, index): Stage => {
				const name = stage.from.name?.text.toLowerCase();
				const platform = bases.platforms[index];
				return {
					index,
					...(name !== undefined && {name}),
					...(platform !== undefined && {platform}),
					source: stage,
					base: replaced[index] ?? bases.origins[index] ?? {kind: 'scratch'},
					replaced: replaced[index] !== undefined,
					triggers: triggers[index] ?? [],
					origins: references.origins[index] ?? new Map(),
					dependencies: dependencies[index] ?? [],
					needed: needed.has(index),
					leaf: leaves.has(index) && replaced[index] === undefined,
				};
			}),
			target: target.index,
			targetPlatform,
			implicitPlatform: options.platform === undefined,
			globalArgs: args,
			order: dag.order(),
			single: stages.length + references.externals === 1,
		},
	};
}

interface Bases {
	readonly origins: readonly Origin[];
	readonly platforms: readonly (Platform | undefined)[];
	readonly errors: readonly Diagnostic[];
}

// FROM sees earlier stages only, the latest of a name, and does not ignore case: names are kept in lower case.
function resolveBases(
	{source, stages, escape}: Dockerfile,
	args: EnvList,
	targetPlatform: Platform,
	contexts: NamedContexts,
): Bases {
	const byName = new Map<string, number>();
	const origins: Origin[] = [];
	const platforms: (Platform | undefined)[] = [];
	const errors: Diagnostic[] = [];
	for (const [index, {from}] of stages.entries()) {
		const expanded = expandWord(from.image.text, args, {escape});
		if (expanded.kind === 'failed') {
			errors.push(graphError(source, from.image.range, expanded.message));
		} else if (expanded.text === '') {
			const names = [...expanded.unmatched].map(name => `"${name}"`).join(', ');
			const hint =
				names === ''
					? undefined
					: `${names} has no value: give it a default (ARG NAME=value before FROM) or --build-arg`;
			errors.push(graphError(source, from.image.range, `the base image "${from.image.text}" is empty`, {hint}));
		}

		const base = expanded.kind === 'expanded' && expanded.text !== '' ? expanded.text : 'scratch';
		const origin = baseOrigin(base, byName, contexts);
		const parsed = origin.kind === 'image' ? parseReference(base) : undefined;
		if (parsed?.kind === 'invalid') {
			errors.push(graphError(source, from.image.range, parsed.message, {hint: didYouMean(base, [...byName.keys()])}));
		}

		origins.push(origin);
		platforms.push(stagePlatform());
		if (from.name !== undefined) {
			byName.set(from.name.text.toLowerCase(), index);
		}

		function stagePlatform(): Platform | undefined {
			if (from.platform === undefined) {
				return undefined;
			}

			const text = expandWord(from.platform.text, args, {escape});
			const platform = text.kind === 'expanded' ? parsePlatform(text.text, targetPlatform) : undefined;
			if (platform === undefined) {
				const shown = text.kind === 'expanded' ? text.text : from.platform.text;
				errors.push(
					graphError(source, from.platform.range, `"${shown}" is not a platform`, {
						hint: 'write os/architecture, for example linux/arm64',
					}),
				);
			}

			return platform;
		}
	}

	return {origins, platforms, errors};
}

function baseOrigin(name: string, byName: ReadonlyMap<string, number>, contexts: NamedContexts): Origin {
	const index = byName.get(name);
	if (index !== undefined) {
		return {kind: 'stage', index};
	}

	return name === 'scratch' ? {kind: 'scratch'} : (contextOrigin(contexts, name) ?? {kind: 'image', reference: name});
}

type Target =
	| {readonly kind: 'found'; readonly index: number}
	| {readonly kind: 'failed'; readonly diagnostic: Diagnostic};

function findTarget({source, stages}: Dockerfile, name: string | undefined): Target {
	if (name === undefined || name === '') {
		return {kind: 'found', index: stages.length - 1};
	}

	const index = stages.findLastIndex(stage => stage.from.name?.text.toLowerCase() === name.toLowerCase());
	if (index !== -1) {
		return {kind: 'found', index};
	}

	const names = stages.flatMap(stage => stage.from.name?.text ?? []);
	const known =
		names.length === 0
			? 'no stage of this file has a name'
			: `its stages are ${names.map(one => `"${one}"`).join(', ')}`;
	const hint =
		didYouMean(name, names) ?? (/^\d+$/.test(name) ? `BuildKit finds targets by name only: ${known}` : known);
	const range = stages.at(-1)?.from.range ?? {start: {line: 1, column: 1}, end: {line: 1, column: 1}};
	return {kind: 'failed', diagnostic: graphError(source, range, `target stage "${name}" is not defined`, {hint})};
}

function stageDependencies(
	{from}: StageSource,
	base: Origin | undefined,
	others: readonly StageDependency[] = [],
): readonly StageDependency[] {
	return base?.kind === 'stage' ? [{kind: 'from', stage: base.index, range: from.image.range}, ...others] : others;
}

function cycleError({source, stages}: Dockerfile, cycle: readonly StageDependency[]): Diagnostic {
	const label = (index: number) => `"${stages[index]?.from.name?.text ?? index}"`;
	const [first, ...rest] = cycle;
	const last = cycle.at(-1);
	const range = (last ?? first)?.range ?? {start: {line: 1, column: 1}, end: {line: 1, column: 1}};
	const way = cycle.map(one => label(one.stage)).join(' → ');
	const notes = cycle.slice(0, -1).map(one => ({message: `${label(one.stage)} is used here`, range: one.range}));
	const message =
		rest.length === 0 ? `stage ${label(last?.stage ?? 0)} uses itself` : `stages use each other in a circle: ${way}`;
	return graphError(source, range, message, notes.length > 0 ? {notes} : {});
}

// BuildKit builds stages in file order, so a needed stage can use only what stands before it.
function usesOfLaterStages(
	{source, stages}: Dockerfile,
	dependencies: readonly (readonly StageDependency[])[],
	needed: ReadonlySet<number>,
): readonly Diagnostic[] {
	return [...needed]
		.sort((a, b) => a - b)
		.flatMap(index =>
			(dependencies[index] ?? [])
				.filter(one => one.stage >= index)
				.map(one => {
					const later = stages[one.stage]?.from;
					const notes = later === undefined ? [] : [{message: 'defined here', range: later.range}];
					const name = later?.name?.text ?? String(one.stage);
					return graphError(source, one.range, `stage "${name}" is used before it is defined`, {
						notes,
						hint: 'move it above the stage that uses it',
					});
				}),
		);
}
