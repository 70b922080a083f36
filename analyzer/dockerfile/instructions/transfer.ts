import {type Flags, parseFlags, valueWord} from '../flags.ts';
import {chompHeredoc, parseHeredocWord} from '../heredoc.ts';
import type {AddInstruction, CopyInstruction, HeredocSource} from '../instruction.ts';
import type {Span} from '../logical-line.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {baseOf, nameOf, wordOf} from './base.ts';

/** `COPY source… destination` (BuildKit instructions/parse.go parseCopy). */
export function parseCopy(node: Node): CopyInstruction | Mistake {
	const transfer = parseTransfer(node, {
		chown: 'string',
		from: 'string',
		chmod: 'string',
		link: 'boolean',
		exclude: 'strings',
		parents: 'boolean',
	});
	if (isMistake(transfer)) {
		return transfer;
	}

	const {flags, common} = transfer;
	const from = flags.string('from');
	return {
		kind: 'copy',
		...common,
		...(from === undefined || from.value === '' ? {} : {from: valueWord(node.line, from)}),
	};
}

/** `ADD source… destination` (BuildKit instructions/parse.go parseAdd). */
export function parseAdd(node: Node): AddInstruction | Mistake {
	const transfer = parseTransfer(node, {
		chown: 'string',
		chmod: 'string',
		link: 'boolean',
		'keep-git-dir': 'boolean',
		checksum: 'string',
		unpack: 'boolean',
		exclude: 'strings',
	});
	if (isMistake(transfer)) {
		return transfer;
	}

	const {flags, common} = transfer;
	const checksum = flags.string('checksum')?.value;
	const keepGitDir = flags.boolean('keep-git-dir');
	const unpack = flags.boolean('unpack');
	return {
		kind: 'add',
		...common,
		...(checksum === undefined || checksum === '' ? {} : {checksum}),
		...(keepGitDir === undefined ? {} : {keepGitDir}),
		...(unpack === undefined ? {} : {unpack}),
	};
}

type Common = Omit<CopyInstruction, 'kind' | 'from'>;

function parseTransfer(
	node: Node,
	known: Parameters<typeof parseFlags>[2],
): {readonly flags: Flags; readonly common: Common} | Mistake {
	const {keyword, args, flags: spans} = node.statement;
	const name = nameOf(keyword);
	const destination = args.at(-1);
	if (destination === undefined || args.length < 2) {
		const hint = `write "${name} source destination"`;
		return mistake(destination ?? keyword, `${name} requires at least two arguments`, hint);
	}

	const flags = parseFlags(name, spans, known);
	if (isMistake(flags)) {
		return flags;
	}

	if (node.knowsHeredocs && parseHeredocWord(destination.text).kind === 'heredoc') {
		return mistake(destination, `${name} cannot accept a heredoc as a destination`);
	}

	const chown = flags.string('chown')?.value;
	const chmod = flags.string('chmod')?.value;
	return {
		flags,
		common: {
			...baseOf(node),
			...readSources(node, args.slice(0, -1)),
			destination: wordOf(node, destination),
			...(chown === undefined || chown === '' ? {} : {chown}),
			...(chmod === undefined || chmod === '' ? {} : {chmod}),
			link: flags.boolean('link') ?? false,
			parents: flags.boolean('parents') ?? false,
			excludes: flags.strings('exclude').map(({value = ''}) => value),
		},
	};
}

/** Sources that look like `<<name` are heredocs; the body of the last heredoc of that name is theirs. */
function readSources(node: Node, args: readonly Span[]): Pick<Common, 'sources' | 'heredocSources'> {
	const contents = new Map(node.heredocs.map(({name, content}) => [name, content]));
	const heredocSources: HeredocSource[] = [];
	if (!node.knowsHeredocs) {
		return {sources: args.map(source => wordOf(node, source)), heredocSources};
	}

	const sources = args.filter(source => {
		const word = parseHeredocWord(source.text);
		if (word.kind === 'heredoc') {
			const {name, chomp, expand} = word.heredoc;
			const content = contents.get(name) ?? '';
			heredocSources.push({name, data: chomp ? chompHeredoc(content) : content, expand});
		}

		return word.kind !== 'heredoc';
	});
	return {sources: sources.map(source => wordOf(node, source)), heredocSources};
}
