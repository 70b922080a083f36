import type {LineCounter, Node, YAMLParseError} from 'yaml';
import type {Range} from '../../analyzer/index.ts';
import type {ConfigEntry, ConfigProblem, ConfigValue} from './config-value.ts';

export type ParsedYaml =
	/** Without a value where the file is empty. */
	| {readonly kind: 'parsed'; readonly value?: ConfigValue}
	| {readonly kind: 'failed'; readonly problems: readonly ConfigProblem[]};

/** No configuration is longer; what is would only take time. In UTF-16 code units. */
const maxLength = 1 << 20;

/** The parser ends the process somewhere behind 3000. */
const maxLevels = 1000;

/**
 * Reads YAML 1.2, and JSON with comments and commas behind the last item. Nothing in it is run: there are no tags, and
 * anchors are refused, for a short file can mean an endless value by them.
 */
export async function parseYaml(text: string, format: 'yaml' | 'json'): Promise<ParsedYaml> {
	// Loaded only where there is a configuration.
	const yaml = await import('yaml');
	const counter = new yaml.LineCounter();
	const rangeOf: RangeOf = (start, end) => ({start: place(counter, start), end: place(counter, Math.max(start, end))});
	if (text.length > maxLength) {
		return failed({message: 'the configuration is longer than 1 MiB', range: rangeOf(0, 0)});
	}

	if (mostLevels(text) > maxLevels) {
		return failed({message: 'the configuration is nested too deeply', range: rangeOf(0, 0)});
	}

	try {
		const source = format === 'json' ? blankComments(text) : text;
		const document = yaml.parseDocument(source, {lineCounter: counter, prettyErrors: false, strict: true});
		const [error] = document.errors;
		if (error !== undefined) {
			return failed(syntaxProblem(error, rangeOf));
		}

		return document.contents === null
			? {kind: 'parsed'}
			: {kind: 'parsed', value: valueOf(document.contents, {yaml, rangeOf})};
	} catch (error) {
		if (error instanceof Refused) {
			return failed(error.problem);
		}

		throw error;
	}
}

type RangeOf = (start: number, end: number) => Range;

interface Reader {
	readonly yaml: typeof import('yaml');
	readonly rangeOf: RangeOf;
}

/** Carries a problem out of the recursion. */
class Refused extends Error {
	readonly problem: ConfigProblem;

	constructor(problem: ConfigProblem) {
		super(problem.message);
		this.problem = problem;
	}
}

// No fewer levels than the text has: the parser calls itself for each. In a flow every bracket may open one, else every
// column at the start of a line.
function mostLevels(text: string): number {
	let columns = 0;
	for (const [start] of text.matchAll(/^[ \t?-]+/gm)) {
		columns = Math.max(columns, start.length);
	}

	return columns + (text.match(/[[{]/g)?.length ?? 0);
}

function failed(problem: ConfigProblem): ParsedYaml {
	return {kind: 'failed', problems: [problem]};
}

function place(counter: LineCounter, offset: number): Range['start'] {
	// Before the first line break is counted there is no line.
	const {line, col} = counter.linePos(offset);
	return line === 0 ? {line: 1, column: offset + 1} : {line, column: col};
}

function syntaxProblem({code, message, pos}: YAMLParseError, rangeOf: RangeOf): ConfigProblem {
	const [start, end] = pos;
	const [first = ''] = message.split('\n');
	const said = code === 'DUPLICATE_KEY' ? 'this name was given before' : `no valid YAML or JSON: ${first}`;
	return {message: said, range: rangeOf(start, end)};
}

function valueOf(node: unknown, reader: Reader): ConfigValue {
	const {yaml, rangeOf} = reader;
	const range = rangeOfNode(node, rangeOf);
	if (yaml.isMap(node)) {
		return {kind: 'map', range, entries: node.items.map(({key, value}) => entryOf(key, value, reader))};
	}

	if (yaml.isSeq(node)) {
		return {kind: 'list', range, items: node.items.map(item => valueOf(item, reader))};
	}

	if (yaml.isScalar(node)) {
		const {value} = node;
		return {
			kind: 'scalar',
			range,
			value: typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null,
		};
	}

	throw new Refused(
		yaml.isAlias(node)
			? {message: 'anchors and aliases are not read', range, hint: 'write the value where it is meant'}
			: {message: 'this is no value', range},
	);
}

function entryOf(key: unknown, value: unknown, reader: Reader): ConfigEntry {
	const nameRange = rangeOfNode(key, reader.rangeOf);
	if (!reader.yaml.isScalar(key)) {
		throw new Refused({message: 'a name must be a plain word', range: nameRange});
	}

	return {
		name: String(key.value),
		nameRange,
		// `name:` without anything behind it.
		value: value === null ? {kind: 'scalar', value: null, range: nameRange} : valueOf(value, reader),
	};
}

function rangeOfNode(node: unknown, rangeOf: RangeOf): Range {
	const range = typeof node === 'object' && node !== null ? (node as Partial<Node>).range : undefined;
	return rangeOf(range?.[0] ?? 0, range?.[1] ?? 0);
}

/**
 * JSON with its comments and tabs made blanks, so that what is left is YAML and stands where it stood. A comment that
 * does not end goes to the end of the text.
 */
function blankComments(text: string): string {
	return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?|\t/g, part =>
		part.startsWith('"') ? part : part.replaceAll(/[^\n]/g, ' '),
	);
}
