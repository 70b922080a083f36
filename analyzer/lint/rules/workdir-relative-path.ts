import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';
import {knownText} from '../visit-words.ts';

/** Only the first WORKDIR of a stage and those below it: the others depend on it (BuildKit dockerfile2llb dispatchWorkdir). */
export const workdirRelativePath: GraphRule = {
	kind: 'graph',
	name: 'WorkdirRelativePath',
	severity: 'warning',
	summary: 'The first WORKDIR of a stage should be absolute',
	*check(input) {
		for (const visit of walkStages(input)) {
			const {instruction, hasWorkdir, state} = visit;
			if (instruction.kind !== 'workdir' || hasWorkdir) {
				continue;
			}

			const path = knownText(input, visit, instruction.path.text);
			const absolute = state.platform.os === 'windows' ? /^(?:[Cc]:)?[/\\]/ : /^\//;
			if (path !== undefined && !absolute.test(path)) {
				yield {
					message: `where "${instruction.path.text}" lies depends on the working folder of the base image`,
					...placeOf(visit, instruction.path.range),
					hint: 'write an absolute path',
				};
			}
		}
	},
};
