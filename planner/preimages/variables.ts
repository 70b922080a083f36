import type {Instruction, StageGraph, Step} from '../../analyzer/index.ts';

/** Where the variables that a step sees come from. */
export interface Variables {
	/** Names that ARG declares, with the value where it is known without expanding anything. */
	readonly args: ReadonlyMap<string, string>;
	/** Names that ENV sets, with what the Dockerfile sets them to, unexpanded. */
	readonly env: ReadonlyMap<string, string>;
}

/**
 * The variables of the Dockerfile that are in force at a step: those of the stages it is built on, then those before it in
 * its own stage. ENV wins over ARG, as it does for RUN (BuildKit dockerfile2llb dispatchRun).
 */
export function variablesAt(step: Step, graph: StageGraph, buildArgs: ReadonlyMap<string, string>): Variables {
	const args = new Map<string, string>();
	const env = new Map<string, string>();
	for (const instruction of instructionsBefore(step, graph)) {
		if (instruction.kind === 'arg') {
			for (const {name, value} of instruction.args) {
				args.set(name, buildArgs.get(name) ?? value ?? graph.globalArgs.get(name) ?? '');
			}
		} else if (instruction.kind === 'env') {
			for (const {name, value} of instruction.pairs) {
				env.set(name, value);
			}
		}
	}

	for (const name of env.keys()) {
		args.delete(name);
	}

	return {args, env};
}

function instructionsBefore({stage: index, instruction}: Step, graph: StageGraph): readonly Instruction[] {
	const chain: Instruction[][] = [];
	let stage = graph.stages[index];
	let isOwn = true;
	const seen = new Set<number>();
	while (stage !== undefined && !seen.has(stage.index)) {
		seen.add(stage.index);
		const all = [...stage.triggers, ...stage.source.instructions];
		const end = isOwn ? all.indexOf(instruction as (typeof all)[number]) : -1;
		chain.push(end < 0 ? all : all.slice(0, end));
		isOwn = false;
		stage = stage.base.kind === 'stage' ? graph.stages[stage.base.index] : undefined;
	}

	return chain.reverse().flat();
}

/** Names of variables that a text may use. */
export function namesUsed(text: string): ReadonlySet<string> {
	return new Set(Array.from(text.matchAll(/\$\{?([A-Za-z_]\w*)/g), ([, name = '']) => name));
}
