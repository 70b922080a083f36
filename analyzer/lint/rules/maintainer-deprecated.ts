import type {FileRule} from '../rule.ts';

/** BuildKit tells while it reads the instruction (instructions/parse.go). */
export const maintainerDeprecated: FileRule = {
	kind: 'file',
	name: 'MaintainerDeprecated',
	severity: 'warning',
	summary: 'MAINTAINER should be a LABEL',
	whileReading: true,
	*check({dockerfile}) {
		for (const instruction of dockerfile.stages.flatMap(({instructions}) => instructions)) {
			if (instruction.kind === 'maintainer') {
				yield {
					message: `"${instruction.keyword}" is deprecated`,
					range: instruction.keywordRange,
					hint: 'write LABEL org.opencontainers.image.authors="…"',
				};
			}
		}
	},
};
