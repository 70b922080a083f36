import type {DiagnosticNote} from '../dockerfile/diagnostic.ts';
import {expandWord} from '../dockerfile/expand.ts';
import type {ArgDeclaration} from '../dockerfile/instruction.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';

/**
 * The ARG instructions above the first FROM that a FROM's text takes its value from, directly or through another
 * ARG's default, in the order of the file.
 */
export function argNotes(graph: StageGraph, options: BuildOptions, text: string): readonly DiagnosticNote[] {
	const declared = graph.dockerfile.globalArgs.flatMap(({args}) => args);
	const seen = new Set<ArgDeclaration>();
	const texts = [text];
	// The list grows while it is walked: a default can use other arguments.
	for (const next of texts) {
		for (const name of variablesOf(graph, next)) {
			const given = options.buildArgs.has(name);
			const source = declared.findLast(arg => arg.name === name && (given || arg.value !== undefined));
			if (source !== undefined && !seen.has(source)) {
				seen.add(source);
				if (!given) {
					texts.push(source.value ?? '');
				}
			}
		}
	}

	return declared
		.filter(arg => seen.has(arg))
		.map(({name, range}) => {
			const given = options.buildArgs.get(name);
			const message =
				given === undefined ? `"${name}" has its value from here` : `"${name}" is "${given}" by --build-arg`;
			return {message, range};
		});
}

function variablesOf({globalArgs, dockerfile}: StageGraph, text: string): readonly string[] {
	const expanded = expandWord(text, globalArgs, {escape: dockerfile.escape});
	return expanded.kind === 'expanded' ? [...expanded.matched] : [];
}
