import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';

/**
 * A SHELL says that a shell is wanted: of the file, or of the base image (BuildKit dockerfile2llb dispatchCmd). Where the
 * image is not known it counts as one without, as nearly all for Linux are; what is said of signals holds for any shell.
 */
export const jsonArgsRecommended: GraphRule = {
	kind: 'graph',
	name: 'JSONArgsRecommended',
	severity: 'warning',
	summary: 'CMD and ENTRYPOINT should be written as JSON',
	*check(input) {
		for (const visit of walkStages(input)) {
			const {instruction, state} = visit;
			const isOpen = state.unresolved !== undefined && state.platform.os === 'windows';
			if (
				(instruction.kind === 'cmd' || instruction.kind === 'entrypoint') &&
				instruction.command.form === 'shell' &&
				(state.shell ?? []).length === 0 &&
				!isOpen
			) {
				const keyword = instruction.kind.toUpperCase();
				yield {
					message: `"${instruction.keyword}" runs under a shell, which hands no signals on`,
					...placeOf(visit, instruction.keywordRange),
					hint: `write ${keyword} ["program", "argument"], or say with SHELL that a shell is wanted`,
				};
			}
		}
	},
};
