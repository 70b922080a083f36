import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile, StageSource} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import {suggest} from '../dockerfile/suggest.ts';
import type {Dialect} from '../keys/dialect.ts';
import {frontendFlagErrors} from './frontend-flags.ts';
import {globalArgs} from './global-args.ts';
import {graphError} from './graph-error.ts';
import {type NamedContexts, replacedStage} from './named-context.ts';
import type {Origin} from './origin.ts';
import {resolveReferences, stageTriggers} from './references.ts';
import {resolveBases} from './resolve-bases.ts';
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
	const bases = resolveBases(dockerfile, args, options.buildPlatform, contexts);
	const triggers = bases.origins.map((base, index) =>
		base.kind === 'stage' ? stageTriggers(stages[base.index]) : (imageTriggers.get(index) ?? []),
	);
	const references = resolveReferences(source, stages, triggers, contexts, dialect);
	const target: Target =
		options.targetIndex === undefined
			? findTarget(dockerfile, options.target)
			: {kind: 'found', index: options.targetIndex};
	const flagErrors = frontendFlagErrors(dockerfile, dialect, options.buildArgs);
	const refused = [...stageNameErrors(dockerfile, dialect), ...flagErrors.always];
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
	const fileDag = stageDag(written);
	const dag = stageDag(dependencies);
	const cycle = fileDag.cycle();
	if (cycle !== undefined) {
		return {kind: 'failed', diagnostics: [cycleError(dockerfile, cycle)]};
	}

	const leaves = new Set(fileDag.leaves());
	const needed = dag.reachable(target.index);
	const ran = [...needed].filter(index => replaced[index] === undefined);
	const late = [
		...ran.flatMap(index => flagErrors.inStage[index] ?? []),
		...ran.flatMap(index => references.triggerErrors[index] ?? []),
		...usesOfLaterStages(dockerfile, dependencies, needed),
	];
	if (late.length > 0) {
		return {kind: 'failed', diagnostics: late};
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
	const unknown = (range: Range, hint: string): Target => ({
		kind: 'failed',
		diagnostic: graphError(source, range, `target stage "${name}" is not defined`, {hint}),
	});
	const isNumber = /^\d+$/.test(name);
	const match = isNumber ? undefined : suggest(name, names);
	const meant = stages.findLast(({from}) => from.name !== undefined && from.name.text === match)?.from.name;
	if (meant !== undefined) {
		return unknown(meant.range, `did you mean "${meant.text}"?`);
	}

	const last = stages.at(-1)?.from.range ?? {start: {line: 1, column: 1}, end: {line: 1, column: 1}};
	const known = knownTargets(names);
	return unknown(last, isNumber ? `BuildKit finds targets by name only: ${known}` : known);
}

function knownTargets(names: readonly string[]): string {
	switch (names.length) {
		case 0: {
			return 'no stage of this file has a name';
		}

		case 1: {
			return `its only named stage is "${names[0]}"`;
		}

		default: {
			return `its stages are ${names.map(one => `"${one}"`).join(', ')}`;
		}
	}
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
	const hint = 'take one of these references out: a stage can use only those above it';
	return graphError(source, range, message, {hint, ...(notes.length > 0 && {notes})});
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
					const notes =
						later === undefined ? [] : [{message: 'defined here', range: (later.name ?? later.image).range}];
					const name = later?.name?.text ?? String(one.stage);
					return graphError(source, one.range, `stage "${name}" is used before it is defined`, {
						notes,
						hint: 'move it above the stage that uses it',
					});
				}),
		);
}
