import type {DiagnosticNote} from '../dockerfile/diagnostic.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Origin} from '../graph/origin.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {argNotes} from './arg-notes.ts';
import {type MeantStage, type NamedUse, stageFinder} from './meant-stage.ts';
import type {GraphInput} from './rule.ts';

/** A place of a Dockerfile that BuildKit takes for an image: no stage, not scratch. */
export interface ImageUse {
	readonly kind: 'from' | 'copy' | 'mount';
	/** Index of the stage that uses it. */
	readonly stage: number;
	/** The reference, variables expanded, otherwise as written. */
	readonly reference: string;
	/** The word that names it. */
	readonly range: Range;
	/** The ARG instructions its text comes from. */
	readonly notes: readonly DiagnosticNote[];
	/** The stage that was probably meant. */
	readonly meant?: MeantStage;
}

/** Every image that a FROM, `COPY --from` or `RUN --mount=from` names; one of a trigger once for each stage that runs it. */
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
	return graph.stages.flatMap(stage => {
		const {image} = stage.source.from;
		const base = usesOf('from', find, stage, stage.base, image.range, notesOf(image.text));
		return [...base, ...[...stage.origins].flatMap(([one, origins]) => stepUses(find, stage, one, origins))];
	});
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
	kind: ImageUse['kind'],
	find: Find,
	stage: Stage,
	origin: Origin | undefined,
	range: Range,
	notes: readonly DiagnosticNote[] = [],
): readonly ImageUse[] {
	if (origin?.kind !== 'image') {
		return [];
	}

	const {reference} = origin;
	const meant = find({kind, stage: stage.index, reference});
	return [{kind, stage: stage.index, reference, range, notes, ...(meant !== undefined && {meant})}];
}
