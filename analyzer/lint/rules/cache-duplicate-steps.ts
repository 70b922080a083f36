import type {Stage} from '../../graph/stage.ts';
import type {GraphInput, GraphRule} from '../rule.ts';
import {labelOf} from '../shell/installs.ts';
import {runsOf, type StageRun} from '../stage-runs.ts';
import {variablesIn} from '../variables-in.ts';

/**
 * Steps that are the same from the base on are run once, whatever the stage. What differs above a RUN, be it an ENV that
 * it does not use, makes two of it.
 */
export const cacheDuplicateSteps: GraphRule = {
	kind: 'graph',
	name: 'cache/duplicate-steps',
	severity: 'info',
	summary: 'An installation that several stages share should be made once',
	*check(input) {
		const first = new Map<string, Installing>();
		for (const stage of input.graph.stages) {
			const found = firstInstall(input, stage);
			if (found === undefined) {
				continue;
			}

			const known = first.get(found.what);
			if (known === undefined) {
				first.set(found.what, found);
			} else if (known.above !== found.above) {
				const [install] = found.run.installs;
				yield {
					message: `"${install === undefined ? '' : labelOf(install)}" is run twice: stage "${known.label}" runs the same on the same image`,
					range: install?.command.range ?? found.run.run.keywordRange,
					hint: 'put it into a stage of its own and build both FROM that one; ENV and ARG that differ come behind it',
					notes: [{message: 'the same installation', range: known.run.run.keywordRange}],
					reruns: [found.run.run.range],
				};
			}
		}
	},
};

interface Installing {
	readonly run: StageRun;
	readonly label: string;
	/** Base image, platform and command. */
	readonly what: string;
	/** All that stands between the base and the RUN and is part of its key. */
	readonly above: string;
}

/** The first step of a stage, if that is an installation of the system that uses no variable set above it. */
function firstInstall({graph, options}: GraphInput, stage: Stage): Installing | undefined {
	const run = runsOf(graph, stage).find(({installs}) => installs.some(({kind}) => kind === 'system'));
	if (run === undefined || stage.base.kind !== 'image') {
		return undefined;
	}

	const above: string[] = [];
	const names = new Set<string>();
	for (const one of stage.source.instructions.slice(0, run.index)) {
		switch (one.kind) {
			case 'env': {
				above.push(one.text);
				for (const {name} of one.pairs) {
					names.add(name);
				}

				break;
			}

			case 'arg': {
				const set = one.args.filter(
					({name, value}) =>
						value !== undefined || options.buildArgs.has(name) || graph.globalArgs.get(name) !== undefined,
				);
				above.push(...set.map(({name, value}) => `ARG ${name}=${value ?? ''}`));
				for (const {name} of one.args) {
					names.add(name);
				}

				break;
			}

			case 'workdir': {
				above.push(one.text);
				break;
			}

			case 'run':
			case 'copy':
			case 'add':
			case 'user':
			case 'shell': {
				return undefined;
			}

			default: {
				break;
			}
		}
	}

	const {text, heredocs} = run.run;
	const usesVariable = variablesIn(text).some(name => names.has(name));
	const platform = stage.source.from.platform?.text ?? '';
	return heredocs.length > 0 || usesVariable
		? undefined
		: {
				run,
				label: stage.name ?? String(stage.index),
				what: JSON.stringify([stage.base.reference, platform, text]),
				above: above.join('\n'),
			};
}
