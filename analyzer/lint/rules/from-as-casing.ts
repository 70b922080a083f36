import type {FileRule} from '../rule.ts';

/** A FROM in mixed case is left to ConsistentInstructionCasing (BuildKit instructions/parse.go doesFromCaseMatchAsCase). */
export const fromAsCasing: FileRule = {
	kind: 'file',
	name: 'FromAsCasing',
	severity: 'warning',
	summary: 'AS should be written in the case of its FROM',
	whileReading: true,
	*check({dockerfile}) {
		for (const {from} of dockerfile.stages) {
			const {as, keyword} = from;
			const meant = keyword === keyword.toLowerCase() ? 'as' : keyword === keyword.toUpperCase() ? 'AS' : undefined;
			if (as !== undefined && meant !== undefined && as.text !== meant) {
				yield {
					message: `"${as.text}" is not written in the case of "${keyword}"`,
					range: as.range,
					hint: `write "${meant}"`,
				};
			}
		}
	},
};
