import {parseCheckOptions} from './check-options.ts';
import {confirmRanges} from './confirm-ranges.ts';
import type {Diagnostic} from './diagnostic.ts';
import {findDirective, narrowToValue} from './directives.ts';
import type {Heredocs} from './heredoc.ts';
import type {
	ArgInstruction,
	Directive,
	Dockerfile,
	FromInstruction,
	ParseResult,
	StageInstruction,
} from './instruction.ts';
import {rangeOf} from './logical-line.ts';
import {diagnose, isMistake, type Mistake, mistake, syntaxError} from './mistake.ts';
import type {Node} from './node.ts';
import {quote} from './quote.ts';
import {type ScanResult, scan} from './scan.ts';
import type {Range, SourceFile} from './source.ts';
import {understand} from './understand.ts';

/**
 * Reads a Dockerfile as BuildKit does: the same instructions with the same texts, or an error where BuildKit stops.
 * A byte order mark is dropped. Errors and order of the checks: BuildKit dockerfile2llb/convert.go toDispatchState.
 * `heredocs`: what the frontend makes of them.
 */
export function parseDockerfile(file: SourceFile, heredocs: Heredocs = 'read'): ParseResult {
	const source = {path: file.path, text: file.text.replace(/^\ufeff/, '')};
	if (source.text === '') {
		return {kind: 'failed', diagnostic: syntaxError(source, START, 'the Dockerfile is empty')};
	}

	const check = checkDirective(source);
	if (check !== undefined) {
		return {kind: 'failed', diagnostic: check};
	}

	const scanned = scan(source, heredocs);
	const result = scanned.kind === 'failed' ? scanned : assemble(source, scanned);
	return result.kind === 'failed' && heredocs !== 'read' ? withHeredocHint(result.diagnostic, source) : result;
}

/** Says of a mistake inside what would be a heredoc that this frontend takes its lines for instructions. */
function withHeredocHint(diagnostic: Diagnostic, source: SourceFile): ParseResult {
	const read = scan(source);
	const {line} = diagnostic.range.start;
	const node = (read.kind === 'scanned' ? read.nodes : []).find(
		one => one.heredocs.length > 0 && one.line.startLine <= line && line <= one.line.endLine,
	);
	if (node === undefined) {
		return {kind: 'failed', diagnostic};
	}

	const {keyword} = node.statement;
	const hint =
		'before BuildKit 0.10 (Dockerfile 1.4) there are no heredocs, and this line is an instruction: ' +
		'name a frontend that knows them in the first line of the file: # syntax=docker/dockerfile:1.4';
	const notes = [{message: 'the heredoc begins here', range: rangeOf(node.line, keyword)}];
	return {kind: 'failed', diagnostic: {...diagnostic, hint, notes}};
}

const START: Range = {start: {line: 1, column: 1}, end: {line: 1, column: 1}};

/** BuildKit refuses a file whose `# check=` it cannot read before it looks at anything else. */
function checkDirective(source: SourceFile): Diagnostic | undefined {
	const found = findDirective('check', source.text);
	const options = found === undefined ? undefined : parseCheckOptions(found.firstWord);
	if (found === undefined || options?.kind !== 'failed') {
		return undefined;
	}

	const {message, wrong, hint} = options;
	return syntaxError(
		source,
		narrowToValue(lineText(source, found.line), lineRange(source, found.line), wrong),
		message,
		hint,
	);
}

type Scanned = Extract<ScanResult, {kind: 'scanned'}>;

function assemble(source: SourceFile, {nodes, escape, escapeDirective, warnings}: Scanned): ParseResult {
	const confirm = confirmRanges(source.text);
	const globalArgs: ArgInstruction[] = [];
	const stages: {readonly from: FromInstruction; readonly instructions: StageInstruction[]}[] = [];
	const directives = readDirectives(source, escapeDirective);
	const dockerfile: Dockerfile = {source, escape, directives, globalArgs, stages, warnings};
	for (const node of nodes) {
		const understood = understand(node);
		if (isMistake(understood)) {
			return fail(node, understood, dockerfile);
		}

		const instruction = confirm(understood);
		const stage = stages.at(-1);
		if (instruction.kind === 'from') {
			stages.push({from: instruction, instructions: []});
		} else if (stage !== undefined) {
			stage.instructions.push(instruction);
		} else if (instruction.kind === 'arg') {
			globalArgs.push(instruction);
		} else {
			const {keyword} = node.statement;
			return fail(
				node,
				mistake(keyword, `${quote(keyword.text)} stands before the first FROM`, 'only ARG may stand there'),
				dockerfile,
			);
		}
	}

	if (stages.length === 0) {
		const hint = 'a stage begins with FROM';
		const message = nodes.length === 0 ? 'the Dockerfile has no instructions' : 'the Dockerfile has no stage to build';
		return {kind: 'failed', diagnostic: syntaxError(source, START, message, hint)};
	}

	return {kind: 'parsed', dockerfile};
}

function fail(node: Node, wrong: Mistake, before: Dockerfile): ParseResult {
	return {kind: 'failed', diagnostic: diagnose(node.source, node.line, wrong), before};
}

/** In the order of their lines. */
function readDirectives(source: SourceFile, escape: Directive | undefined): readonly Directive[] {
	const found = (['syntax', 'check'] as const).flatMap(name => {
		const directive = findDirective(name, source.text);
		return directive === undefined ? [] : [{name, value: directive.value, range: lineRange(source, directive.line)}];
	});
	const directives: readonly Directive[] = escape === undefined ? found : [...found, escape];
	return directives.toSorted((a, b) => a.range.start.line - b.range.start.line);
}

/** A directive stands at the top, so the lines up to it are few. */
function lineText({text}: SourceFile, line: number): string {
	const content = text.split('\n', line).at(-1) ?? '';
	let length = content.length;
	while (content[length - 1] === '\r') {
		length--;
	}

	return content.slice(0, length);
}

function lineRange(source: SourceFile, line: number): Range {
	return {start: {line, column: 1}, end: {line, column: lineText(source, line).length + 1}};
}
