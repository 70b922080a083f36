import type {FileRule} from '../rule.ts';

/** BuildKit makes no layer of its own for a copy that changes modes (dockerfile2llb/convert_copy.go dispatchCopy). */
export const cacheLinkIgnored: FileRule = {
	kind: 'file',
	name: 'cache/link-ignored',
	severity: 'warning',
	summary: '--link should not be given together with --chmod, which makes it void',
	*check({dockerfile}) {
		for (const instruction of dockerfile.stages.flatMap(({instructions}) => instructions)) {
			if ((instruction.kind !== 'copy' && instruction.kind !== 'add') || !instruction.link || !instruction.chmod) {
				continue;
			}

			const flag = instruction.flags.find(({name}) => name === 'link');
			yield {
				message: '"--link" does nothing together with "--chmod": the step depends on all steps above it',
				range: flag?.range ?? instruction.keywordRange,
				hint: 'set the mode of the files before they are copied, and leave "--chmod" out; or leave "--link" out',
			};
		}
	},
};
