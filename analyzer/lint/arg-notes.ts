import type {DiagnosticNote} from '../dockerfile/diagnostic.ts';
import {expandWord} from '../dockerfile/expand.ts';
import type {ArgDeclaration} from '../dockerfile/instruction.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';

/**
 * Tells of a FROM's text which ARG instructions above the first FROM it takes its value from, directly or through
 * another ARG's default, in the order of the file.
 */
export function argNotes(graph: StageGraph, options: BuildOptions): (text: string) => readonly DiagnosticNote[] {
	const sources = new Map<string, {readonly arg: ArgDeclaration; readonly place: number}>();
	for (const [place, arg] of graph.dockerfile.globalArgs.flatMap(({args}) => args).entries()) {
		if (options.buildArgs.has(arg.name) || arg.value !== undefined) {
			sources.set(arg.name, {arg, place});
		}
	}

	return text => {
		const seen = new Set<string>();
		const texts = [text];
		// The list grows while it is walked: a default can use other arguments.
		for (const next of texts) {
			for (const name of variablesOf(graph, next)) {
				const source = sources.get(name);
				if (source !== undefined && !seen.has(name)) {
					seen.add(name);
					if (!options.buildArgs.has(name)) {
						texts.push(source.arg.value ?? '');
					}
				}
			}
		}

		return Array.from(seen, name => sources.get(name))
			.filter(source => source !== undefined)
			.sort((a, b) => a.place - b.place)
			.map(({arg}) => noteOf(arg, options));
	};
}

function noteOf({name, range}: ArgDeclaration, {buildArgs}: BuildOptions): DiagnosticNote {
	const given = buildArgs.get(name);
	const message = given === undefined ? `"${name}" has its value from here` : `"${name}" is "${given}" by --build-arg`;
	return {message, range};
}

function variablesOf({globalArgs, dockerfile}: StageGraph, text: string): readonly string[] {
	const expanded = expandWord(text, globalArgs, {escape: dockerfile.escape});
	return expanded.kind === 'expanded' ? [...expanded.matched] : [];
}
