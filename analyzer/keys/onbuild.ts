import type {StageInstruction} from '../dockerfile/instruction.ts';
import {parseDockerfile} from '../dockerfile/parse.ts';
import type {Range} from '../dockerfile/source.ts';
import {graphError} from '../graph/graph-error.ts';
import type {LoweringContext} from './lowering.ts';

/** ONBUILD triggers of a base as instructions; their place is the FROM that runs them (BuildKit convert.go initOnBuildTriggers). */
export function parseTriggers(
	triggers: readonly string[],
	range: Range,
	context: LoweringContext,
): readonly StageInstruction[] {
	const {source} = context.dockerfile;
	return triggers.flatMap(trigger => {
		const parsed = parseDockerfile({path: source.path, text: `FROM scratch\n${trigger}`});
		const instructions = parsed.kind === 'parsed' ? (parsed.dockerfile.stages[0]?.instructions ?? []) : [];
		const [instruction] = instructions;
		if (instruction === undefined || instructions.length > 1) {
			context.report(
				graphError(source, range, `the base image has an ONBUILD trigger that is no instruction: "${trigger}"`),
			);
			return [];
		}

		return [{...instruction, range}];
	});
}
