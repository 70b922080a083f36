import type {ArgInstruction, FromInstruction} from '../../dockerfile/instruction.ts';
import type {FileRule, Finding} from '../rule.ts';

/**
 * The comment line directly above a named FROM or an ARG is its description, and begins with the name
 * (BuildKit instructions/parse.go validateDefinitionDescription).
 */
export const invalidDefinitionDescription: FileRule = {
	kind: 'file',
	name: 'InvalidDefinitionDescription',
	severity: 'warning',
	summary: 'A comment above a stage or an ARG should begin with its name',
	experimental: true,
	whileReading: true,
	*check({dockerfile: {globalArgs, stages}}) {
		const inStages = stages.flatMap(({from, instructions}) => [from, ...instructions]);
		for (const instruction of [...globalArgs, ...inStages]) {
			if (instruction.kind === 'from' || instruction.kind === 'arg') {
				yield* descriptionOf(instruction);
			}
		}
	},
};

function* descriptionOf(instruction: FromInstruction | ArgInstruction): Iterable<Finding> {
	const names =
		instruction.kind === 'arg'
			? instruction.args.map(({name}) => name)
			: [instruction.name?.text.toLowerCase()].filter(name => name !== undefined);
	const [first] = names;
	const comment = instruction.comments.at(-1);
	if (first === undefined || comment === undefined || names.includes(comment.split(' ', 1)[0] ?? '')) {
		return;
	}

	yield {
		message: `the comment above does not describe "${first}"`,
		range: instruction.keywordRange,
		hint: `begin it with the name, "# ${first} …", or put an empty comment line, "#", between the two`,
	};
}
