import type {Instruction, StageInstruction} from './instruction.ts';
import {parseCommand, parseShell} from './instructions/command.ts';
import {parseFrom} from './instructions/from.ts';
import {parseHealthcheck} from './instructions/healthcheck.ts';
import {parseExpose, parseVolume} from './instructions/lists.ts';
import {parseOnbuild} from './instructions/onbuild.ts';
import {parseArg, parsePairs} from './instructions/pairs.ts';
import {parseRun} from './instructions/run.ts';
import {parseMaintainer, parseStopsignal, parseUser, parseWorkdir} from './instructions/single.ts';
import {parseAdd, parseCopy} from './instructions/transfer.ts';
import {keywordNames} from './keyword.ts';
import type {Span} from './logical-line.ts';
import {isMistake, type Mistake, mistake} from './mistake.ts';
import type {Node} from './node.ts';
import {quote} from './quote.ts';
import {didYouMean} from './suggest.ts';

/** What an instruction means (BuildKit instructions/parse.go ParseInstruction). */
export function understand(node: Node): Instruction | Mistake {
	const {name, keyword} = node.statement;
	switch (name) {
		case undefined:
			return unknownInstruction(keyword);
		case 'from':
			return parseFrom(node);
		case 'run':
			return parseRun(node);
		case 'copy':
			return parseCopy(node);
		case 'add':
			return parseAdd(node);
		case 'env':
		case 'label':
			return parsePairs(node, name);
		case 'arg':
			return parseArg(node);
		case 'workdir':
			return parseWorkdir(node);
		case 'user':
			return parseUser(node);
		case 'shell':
			return parseShell(node);
		case 'cmd':
		case 'entrypoint':
			return parseCommand(node, name);
		case 'expose':
			return parseExpose(node);
		case 'volume':
			return parseVolume(node);
		case 'stopsignal':
			return parseStopsignal(node);
		case 'healthcheck':
			return parseHealthcheck(node);
		case 'maintainer':
			return parseMaintainer(node);
		case 'onbuild':
			return parseOnbuild(node, understandTrigger);
	}
}

function unknownInstruction(keyword: Span): Mistake {
	if (keyword.text === '') {
		return mistake(keyword, 'the line is continued, but nothing follows');
	}

	return mistake(keyword, `unknown instruction ${quote(keyword.text)}`, hintForUnknown(keyword.text));
}

/** A file in another encoding, a space pasted from a web page, a misspelt word, or a line that should continue another. */
function hintForUnknown(text: string): string | undefined {
	if (/[\0\ufffd]/.test(text)) {
		return 'the file seems not to be UTF-8: save it as UTF-8';
	}

	const [unseen] = /[\s\p{Cf}]/u.exec(text) ?? [];
	if (unseen !== undefined) {
		const code = `U+${unseen.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
		return /\s/.test(unseen) && unseen !== '\ufeff'
			? `the blank in it is the character ${code}: replace it by a plain blank`
			: `it holds the invisible character ${code}: delete it`;
	}

	const continued = /^[a-z]+$/i.test(text) ? undefined : 'if it belongs to the line above, end that with "\\"';
	return didYouMean(text, keywordNames) ?? continued;
}

function understandTrigger(node: Node): StageInstruction | undefined {
	const instruction = understand(node);
	return isMistake(instruction) || instruction.kind === 'from' ? undefined : instruction;
}
