import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import {type ImageUse, imageUses} from './image-uses.ts';
import type {GraphInput} from './rule.ts';

/** Where the text stands that ends an image's name, so that a digest can be put behind it. */
export type PinPlace =
	| {
			readonly kind: 'place';
			readonly use: ImageUse;
			/** The text itself, in one line; the whole name or, behind variables or in the default of an ARG, its end. */
			readonly range: Range;
			readonly text: string;
	  }
	/** The name cannot be changed in one place without changing something else. */
	| {readonly kind: 'none'; readonly use: ImageUse; readonly reason: string};

/** The place of every image that a file names. */
export function pinPlaces(input: GraphInput): readonly PinPlace[] {
	const lines = input.graph.dockerfile.source.text.split('\n');
	return imageUses(input)
		.filter(({meant}) => meant === undefined)
		.map(use => placeOf(use, lines, input));
}

function placeOf(use: ImageUse, lines: readonly string[], {graph, options}: GraphInput): PinPlace {
	const word = unquoted(use.range, lines);
	if (word === undefined) {
		return {kind: 'none', use, reason: 'its name is written on several lines'};
	}

	if (word.text === use.reference) {
		return {kind: 'place', use, ...word};
	}

	const [, before = '', braced, bare] = /^([^$\\]*)\$(?:\{(\w+)\}|(\w+))$/.exec(word.text) ?? [];
	const name = braced ?? bare;
	if (name === undefined) {
		return {kind: 'none', use, reason: `"${word.text}" does not end in plain text or one variable`};
	}

	if (options.buildArgs.has(name)) {
		return {kind: 'none', use, reason: `"${name}" is given by --build-arg`};
	}

	const declarations = graph.dockerfile.globalArgs.flatMap(({args}) => args.filter(arg => arg.name === name));
	const [declaration] = declarations;
	const value = declaration?.value === undefined ? undefined : valueOf(declaration.range, lines);
	if (value === undefined || declarations.length > 1 || `${before}${value.text}` !== use.reference) {
		return {kind: 'none', use, reason: `the value of "${name}" is not written in one place`};
	}

	return isUsedOtherwise(name, word.text, graph.dockerfile, lines)
		? {kind: 'none', use, reason: `"${name}" is used for something else too`}
		: {kind: 'place', use, ...value};
}

interface Text {
	readonly range: Range;
	readonly text: string;
}

function unquoted({start, end}: Range, lines: readonly string[]): Text | undefined {
	if (start.line !== end.line) {
		return undefined;
	}

	const text = (lines[start.line - 1] ?? '').slice(start.column - 1, end.column - 1);
	const isQuoted = text.length > 1 && /^["']/.test(text) && text.at(0) === text.at(-1);
	return isQuoted
		? {
				text: text.slice(1, -1),
				range: {start: {...start, column: start.column + 1}, end: {...end, column: end.column - 1}},
			}
		: {text, range: {start, end}};
}

/** What stands behind `=`. */
function valueOf({start, end}: Range, lines: readonly string[]): Text | undefined {
	const [name = ''] = /^[^=]*=/.exec((lines[start.line - 1] ?? '').slice(start.column - 1)) ?? [];
	return name === '' ? undefined : unquoted({start: {...start, column: start.column + name.length}, end}, lines);
}

// Its declaration, and FROM lines that name the very same image; remarks do not count.
function isUsedOtherwise(name: string, word: string, {stages}: Dockerfile, lines: readonly string[]): boolean {
	const named = new RegExp(String.raw`(?<!\w)${name}(?!\w)`, 'g');
	const count = lines
		.filter(line => !/^\s*#/.test(line))
		.reduce((sum, line) => sum + (line.match(named)?.length ?? 0), 0);
	const same = stages.filter(({from}) => from.image.text.replace(/^(["'])(.*)\1$/, '$2') === word).length;
	return count !== same + 1;
}
