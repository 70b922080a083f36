import {parseFlags, valueWord} from '../flags.ts';
import type {FromInstruction} from '../instruction.ts';
import type {Span} from '../logical-line.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {quote} from '../quote.ts';
import {baseOf, wordOf} from './base.ts';

/** `FROM [--platform=…] image [AS name]` (BuildKit instructions/parse.go parseFrom). */
export function parseFrom(node: Node): FromInstruction | Mistake {
	const {keyword, args, flags: spans, rest} = node.statement;
	const [image, as, name] = args;
	if (image === undefined || (args.length !== 1 && args.length !== 3)) {
		return wrongCount(keyword, args, rest);
	}

	if (as !== undefined && as.text.toUpperCase() !== 'AS') {
		return mistake(as, `FROM has ${quote(as.text)} where "AS" should be`, USAGE);
	}

	if (name !== undefined && !STAGE_NAME.test(name.text.toLowerCase())) {
		const hint = 'a stage name starts with a letter and has only letters, digits, "-", "_" and "."';
		return mistake(name, `invalid stage name ${quote(name.text)}`, hint);
	}

	const flags = parseFlags('FROM', spans, {platform: 'string'});
	if (isMistake(flags)) {
		return flags;
	}

	const platform = flags.string('platform');
	return {
		kind: 'from',
		...baseOf(node),
		image: wordOf(node, image),
		...(as === undefined ? {} : {as: wordOf(node, as)}),
		...(name === undefined ? {} : {name: wordOf(node, name)}),
		...(platform === undefined || platform.value === '' ? {} : {platform: valueWord(node.line, platform)}),
	};
}

/** Points at what is too much: a name without its AS, or all that follows the name. */
function wrongCount(keyword: Span, [image, second, , extra]: readonly Span[], rest: Span): Mistake {
	const message = 'FROM requires either one or three arguments';
	if (image === undefined || second === undefined) {
		return mistake(keyword, message, USAGE);
	}

	if (extra !== undefined) {
		return mistake({start: extra.start, end: rest.end}, message, `a stage name is one word: ${USAGE}`);
	}

	const isAs = second.text.toUpperCase() === 'AS';
	return mistake(
		second,
		message,
		isAs ? 'a stage name is missing behind it' : `write "AS" before ${quote(second.text)}`,
	);
}

const USAGE = 'write "FROM image" or "FROM image AS name"';

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;
