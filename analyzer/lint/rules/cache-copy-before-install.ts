import type {DiagnosticNote} from '../../dockerfile/diagnostic.ts';
import type {Stage} from '../../graph/stage.ts';
import {type BroadRead, broadRead, contextMount} from '../context-copies.ts';
import type {Finding, GraphInput, GraphRule} from '../rule.ts';
import type {ShellCommand} from '../shell/commands.ts';
import type {Install} from '../shell/install.ts';
import {labelOf} from '../shell/installs.ts';
import {runsOf, type StageRun} from '../stage-runs.ts';

/** The key of a RUN holds all that was copied before it: what changes with every commit belongs behind an installation. */
export const cacheCopyBeforeInstall: GraphRule = {
	kind: 'graph',
	name: 'cache/copy-before-install',
	severity: 'warning',
	summary: 'Dependencies should be installed before the sources are copied',
	*check(input) {
		const installed = new Map<number, ReadonlySet<string>>();
		for (const stage of input.graph.stages) {
			const inherited = stage.base.kind === 'stage' ? installed.get(stage.base.index) : undefined;
			const known = new Set(inherited);
			yield* checkStage(input, stage, known);
			installed.set(stage.index, known);
		}
	},
};

/** More would only repeat themselves. */
const MAX_NOTES = 5;

interface Wasted {
	readonly run: StageRun;
	readonly installs: readonly Install[];
}

/** `known`: the ecosystems whose files were installed before, to which the stage adds its own. */
function* checkStage({graph}: GraphInput, stage: Stage, known: Set<string>): Iterable<Finding> {
	const runs = new Map(runsOf(graph, stage).map(run => [run.index, run]));
	let copy: BroadRead | undefined;
	let prepares = false;
	const wasted: Wasted[] = [];
	for (const [index, instruction] of stage.source.instructions.entries()) {
		copy ??= broadRead(instruction);
		const run = runs.get(index);
		if (run === undefined) {
			continue;
		}

		const mount = copy === undefined && run.installs.length > 0 ? contextMount(run.run) : undefined;
		const unprepared = new Set(prepares || mount !== undefined ? [] : commandsUpToPreparation(run));
		const installs = run.installs.filter(({kind, ecosystem, command}) =>
			kind === 'project' ? !known.has(ecosystem) : unprepared.has(command),
		);
		if (copy !== undefined && installs.length > 0) {
			wasted.push({run, installs});
		} else if (mount !== undefined && installs.length > 0 && onlyInstalls(run)) {
			yield findingOf({range: mount, what: 'the context'}, [{run, installs}]);
		}

		for (const {kind, ecosystem} of run.installs) {
			if (kind === 'project') {
				known.add(ecosystem);
			}
		}

		prepares ||= copy !== undefined && run.commands.some(one => mayPrepare(one.name));
	}

	if (copy !== undefined && wasted.length > 0) {
		yield findingOf(copy, wasted);
	}
}

/** Commands that may put files of the context where an installation finds them. */
function mayPrepare(name: string): boolean {
	return /^(?:cp|mv|ln|rsync|tar|sh|bash|source|\.|dpkg|rpm|install|make)$|\.sh$|\$/.test(name);
}

function commandsUpToPreparation({commands}: StageRun): readonly ShellCommand[] {
	const first = commands.findIndex(({name}) => mayPrepare(name));
	return first === -1 ? commands : commands.slice(0, first);
}

function onlyInstalls({commands, installs}: StageRun): boolean {
	const installing = new Set(installs.map(({command}) => command));
	return commands.every(one => /^(?:cd|set|echo|export|apt-get|apk)$/.test(one.name) || installing.has(one));
}

function findingOf({range, what}: BroadRead, wasted: readonly Wasted[]): Finding {
	const all = wasted.flatMap(({installs}) => installs);
	const [first] = all;
	const label = first === undefined ? '' : labelOf(first);
	const more = wasted.length === 1 ? '' : ` and ${wasted.length - 1} more RUN of that kind`;
	const notes = all
		.slice(0, MAX_NOTES)
		.map((install): DiagnosticNote => ({message: `"${labelOf(install)}" is run here`, range: install.command.range}));
	return {
		message: `every change in ${what} runs "${label}" again${more}`,
		range,
		hint:
			first?.manifests === undefined
				? `move the RUN with "${label}" above this: it needs no files of the context`
				: `copy ${first.manifests} alone, run "${label}", and copy the rest behind it`,
		notes,
		reruns: wasted.map(({run}) => run.run.range),
	};
}
