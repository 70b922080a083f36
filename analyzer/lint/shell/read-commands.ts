import {readExpansion, readSingleQuoted, skipArithmetic} from './read-quoted.ts';

/** A word of a command: quotes and escapes are gone, variables and substitutions stand as they were written. */
export interface RawWord {
	readonly text: string;
	/** Offsets into the script, the end not included. */
	readonly start: number;
	readonly end: number;
}

/** One command with its words; redirections are no words of it. */
export interface RawCommand {
	readonly words: readonly RawWord[];
	/** The files that its output is written to. */
	readonly outputs: readonly RawWord[];
}

/** Substitutions deeper than this are text. */
const MAX_DEPTH = 50;

/**
 * The commands of a POSIX shell script in the order of the text, those inside substitutions too. It does not run
 * anything: what a condition leaves out is in the list as well. What is no valid script gives some list all the same.
 */
export function readCommands(text: string): readonly RawCommand[] {
	const commands: RawCommand[] = [];
	readList({text, at: 0, commands, depth: 0}, undefined);
	return commands;
}

/** Where reading stands; `at` moves on. */
interface Reader {
	readonly text: string;
	at: number;
	readonly commands: RawCommand[];
	depth: number;
}

/** Words that stand before a command and begin no other. */
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '!', '{', 'time']);

/** Reads commands up to the end, or up to and with the `)` or backtick that closes a substitution. */
function readList(reader: Reader, closer: ')' | '`' | undefined): void {
	const {text} = reader;
	let words: RawWord[] = [];
	let outputs: RawWord[] = [];
	const documents: string[] = [];
	let open = 0;
	let cases = 0;
	const end = (keep = true): void => {
		if (keep && words.length > 0) {
			reader.commands.push({words, outputs});
		}

		words = [];
		outputs = [];
	};

	while (reader.at < text.length) {
		const char = text.charAt(reader.at);
		if (char === '\\' && text[reader.at + 1] === '\n') {
			reader.at += 2;
		} else if (char === '#') {
			const line = text.indexOf('\n', reader.at);
			reader.at = line === -1 ? text.length : line;
		} else if (char === '\n') {
			end();
			reader.at = skipDocuments(text, reader.at + 1, documents.splice(0));
		} else if (/\s/.test(char)) {
			reader.at++;
		} else if (char === closer && (char === '`' || (open === 0 && cases === 0))) {
			reader.at++;
			break;
		} else if (char === ')') {
			// Behind a pattern of `case` comes what is run for it.
			end(open > 0 || cases === 0);
			open = Math.max(0, open - 1);
			reader.at++;
		} else if (char === '(') {
			end();
			open++;
			reader.at++;
		} else if (char === '<' || char === '>' || text.startsWith('&>', reader.at)) {
			const last = words.at(-1);
			if (last !== undefined && last.end === reader.at && /^\d+$/.test(last.text)) {
				words.pop();
			}

			readRedirection(reader, closer, outputs, documents);
		} else if (char === ';' || char === '&' || char === '|') {
			end();
			reader.at++;
		} else {
			const word = readWord(reader, closer);
			if (words.length === 0 && KEYWORDS.has(word.text)) {
				continue;
			}

			if (words.length === 0 && word.text === 'esac') {
				cases = Math.max(0, cases - 1);
				continue;
			}

			words.push(word);
			if (word.text === 'in' && words.length === 3 && words[0]?.text === 'case') {
				cases++;
				end(false);
			}
		}
	}

	end();
}

function readRedirection(reader: Reader, closer: ')' | '`' | undefined, outputs: RawWord[], documents: string[]): void {
	const {text} = reader;
	const operator = /^(?:&>>?|<<<|<<-?|>>|>\||[<>]&|<>|[<>])/.exec(text.slice(reader.at, reader.at + 3))?.[0] ?? '<';
	reader.at += operator.length;
	if (text[reader.at] === '(') {
		substitute(reader, reader.at + 1, ')');
		return;
	}

	while (text[reader.at] === ' ' || text[reader.at] === '\t') {
		reader.at++;
	}

	const target = readWord(reader, closer);
	if (operator === '<<' || operator === '<<-') {
		documents.push(target.text);
	} else if (operator.includes('>') && !operator.endsWith('&') && target.text !== '') {
		outputs.push(target);
	}
}

/** Where the text goes on behind the bodies of here-documents. */
function skipDocuments(text: string, from: number, names: readonly string[]): number {
	let at = from;
	for (const name of names) {
		let isBody = true;
		while (isBody && at < text.length) {
			const newline = text.indexOf('\n', at);
			const lineEnd = newline === -1 ? text.length : newline;
			isBody = text.slice(at, lineEnd).replace(/^\t+/, '') !== name;
			at = lineEnd + 1;
		}
	}

	return Math.min(at, text.length);
}

const WORD_END = /[\s;&|()<>]/;

function readWord(reader: Reader, closer: ')' | '`' | undefined): RawWord {
	const {text, at: start} = reader;
	const pieces: string[] = [];
	let quoted = false;
	while (reader.at < text.length) {
		const char = text.charAt(reader.at);
		if (!quoted && (WORD_END.test(char) || (char === '`' && closer === '`'))) {
			break;
		}

		if (char === '"') {
			quoted = !quoted;
			reader.at++;
		} else if (char === "'" && !quoted) {
			const single = readSingleQuoted(text, reader.at);
			pieces.push(single.text);
			reader.at = single.end;
		} else if (char === '\\') {
			const next = text.charAt(reader.at + 1);
			pieces.push(next === '\n' ? '' : quoted && !/["$`\\]/.test(next) ? `\\${next}` : next);
			reader.at += 2;
		} else if (text.startsWith('$((', reader.at)) {
			const from = reader.at;
			reader.at = skipArithmetic(text, from);
			pieces.push(text.slice(from, reader.at));
		} else if (text.startsWith('$(', reader.at) || char === '`') {
			const from = reader.at;
			substitute(reader, from + (char === '`' ? 1 : 2), char === '`' ? '`' : ')');
			pieces.push(text.slice(from, reader.at));
		} else if (char === '$') {
			const {text: expansion, end} = readExpansion(text, reader.at);
			pieces.push(expansion);
			reader.at = end;
		} else {
			pieces.push(char);
			reader.at++;
		}
	}

	reader.at = Math.min(reader.at, text.length);
	return {text: pieces.join(''), start, end: reader.at};
}

function substitute(reader: Reader, from: number, closer: ')' | '`'): void {
	reader.at = from;
	if (reader.depth < MAX_DEPTH) {
		reader.depth++;
		readList(reader, closer);
		reader.depth--;
	}
}
