import type {DiagnosticNote} from '../dockerfile/diagnostic.ts';
import {narrowToValue} from '../dockerfile/directives.ts';
import type {Dockerfile, StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Origin} from '../graph/origin.ts';
import type {BuildOptions, Stage, StageGraph} from '../graph/stage.ts';
import {argNotes} from './arg-notes.ts';
import {type MeantStage, type NamedUse, stageFinder} from './meant-stage.ts';
import type {GraphInput} from './rule.ts';

/** A place of a Dockerfile that BuildKit takes for an image: no stage, not scratch. */
export interface ImageUse {
	readonly kind: 'from' | 'copy' | 'mount' | 'syntax';
	/** Index of the stage that uses it; absent for the frontend, which reads all of them. */
	readonly stage?: number;
	/** The reference, variables expanded, otherwise as written. */
	readonly reference: string;
	/** The word that names it. */
	readonly range: Range;
	/** The ARG instructions its text comes from. */
	readonly notes: readonly DiagnosticNote[];
	/** The stage that was probably meant. */
	readonly meant?: MeantStage;
}

/**
 * Every image that a FROM, `COPY --from` or `RUN --mount=from` names, one of a trigger once for each stage that runs it,
 * and the frontend of `# syntax=`. Where a `--build-context` puts an image in the place of another, that one counts.
 */
export function imageUses(input: GraphInput): readonly ImageUse[] {
	const uses = usesOfGraph.get(input.graph) ?? findUses(input);
	usesOfGraph.set(input.graph, uses);
	return uses;
}

/** Several rules ask for the same. */
const usesOfGraph = new WeakMap<StageGraph, readonly ImageUse[]>();

function findUses({graph, options}: GraphInput): readonly ImageUse[] {
	const find = stageFinder(graph);
	const notesOf = argNotes(graph, options);
	const ofStages = graph.stages.flatMap(stage => {
		const {image} = stage.source.from;
		const base = usesOf('from', find, stage, stage.base, image.range, notesOf(image.text));
		return [...base, ...[...stage.origins].flatMap(([one, origins]) => stepUses(find, stage, one, origins))];
	});
	return [...frontendUse(graph.dockerfile, options), ...ofStages];
}

/** The image of `# syntax=`, unless a build argument names another one. */
function frontendUse({directives, source}: Dockerfile, {buildArgs}: BuildOptions): readonly ImageUse[] {
	const directive = buildArgs.has('BUILDKIT_SYNTAX') ? undefined : directives.find(({name}) => name === 'syntax');
	const reference = directive?.value.split(/\s/, 1)[0] ?? '';
	if (directive === undefined || reference === '') {
		return [];
	}

	const line = source.text.split('\n', directive.range.start.line).at(-1) ?? '';
	return [{kind: 'syntax', reference, range: narrowToValue(line, directive.range, reference), notes: []}];
}

type Find = (use: NamedUse) => MeantStage | undefined;

function stepUses(
	find: Find,
	stage: Stage,
	instruction: StageInstruction,
	origins: readonly (Origin | undefined)[],
): readonly ImageUse[] {
	switch (instruction.kind) {
		case 'copy': {
			const {from} = instruction;
			// A number stands for an image that another instruction names: that one is reported.
			return from === undefined || /^[+-]?\d+$/.test(from.text)
				? []
				: usesOf('copy', find, stage, origins[0], from.range);
		}

		case 'run': {
			return instruction.mounts.flatMap(({from}, index) =>
				from === undefined ? [] : usesOf('mount', find, stage, origins[index], from.range),
			);
		}

		default: {
			return [];
		}
	}
}

function usesOf(
	kind: NamedUse['kind'],
	find: Find,
	stage: Stage,
	origin: Origin | undefined,
	range: Range,
	notes: readonly DiagnosticNote[] = [],
): readonly ImageUse[] {
	if (origin?.kind !== 'image') {
		return [];
	}

	const {reference, context} = origin;
	const meant = find({kind, stage: stage.index, reference});
	const given =
		context === undefined ? [] : [{message: `"${context}" is ${reference} by --build-context`, range} as const];
	return [
		{kind, stage: stage.index, reference, range, notes: [...notes, ...given], ...(meant !== undefined && {meant})},
	];
}
