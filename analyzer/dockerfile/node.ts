import type {Heredoc} from './instruction.ts';
import {parseJsonForm} from './json-form.ts';
import {type Keyword, keywordOf} from './keyword.ts';
import type {LogicalLine, Span} from './logical-line.ts';
import type {Mistake} from './mistake.ts';
import {isMistake} from './mistake.ts';
import type {NameValueSpan} from './name-values.ts';
import {parseNameValues} from './name-values.ts';
import type {SourceFile} from './source.ts';
import type {CommandParts} from './split-command.ts';
import {splitCommand} from './split-command.ts';
import {isSpaceAt, skipSpace} from './white-space.ts';
import {parseWords, part, splitBlanks} from './words.ts';

/** The arguments of an instruction as BuildKit's parser hands them on, before it looks at what they mean. */
export interface Arguments {
	readonly args: readonly Span[];
	/** They were written as a JSON array. */
	readonly json: boolean;
	/** ENV and LABEL have pairs instead of arguments. */
	readonly pairs: readonly NameValueSpan[];
	/** ONBUILD has an instruction instead. */
	readonly trigger?: Statement;
}

/** One instruction, cut up but not yet understood. */
export interface Statement extends CommandParts, Arguments {
	readonly name: Keyword | undefined;
}

/** A statement with its place in the file and what belongs to it. */
export interface Node {
	readonly source: SourceFile;
	readonly statement: Statement;
	readonly line: LogicalLine;
	/** The text of the statement; for a trigger without its ONBUILD. */
	readonly original: string;
	readonly heredocs: readonly Heredoc[];
	/** A word `<<name` of COPY and ADD stands for a file, whether or not its lines are read. */
	readonly knowsHeredocs: boolean;
	readonly comments: readonly string[];
}

const NO_ARGUMENTS: Arguments = {args: [], json: false, pairs: []};

/** Cuts the instruction in `line` up from `start` on (BuildKit parser/parser.go newNodeFromLine). */
export function readStatement(line: string, escape: '\\' | '`'): Statement | Mistake {
	const parts = splitCommand(line, 0, escape);
	const name = keywordOf(parts.keyword.text);
	const found = name === 'onbuild' ? readTrigger(line, parts.rest, escape) : readArguments(line, parts, name, escape);
	return isMistake(found) ? found : {...parts, name, ...found};
}

/** Whether heredocs may follow: RUN, COPY and ADD may have them, also as a trigger, but not in JSON form. */
export function mayHaveHeredocs({name, json, trigger}: Statement): boolean {
	if (name === 'onbuild') {
		return trigger !== undefined && trigger.name !== 'onbuild' && mayHaveHeredocs(trigger);
	}

	return !json && (name === 'run' || name === 'copy' || name === 'add');
}

/**
 * The instruction behind ONBUILD. A second ONBUILD is a mistake in any case, so of a longer chain only the first and
 * the last link are looked at: mistakes in the last one come first in BuildKit.
 */
function readTrigger(line: string, rest: Span, escape: '\\' | '`'): Arguments | Mistake {
	if (rest.text === '') {
		return NO_ARGUMENTS;
	}

	const first = splitCommand(line, rest.start, escape, rest.end);
	let last = first;
	while (keywordOf(last.keyword.text) === 'onbuild' && last.rest.text !== '') {
		last = splitCommand(line, last.rest.start, escape, rest.end);
	}

	const name = keywordOf(last.keyword.text);
	const found = readArguments(line, last, name, escape);
	if (isMistake(found)) {
		return found;
	}

	const trigger = last === first ? {...first, name, ...found} : {...first, name: keywordOf('onbuild'), ...NO_ARGUMENTS};
	return {...NO_ARGUMENTS, trigger};
}

function readArguments(
	line: string,
	{keyword, rest}: CommandParts,
	name: Keyword | undefined,
	escape: '\\' | '`',
): Arguments | Mistake {
	switch (name) {
		case undefined:
		case 'onbuild':
			return NO_ARGUMENTS;
		case 'env':
		case 'label': {
			const pairs = parseNameValues(rest, line, keyword.text.toUpperCase(), escape);
			return isMistake(pairs) ? pairs : {...NO_ARGUMENTS, pairs};
		}

		case 'arg':
			return {...NO_ARGUMENTS, args: parseWords(rest, line, escape)};
		case 'from':
		case 'expose':
			return {...NO_ARGUMENTS, args: splitBlanks(rest)};
		case 'maintainer':
		case 'stopsignal':
		case 'user':
		case 'workdir':
			return {...NO_ARGUMENTS, args: wholeText(rest)};
		case 'cmd':
		case 'entrypoint':
		case 'run':
		case 'shell':
			return jsonOr(rest, wholeText);
		case 'add':
		case 'copy':
		case 'volume':
			return jsonOr(rest, splitBlanks);
		case 'healthcheck':
			return readHealthcheck(rest);
	}
}

function wholeText(rest: Span): readonly Span[] {
	return rest.text === '' ? [] : [rest];
}

function jsonOr(rest: Span, otherwise: (rest: Span) => readonly Span[]): Arguments | Mistake {
	const items = parseJsonForm(rest);
	if (isMistake(items)) {
		return items;
	}

	return {...NO_ARGUMENTS, args: items ?? otherwise(rest), json: items !== undefined};
}

/** `NONE`, or `CMD` and a command in either form. */
function readHealthcheck(rest: Span): Arguments | Mistake {
	const {text} = rest;
	let typeEnd = 0;
	while (typeEnd < text.length && !isSpaceAt(text, typeEnd)) {
		typeEnd++;
	}

	if (typeEnd === 0) {
		return NO_ARGUMENTS;
	}

	const command = jsonOr(part(rest, skipSpace(text, typeEnd), text.length), wholeText);
	return isMistake(command) ? command : {...command, args: [part(rest, 0, typeEnd), ...command.args]};
}
