import type {FileRule} from '../rule.ts';

const reserved: ReadonlySet<string> = new Set(['context', 'scratch']);

/** BuildKit looks for neither among the stages (dockerfile2llb/validations.go validateStageNames). */
export const reservedStageName: FileRule = {
	kind: 'file',
	name: 'ReservedStageName',
	severity: 'warning',
	summary: 'Stages should not be called "scratch" or "context"',
	wholeFile: true,
	*check({dockerfile}) {
		for (const {from} of dockerfile.stages) {
			const {name} = from;
			if (name !== undefined && reserved.has(name.text.toLowerCase())) {
				yield {
					message: `stage name "${name.text}" is reserved`,
					range: name.range,
					hint: 'give the stage another name',
				};
			}
		}
	},
};
