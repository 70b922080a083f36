import type {Dockerfile, Instruction} from '../dockerfile/instruction.ts';
import type {Range, Word} from '../dockerfile/source.ts';
import {hadolintRules} from './hadolint-rules.ts';

/** A comment that waives findings: `# cachecast ignore=RULE,RULE REASON`, or one of hadolint's. */
export interface IgnoreComment {
	readonly by: 'cachecast' | 'hadolint';
	/** The rules it names, groups as `pin/*` included. */
	readonly rules: readonly Word[];
	readonly reason: string;
	/** The comment from its first word on. */
	readonly range: Range;
	/** The lines of the instruction it stands above; absent for one of the whole file. */
	readonly lines?: {readonly first: number; readonly last: number};
}

/**
 * The comments of a file that waive findings. One directly above an instruction is for this instruction, as a
 * `# check=skip=` is; with `global` it is for the file, as hadolint has it.
 */
export function ignoreComments(dockerfile: Dockerfile): readonly IgnoreComment[] {
	const known = commentsOf.get(dockerfile);
	if (known !== undefined) {
		return known;
	}

	const {globalArgs, stages, source} = dockerfile;
	const instructions = [...globalArgs, ...stages.flatMap(({from, instructions}) => [from, ...instructions])];
	// Most files have none, and are not split.
	const lines = /cachecast|hadolint/.test(source.text) ? source.text.split('\n') : [];
	const found = lines.length === 0 ? [] : instructions.flatMap(instruction => commentsAbove(instruction, lines));
	commentsOf.set(dockerfile, found);
	return found;
}

/** Several rules ask for the same. */
const commentsOf = new WeakMap<Dockerfile, readonly IgnoreComment[]>();

function commentsAbove({range, comments}: Instruction, lines: readonly string[]): readonly IgnoreComment[] {
	const place = {first: range.start.line, last: range.end.line};
	const found: IgnoreComment[] = [];
	let left = comments.length;
	// Blank lines between comments and instruction do not part them (BuildKit parser/parser.go).
	for (let line = range.start.line - 1; line > 0 && left > 0; line--) {
		const text = lines[line - 1] ?? '';
		if (text.trim() !== '') {
			left--;
			found.unshift(...parseComment(text, line, place));
		}
	}

	return found;
}

const head = /^(\s*#\s*)(cachecast|hadolint)(\s+global)?\s+ignore\s*=\s*/;

function parseComment(
	text: string,
	line: number,
	lines: NonNullable<IgnoreComment['lines']>,
): readonly IgnoreComment[] {
	const match = head.exec(text);
	if (match === null) {
		return [];
	}

	const [before, start = '', by, global] = match;
	const rest = text.slice(before.length).trimEnd();
	const rangeAt = (column: number, length: number): Range => ({
		start: {line, column: column + 1},
		end: {line, column: column + length + 1},
	});
	const comment = {
		range: rangeAt(start.length, before.length + rest.length - start.length),
		...(global === undefined && {lines}),
	};
	if (by === 'hadolint') {
		const rules = Array.from(rest.matchAll(/\b[A-Z]+\d+\b/g), ({0: code, index}) => ({
			text: hadolintRules.get(code) ?? '',
			range: rangeAt(before.length + index, code.length),
		}));
		return [{...comment, by, rules: rules.filter(rule => rule.text !== ''), reason: ''}];
	}

	const [names = ''] = /^\S*/.exec(rest) ?? [];
	const rules = Array.from(names.matchAll(/[^,]+/g), ({0: name, index}) => ({
		text: name,
		range: rangeAt(before.length + index, name.length),
	}));
	const reason = rest.slice(names.length).replace(/^[\s:/#-]+/, '');
	return [{...comment, by: 'cachecast', rules, reason}];
}
