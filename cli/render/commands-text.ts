import type {BuildCommand} from '../../planner/index.ts';

/**
 * Commands as a script for a POSIX shell, runnable as it is. A Dockerfile that has to be written first goes to a
 * temporary folder, which is removed in the end.
 */
export function renderCommands(commands: readonly BuildCommand[]): string {
	const live = commands.filter(({isSettled}) => !isSettled);
	const copies = live.some(({copy}) => copy !== undefined);
	return [
		'#!/bin/sh',
		'set -eu',
		...(copies ? ['files=$(mktemp -d)', `trap 'rm -rf "$files"' EXIT`] : []),
		...commands.flatMap(command => linesOf(command, live.indexOf(command))),
		'',
	].join('\n');
}

function linesOf({target, isSettled, copy, args}: BuildCommand, at: number): readonly string[] {
	const title = oneLine(target.title);
	if (isSettled) {
		return ['', `# ${title}: nothing to do, all steps hit`];
	}

	const path = `$files/${at}`;
	const words = args(path).map(word => (word === `--file=${path}` ? `"${word}"` : quoteWord(word)));
	return [
		'',
		`# ${title}`,
		...(copy === undefined
			? []
			: [writeText(copy.dockerfile, path), writeText(Buffer.from(copy.ignore), `${path}.dockerignore`)]),
		`docker ${words.join(' ')}`,
	];
}

/** A word as a POSIX shell reads it back. */
export function quoteWord(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

// Bytes that are no text are written by their number: a shell script is text.
function writeText(bytes: Uint8Array, path: string): string {
	const text = Buffer.from(bytes).toString();
	const isText = Buffer.from(text).equals(bytes) && !/[\0\r]/.test(text);
	return isText
		? `printf '%s' ${quoteWord(text)} >"${path}"`
		: `printf '%b' '${[...bytes].map(byte => `\\0${byte.toString(8).padStart(3, '0')}`).join('')}' >"${path}"`;
}

function oneLine(text: string): string {
	return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');
}
