import type {FileRule} from '../rule.ts';

/**
 * The case of most keywords is the file's; upper case where it is even. A keyword in mixed case does not count, nor do
 * ARG before the first FROM and what ONBUILD triggers (BuildKit dockerfile2llb/validations.go validateCommandCasing).
 */
export const consistentInstructionCasing: FileRule = {
	kind: 'file',
	name: 'ConsistentInstructionCasing',
	severity: 'warning',
	summary: 'Keywords should all be in upper case, or all in lower case',
	wholeFile: true,
	*check({dockerfile}) {
		const instructions = dockerfile.stages.flatMap(stage => [stage.from, ...stage.instructions]);
		const lower = instructions.filter(({keyword}) => keyword === keyword.toLowerCase()).length;
		const upper = instructions.filter(({keyword}) => keyword === keyword.toUpperCase()).length;
		const toCase = (keyword: string) => (lower > upper ? keyword.toLowerCase() : keyword.toUpperCase());
		for (const {keyword, keywordRange} of instructions) {
			if (keyword !== toCase(keyword)) {
				yield {
					message: `"${keyword}" is not written in the case of most keywords of the file`,
					range: keywordRange,
					hint: `write "${toCase(keyword)}"`,
				};
			}
		}
	},
};
