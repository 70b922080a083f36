import {parseCheckComment} from '../../dockerfile/check-options.ts';
import type {DiagnosticNote} from '../../dockerfile/diagnostic.ts';
import type {Stage, StageGraph} from '../../graph/stage.ts';
import {lastChoice} from '../chosen-stages.ts';
import type {Finding, GraphRule} from '../rule.ts';

const name = 'graph/unreachable-stage';

/**
 * BuildKit leaves a stage out that the target does not need, silently: a mistake in it shows only on another day. A
 * stage with a waiver counts as a target of its own, so the stages it needs are not reported either.
 */
export const graphUnreachableStage: GraphRule = {
	kind: 'graph',
	name,
	severity: 'info',
	summary: 'Every stage should be needed by the target',
	*check({graph, options}) {
		const wanted =
			options.target === undefined ? 'the last stage, the default target' : `the target "${options.target}"`;
		const reached = reachedStages(graph);
		const uses = usesByStage(graph);
		const choice = lastChoice(graph.stages);
		for (const stage of graph.stages) {
			if (reached.has(stage.index)) {
				continue;
			}

			const {from} = stage.source;
			const notes = uses.get(stage.index) ?? [];
			yield {
				message: `stage "${labelOf(stage)}" is not needed by ${wanted}`,
				range: from.name?.range ?? from.image.range,
				hint: hintFor(stage, choice),
				...(notes.length > 0 && {notes}),
			};
		}
	},
};

function reachedStages({stages}: StageGraph): ReadonlySet<number> {
	const reached = new Set(stages.filter(stage => stage.needed || isWaived(stage)).map(({index}) => index));
	// A set grows while it is walked.
	for (const index of reached) {
		for (const {stage} of stages[index]?.dependencies ?? []) {
			reached.add(stage);
		}
	}

	return reached;
}

function isWaived({source}: Stage): boolean {
	const options = parseCheckComment(source.from.comments);
	return options?.skipAll === true || options?.skip.includes(name) === true;
}

function hintFor({name: target, leaf, index}: Stage, choice: Stage | undefined): string {
	if (target !== undefined && choice !== undefined && choice.index > index) {
		const {text} = choice.source.from.image;
		return `keep it if "FROM ${text}" names it for other build arguments or another platform`;
	}

	if (!leaf) {
		return 'only stages that are not needed use it: it goes or stays with them';
	}

	return target === undefined
		? 'build it with "cachecast build", which builds every leaf, or delete it'
		: `build it with --target ${target} or with "cachecast build", which builds every leaf, or delete it`;
}

function usesByStage({stages}: StageGraph): ReadonlyMap<number, NonNullable<Finding['notes']>> {
	const uses = new Map<number, DiagnosticNote[]>();
	for (const stage of stages) {
		for (const {stage: used, range} of stage.dependencies) {
			const note = {message: `stage "${labelOf(stage)}" uses it here`, range};
			const known = uses.get(used);
			if (known === undefined) {
				uses.set(used, [note]);
			} else {
				known.push(note);
			}
		}
	}

	return uses;
}

function labelOf({name: given, index}: Stage): string {
	return given ?? String(index);
}
