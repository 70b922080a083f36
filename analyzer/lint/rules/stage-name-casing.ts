import type {FileRule} from '../rule.ts';

/** BuildKit keeps stage names in lower case, and FROM finds them only as they are kept (instructions/parse.go). */
export const stageNameCasing: FileRule = {
	kind: 'file',
	name: 'StageNameCasing',
	severity: 'warning',
	summary: 'Stage names should be in lower case',
	whileReading: true,
	*check({dockerfile}) {
		for (const {from} of dockerfile.stages) {
			const {name} = from;
			const lower = name?.text.toLowerCase();
			if (name !== undefined && name.text !== lower) {
				yield {
					message: `stage name "${name.text}" has capitals`,
					range: name.range,
					hint: `write "${lower}": FROM knows the stage by that name only`,
				};
			}
		}
	},
};
