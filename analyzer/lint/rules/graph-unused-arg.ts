import type {ArgDeclaration, ArgInstruction, StageInstruction} from '../../dockerfile/instruction.ts';
import {builtInArgNames} from '../../graph/global-args.ts';
import type {Stage, StageGraph} from '../../graph/stage.ts';
import {lastChoice} from '../chosen-stages.ts';
import type {Finding, GraphRule} from '../rule.ts';
import {type StageTree, stageTree} from '../stage-tree.ts';

/**
 * An ARG that nothing can read. Every RUN behind it in its stage, or in one built on that, has it in its environment and so
 * in its key, whatever its command says; so only where no RUN follows, and no other instruction names it.
 */
export const graphUnusedArg: GraphRule = {
	kind: 'graph',
	name: 'graph/unused-arg',
	severity: 'info',
	summary: 'Every ARG should be used',
	*check({graph}) {
		yield* unusedInStages(graph);
		yield* unusedAbove(graph);
	},
};

// Known without being declared, or read by the frontend or by proxies (BuildKit dockerfile2llb convert.go, reference.md).
const readByOthers = /^(?:BUILDKIT_\w+|SOURCE_DATE_EPOCH|(?:HTTPS?|FTP|NO|ALL)_PROXY)$/i;

function isOwn({name}: ArgDeclaration): boolean {
	return !readByOthers.test(name) && !builtInArgNames.includes(name);
}

function* unusedInStages({stages}: StageGraph): Iterable<Finding> {
	const tree = stageTree(stages);
	const runs = stages
		.filter(({source}) => source.instructions.some(one => runsCommand(one)))
		.map(({index}) => tree.place(index))
		.sort((a, b) => a - b);
	// A stage that a FROM may choose for another platform may have a RUN behind it then.
	const choice = lastChoice(stages)?.index ?? 0;
	// Few stages have an ARG that no RUN follows: only for them names are looked for.
	const open = stages.filter(
		({index, name, source, replaced}) =>
			!replaced &&
			(name === undefined || index >= choice) &&
			source.instructions.findLastIndex(({kind}) => kind === 'arg') >
				source.instructions.findLastIndex(one => runsCommand(one)) &&
			!holdsOne(runs, tree.place(index) + 1, tree.end(index)),
	);
	const uses = open.length === 0 ? undefined : placesOfUses(stages, tree);
	for (const {index, source} of open) {
		const [first, end] = [tree.place(index) + 1, tree.end(index)];
		for (const {name, range} of unusedBehindRuns(source.instructions)) {
			if (!holdsOne(uses?.get(name) ?? [], first, end)) {
				yield {
					message: `nothing reads the ARG "${name}": no RUN follows, and no instruction names it`,
					range,
					hint: hintFor(name, 'move it above the step that should have it'),
				};
			}
		}
	}
}

/** For each variable the places of the stages that name it, in order. */
function placesOfUses(stages: readonly Stage[], tree: StageTree): ReadonlyMap<string, readonly number[]> {
	const uses = new Map<string, number[]>();
	for (const {index, source} of stages) {
		for (const name of new Set(source.instructions.flatMap(one => namesIn(one)))) {
			const places = uses.get(name) ?? [];
			uses.set(name, places);
			places.push(tree.place(index));
		}
	}

	for (const places of uses.values()) {
		places.sort((a, b) => a - b);
	}

	return uses;
}

/** What the ARGs behind the last RUN declare, and nothing behind them in the stage names. */
function* unusedBehindRuns(instructions: readonly StageInstruction[]): Iterable<ArgDeclaration> {
	const named = new Set<string>();
	for (const instruction of instructions.toReversed()) {
		if (runsCommand(instruction)) {
			return;
		}

		if (instruction.kind !== 'arg') {
			for (const name of namesIn(instruction)) {
				named.add(name);
			}

			continue;
		}

		// Of one instruction a later name can use an earlier one.
		for (const arg of declaredBy(instruction).toReversed()) {
			if (isOwn(arg) && !named.has(arg.name)) {
				yield arg;
			}

			for (const name of variablesIn(arg.value ?? '')) {
				named.add(name);
			}
		}
	}
}

function* unusedAbove({dockerfile: {globalArgs, stages}}: StageGraph): Iterable<Finding> {
	const declarations = globalArgs.flatMap(one => declaredBy(one));
	const used = new Set([
		...stages.flatMap(({from}) => [...variablesIn(from.image.text), ...variablesIn(from.platform?.text ?? '')]),
		...stages.flatMap(({instructions}) => instructions.flatMap(one => declaredIn(one))),
		...declarations.flatMap(({value = ''}) => variablesIn(value)),
	]);
	for (const arg of declarations) {
		if (isOwn(arg) && !used.has(arg.name)) {
			yield {
				message: `nothing reads the ARG "${arg.name}": no FROM names it, and no stage declares it`,
				range: arg.range,
				hint: hintFor(arg.name, `write ARG ${arg.name} in the stage that should have it`),
			};
		}
	}
}

/** What an ARG declares, but of words that were meant for a comment only the first. */
function declaredBy({args}: ArgInstruction): readonly ArgDeclaration[] {
	const comment = args.findIndex(({name}) => name.startsWith('#'));
	return comment === -1 ? args : args.slice(0, comment + 1);
}

function hintFor(name: string, otherwise: string): string {
	return name.startsWith('#')
		? 'a comment stands in a line of its own: here each of its words is an ARG'
		: `delete it, or ${otherwise}`;
}

/** A trigger may be run by a stage of another file. */
function runsCommand({kind}: StageInstruction): boolean {
	return kind === 'run' || kind === 'onbuild';
}

function declaredIn(instruction: StageInstruction): readonly string[] {
	const one = instruction.kind === 'onbuild' ? instruction.trigger : instruction;
	return one?.kind === 'arg' ? one.args.map(({name}) => name) : [];
}

// More than BuildKit expands: a CMD that names it is left in peace.
function namesIn({text, heredocs}: StageInstruction): readonly string[] {
	return [text, ...heredocs.map(({content}) => content)].flatMap(part => variablesIn(part));
}

function variablesIn(text: string): readonly string[] {
	return Array.from(text.matchAll(/\$\{?(\w+)/g), ([, name = '']) => name);
}

/** Whether one of the numbers, in order, is `first` or more and below `end`. */
function holdsOne(numbers: readonly number[], first: number, end: number): boolean {
	let low = 0;
	let high = numbers.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((numbers[middle] ?? 0) < first) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	return (numbers[low] ?? end) < end;
}
