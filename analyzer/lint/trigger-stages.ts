import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Stage} from '../graph/stage.ts';

/**
 * The stages that a stage reads through the ONBUILD triggers of the stage it is built on. The graph does not have them:
 * it is resolved before triggers are known, as some come from images.
 */
export function triggerStages(stages: readonly Stage[], {base}: Stage): readonly number[] {
	const parent = base.kind === 'stage' ? stages[base.index] : undefined;
	const triggers = parent?.source.instructions.flatMap(one => (one.kind === 'onbuild' ? (one.trigger ?? []) : []));
	return (triggers ?? [])
		.flatMap(trigger => sourcesOf(trigger))
		.map(word => stages.findLast(({name}) => name === word.toLowerCase())?.index ?? Number(word))
		.filter(index => stages[index] !== undefined);
}

function sourcesOf(trigger: StageInstruction): readonly string[] {
	switch (trigger.kind) {
		case 'copy': {
			return trigger.from === undefined ? [] : [trigger.from.text];
		}

		case 'run': {
			return trigger.mounts.flatMap(({from}) => from?.text ?? []);
		}

		default: {
			return [];
		}
	}
}
