import fc, {type Arbitrary} from 'fast-check';
import {decodeSource, encodeSource} from '../../analyzer/index.ts';
import {wellFormed} from './well-formed.ts';

/** Pieces a Dockerfile is made of, so that what is made of them is often nearly valid. */
const PIECES: readonly string[] = [
	...['FROM a', 'FROM scratch', 'FROM a AS b', 'FROM b', 'FROM --platform=', 'RUN', 'RUN x', 'COPY', 'COPY x y', 'ADD'],
	...['ENV', 'ENV x=y', 'ARG', 'ARG x', 'ONBUILD', 'HEALTHCHECK CMD', 'HEALTHCHECK', 'CMD', 'LABEL', 'frm', 'SHELL'],
	...['WORKDIR', 'USER', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'MAINTAINER', 'ENTRYPOINT', ' AS ', 'NONE'],
	...[
		'--from=b',
		'--from=0',
		'--from=',
		'--mount=',
		'type=cache',
		'type=secret',
		',target=/x',
		',from=b',
		',id=y',
		',mode=0',
	],
	...[
		'--mount=type=bind,from=$x',
		'--link',
		'--chown="a b"',
		'--chmod=7',
		'--x',
		'--é=à',
		'--',
		'--parents',
		'--exclude=*',
	],
	...[
		'--platform=linux/arm64',
		'--platform=linux/',
		'linux/',
		'constructor',
		'__proto__',
		'toString',
		'--checksum=sha256:',
		'--interval=1s',
		'--device=',
	],
	...[
		'<<EOF',
		'<<-X',
		'<<"Y"',
		'3<<Z',
		'EOF',
		'X',
		'Y',
		'<',
		'["a","b"]',
		'["a"',
		'[1]',
		'[',
		']',
		'a=b',
		'"a b"',
		"'",
		'"',
	],
	...[
		'$x',
		'$',
		'${x:-y}',
		'${x',
		'}',
		'${x#',
		'${x%%*',
		'${x//',
		'${given/',
		'/',
		':',
		'?',
		'*',
		'$given',
		'$TARGETARCH',
	],
	...['http://h/f', 'http://h/%ff', 'git@h:r', 'https://h/r.git#b', '.', '..', '/./', '@sha256:', ':1'],
	...[
		'\\\n',
		'`\n',
		'\n',
		'\n',
		'\n',
		'\r\n',
		'\r',
		' ',
		' ',
		' ',
		' ',
		'\t',
		'\u00a0',
		'\u0085',
		'\u2028',
		'\0',
		'\ufeff',
	],
	...[
		'# c\n',
		'#',
		'\\',
		'# escape=`\n',
		'# check=x\n',
		'# check=skip=all\n',
		'# syntax=y\n',
		'#!',
		'🎉',
		'\ud800',
		'\u0130',
	],
];

const piece = fc.constantFrom(...PIECES);

/** Text made of pieces. */
export const nearlyDockerfile: Arbitrary<string> = fc.array(piece, {maxLength: 60}).map(pieces => pieces.join(''));

/** Lines that begin as instructions do, so that more of them get past the parser. */
const nearlyValid: Arbitrary<string> = fc
	.array(
		fc
			.tuple(
				fc.constantFrom(
					'RUN ',
					'COPY ',
					'ADD ',
					'ENV ',
					'ARG ',
					'FROM ',
					'FROM a AS ',
					'WORKDIR ',
					'USER ',
					'ONBUILD ',
				),
				fc.array(piece, {maxLength: 6}),
			)
			.map(([keyword, pieces]) => `${keyword}${pieces.filter(one => !one.includes('\n')).join('')}`),
		{maxLength: 12},
	)
	.map(lines => ['FROM scratch AS b', ...lines, ''].join('\n'));

/** Arbitrary bytes, decoded as the product decodes a file. */
export const bytesAsText: Arbitrary<string> = fc.uint8Array({maxLength: 400}).map(decodeSource);

/** Any text at all. */
export const anyText: Arbitrary<string> = fc.oneof(
	bytesAsText,
	fc.string({unit: 'binary', maxLength: 200}),
	fc.string({unit: 'grapheme', maxLength: 200}),
);

/** Texts that no real file is behind. */
export const inventedText: Arbitrary<string> = fc.oneof(
	{weight: 3, arbitrary: wellFormed},
	nearlyDockerfile,
	nearlyValid,
	anyText,
);

/** Real texts, cut off, with lines swapped, bytes changed, pieces put in, and joined with each other. */
export function mutated(texts: readonly string[], pieces: Arbitrary<string> = piece): Arbitrary<string> {
	const text = fc.constantFrom(...texts);
	const place = fc.double({min: 0, max: 1, noNaN: true});
	return fc.oneof(
		fc.tuple(text, place).map(([one, at]) => one.slice(0, index(one, at))),
		fc.tuple(text, place, place).map(([one, from, to]) => one.slice(0, index(one, from)) + one.slice(index(one, to))),
		fc
			.tuple(text, fc.array(fc.tuple(place, place), {minLength: 1, maxLength: 8}))
			.map(([one, swaps]) => swapLines(one, swaps)),
		fc
			.tuple(text, fc.array(fc.tuple(place, fc.nat(255)), {minLength: 1, maxLength: 8}))
			.map(([one, flips]) => flipBytes(one, flips)),
		fc
			.tuple(text, fc.array(fc.tuple(place, pieces), {minLength: 1, maxLength: 8}))
			.map(([one, inserts]) => inserts.reduce((now, [at, what]) => insert(now, index(now, at), what), one)),
		fc
			.tuple(text, text, place, place)
			.map(([one, other, end, start]) => one.slice(0, index(one, end)) + other.slice(index(other, start))),
	);
}

function index(text: string, place: number): number {
	return Math.round(place * text.length);
}

function insert(text: string, at: number, what: string): string {
	return text.slice(0, at) + what + text.slice(at);
}

function swapLines(text: string, swaps: readonly (readonly [number, number])[]): string {
	const lines = text.split('\n');
	for (const [first, second] of swaps) {
		const [from, to] = [Math.floor(first * (lines.length - 1)), Math.floor(second * (lines.length - 1))];
		[lines[from], lines[to]] = [lines[to] ?? '', lines[from] ?? ''];
	}

	return lines.join('\n');
}

function flipBytes(text: string, flips: readonly (readonly [number, number])[]): string {
	const bytes = Buffer.from(encodeSource(text));
	for (const [at, value] of flips) {
		const offset = Math.floor(at * bytes.length);
		bytes.set(offset < bytes.length ? [value] : [], offset < bytes.length ? offset : 0);
	}

	return decodeSource(bytes);
}
