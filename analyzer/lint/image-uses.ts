import type {DiagnosticNote} from '../dockerfile/diagnostic.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Origin} from '../graph/origin.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {argNotes} from './arg-notes.ts';
import {type MeantStage, meantStage} from './meant-stage.ts';
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
export function imageUses({graph, options}: GraphInput): readonly ImageUse[] {
	return graph.stages.flatMap(stage => {
		const {image} = stage.source.from;
		const base = usesOf('from', graph, stage, stage.base, image.range, argNotes(graph, options, image.text));
		return [...base, ...[...stage.origins].flatMap(([one, origins]) => stepUses(graph, stage, one, origins))];
	});
}

function stepUses(
	graph: StageGraph,
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
				: usesOf('copy', graph, stage, origins[0], from.range);
		}

		case 'run': {
			return instruction.mounts.flatMap(({from}, index) =>
				from === undefined ? [] : usesOf('mount', graph, stage, origins[index], from.range),
			);
		}

		default: {
			return [];
		}
	}
}

function usesOf(
	kind: ImageUse['kind'],
	graph: StageGraph,
	stage: Stage,
	origin: Origin | undefined,
	range: Range,
	notes: readonly DiagnosticNote[] = [],
): readonly ImageUse[] {
	if (origin?.kind !== 'image') {
		return [];
	}

	const {reference} = origin;
	const meant = meantStage(graph, {kind, stage: stage.index, reference});
	return [{kind, stage: stage.index, reference, range, notes, ...(meant !== undefined && {meant})}];
}
