import type {Instruction, Stage} from '../../analyzer/index.ts';
import type {Plan} from '../plan.ts';

/**
 * The ids of steps that are the same only if an image that nobody could look at is as was assumed, each with the image. Its
 * variables, folder and shell can make of two lines one step, or two: `WORKDIR $HOME/x` can be `WORKDIR /x`. So where a
 * line that may ask for them has changed, what follows is in doubt, and what copies from such a step with it.
 */
export function assumedSame(
	plan: Plan,
	before: readonly Plan[],
	assumed: ReadonlySet<string>,
): ReadonlyMap<string, string> {
	const known = new Set(before.flatMap(old => [...chainsOf(old, assumed).values()].flatMap(({texts}) => texts)));
	const doubts = new Map<string, string>();
	const doubted = new Map<number, string>();
	const chains = chainsOf(plan, assumed);
	for (const index of plan.graph.order) {
		const stage = plan.graph.stages[index];
		const chain = chains.get(index);
		const steps = plan.stages.find(one => one.stage.index === index)?.steps ?? [];
		for (const [at, {step}] of steps.entries()) {
			const line = step.instruction.range.start.line;
			const source = (stage?.dependencies ?? []).find(
				one => doubted.has(one.stage) && (one.kind === 'from' || one.range.start.line <= line),
			);
			const own = chain?.image !== undefined && !known.has(chain.texts[at] ?? '') ? chain.image : undefined;
			const image = doubted.get(index) ?? own ?? (source === undefined ? undefined : doubted.get(source.stage));
			if (image !== undefined) {
				doubted.set(index, image);
				doubts.set(step.id, image);
			}
		}
	}

	return doubts;
}

interface Chain {
	/** The image at the bottom, where it was assumed. */
	readonly image: string | undefined;
	/** For each step all lines up to its own that may ask for what the image has. */
	readonly texts: readonly string[];
}

function chainsOf({graph, stages}: Plan, assumed: ReadonlySet<string>): ReadonlyMap<number, Chain> {
	const chains = new Map<number, Chain>();
	for (const index of graph.order) {
		const stage = graph.stages[index];
		const base = stage?.base.kind === 'stage' ? chains.get(stage.base.index) : undefined;
		let text = base?.texts.at(-1) ?? bottomOf(stage);
		const texts = (stages.find(one => one.stage.index === index)?.steps ?? []).map(({step: {instruction}}) => {
			text += `\n${askingPart(instruction)}`.trimEnd();
			return text;
		});
		const image =
			stage?.base.kind === 'image' && assumed.has(stage.base.reference) ? stage.base.reference : base?.image;
		chains.set(index, {image, texts});
	}

	return chains;
}

function bottomOf(stage: Stage | undefined): string {
	return stage?.base.kind === 'image' ? `image ${stage.base.reference}` : (stage?.base.kind ?? '');
}

// Commands of RUN are not expanded: they are in its key as they stand.
function askingPart(instruction: Instruction): string {
	const {kind, text} = instruction;
	switch (kind) {
		case 'workdir':
		case 'shell': {
			return text;
		}

		case 'copy':
		case 'add': {
			return text.includes('$') ? text : /^\//.test(instruction.destination.text) ? '' : instruction.destination.text;
		}

		case 'run': {
			const [flags = ''] = /^\S+(?:\s+--\S+)*/.exec(text) ?? [];
			return `${flags.includes('$') ? flags : ''}${instruction.command.form === 'exec' ? ' [' : ''}`;
		}

		case 'env':
		case 'arg':
		case 'user': {
			return text.includes('$') ? text : '';
		}

		default: {
			return '';
		}
	}
}
