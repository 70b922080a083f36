import type {Range} from '../../dockerfile/source.ts';
import type {Stage} from '../../graph/stage.ts';
import {contextMount, wholeContext} from '../context-copies.ts';
import type {ContextNames, GraphInput, GraphRule} from '../rule.ts';
import {builtOn, runsOf} from '../stage-runs.ts';

/** What no program of the image reads, but changes all the time. */
const NOISE = ['.git', 'node_modules', '.venv', 'venv', '.terraform', '.idea', '.vscode', '__pycache__'];

/** All that `COPY .` takes is part of its key: a commit changes `.git`, and an edit of the Dockerfile the Dockerfile. */
export const cacheContextNoise: GraphRule = {
	kind: 'graph',
	name: 'cache/context-noise',
	severity: 'warning',
	summary: 'What the image does not need should be named in .dockerignore',
	dependsOn: 'context',
	*check(input) {
		const {context, graph} = input;
		const noise = context === undefined ? [] : noiseOf(context, input);
		for (const stage of noise.length === 0 ? [] : graph.stages) {
			const first = firstWholeRead(stage);
			const names = first === undefined ? [] : noise.filter(name => name !== '.git' || !usesGit(input, stage));
			if (first !== undefined && names.length > 0) {
				const quoted = names.map(name => `"${name}"`).join(', ');
				yield {
					message: `${quoted} ${names.length === 1 ? 'is' : 'are'} read too, so each change there runs this and what follows again`,
					range: first.range,
					hint: `name ${names.length === 1 ? 'it' : 'them'} in .dockerignore`,
					reruns: stepsFrom(stage, first.index),
				};
			}
		}
	},
};

function noiseOf({names, dockerfile}: ContextNames, {ignore}: GraphInput): readonly string[] {
	const isSent = (path: string) =>
		ignore === undefined || !(ignore.matches(path).excluded || ignore.matches(`${path}/x`).excluded);
	const found = NOISE.filter(name => names.includes(name) && isSent(name));
	return dockerfile !== undefined && isSent(dockerfile) ? [...found, dockerfile] : found;
}

/** The first instruction of a stage that reads the whole context: those behind it run again with it. */
function firstWholeRead({source, replaced}: Stage): {readonly range: Range; readonly index: number} | undefined {
	for (const [index, instruction] of replaced ? [] : source.instructions.entries()) {
		const range = instruction.kind === 'run' ? contextMount(instruction) : wholeContext(instruction);
		if (range !== undefined) {
			return {range, index};
		}
	}

	return undefined;
}

/** A build that asks git for its version needs the repository. */
function usesGit({graph}: GraphInput, stage: Stage): boolean {
	return [stage, ...builtOn(graph, stage)].some(one =>
		runsOf(graph, one).some(({commands}) => commands.some(({name}) => name === 'git')),
	);
}

function stepsFrom({source}: Stage, index: number): readonly Range[] {
	return source.instructions
		.slice(index)
		.filter(({kind}) => kind === 'run' || kind === 'copy' || kind === 'add' || kind === 'workdir')
		.map(({range}) => range);
}
