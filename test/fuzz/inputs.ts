import fc, {type Arbitrary} from 'fast-check';
import {decode} from './samples.ts';

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

/** What stands where a name, a number, a path or a word with variables is meant. */
const value: Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		...[
			'a',
			'b',
			's1',
			'S2',
			'0',
			'1',
			'-1',
			'+1',
			'99999999999999999999',
			'0755',
			'08',
			'1e9',
			'07777777777',
			'true',
			'',
		],
		...[
			'constructor',
			'__proto__',
			'toString',
			'linux',
			'amd64',
			'arm',
			'arm64',
			'windows',
			'v8',
			'root',
			'PATH',
			'scratch',
		],
		...[
			'$x',
			'${x}',
			'${x:-y}',
			'${given%%*}',
			'${given//1/$x}',
			'$TARGETARCH',
			'$a$a$a$a',
			'\\$',
			'"$x"',
			"'$x'",
			'${',
			'"',
		],
		...[
			'.',
			'..',
			'/',
			'//',
			'/./',
			'a/./b',
			'../..',
			'*',
			'[',
			'[a-',
			'?',
			'%ff',
			'%',
			'%41',
			'#',
			':',
			'@',
			'é',
			'🎉',
			'\ud800',
		],
		...[
			'http://h/',
			'https://h/r.git',
			'git@h:r',
			'ssh://h',
			'github.com/a/b',
			'localhost:5',
			'SOURCE_DATE_EPOCH',
			'\u0000',
		],
	),
	fc.string({unit: 'binary-ascii', maxLength: 4}).map(text => text.replaceAll('\n', '')),
);

/** Some values in one word: `a/b`, `linux/arm`, `http://h/%ff`. */
const word: Arbitrary<string> = fc
	.tuple(fc.array(value, {minLength: 1, maxLength: 3}), fc.constantFrom('', '', '/', ':', '=', ',', '-'))
	.map(([values, between]) => values.join(between));

const mount: Arbitrary<string> = fc
	.array(
		fc
			.tuple(
				fc.constantFrom(
					...['type=cache', 'type=bind', 'type=tmpfs', 'type=secret', 'type=ssh', 'target=', 'source=', 'from='],
					...['id=', 'sharing=locked', 'size=', 'mode=', 'uid=', 'gid=', 'ro', 'rw=', 'required', 'env='],
				),
				word,
			)
			.map(([option, text]) => (option.endsWith('=') ? `${option}${text}` : option)),
		{minLength: 1, maxLength: 4},
	)
	.map(options => `--mount=${options.join(',')}`);

/** Instructions that are right in their form, whatever they say. */
const instruction: Arbitrary<string> = fc.oneof(
	fc.tuple(word, word).map(([platform, image]) => `FROM --platform=${platform} ${image}`),
	fc.tuple(value, value).map(([image, name]) => `FROM ${image} AS ${name}`),
	fc.constantFrom('FROM scratch', 'FROM s1', 'FROM s1 AS s2', 'FROM a AS s1'),
	fc.tuple(fc.constantFrom('ENV', 'ARG', 'LABEL'), value, word).map(([kind, name, text]) => `${kind} ${name}=${text}`),
	value.map(name => `ARG ${name}`),
	fc
		.tuple(
			fc.constantFrom('COPY', 'ADD'),
			fc.constantFrom('from', 'chown', 'chmod', 'checksum', 'exclude'),
			word,
			word,
			word,
		)
		.map(([kind, flag, given, source, target]) => `${kind} --${flag}=${given} ${source} ${target}`),
	fc.tuple(fc.constantFrom('COPY', 'ADD', 'COPY --link', 'COPY --parents'), word, word).map(parts => parts.join(' ')),
	fc.tuple(fc.array(mount, {maxLength: 3}), word).map(([mounts, text]) => `RUN ${mounts.join(' ')} ${text}`),
	fc
		.tuple(
			fc.constantFrom('WORKDIR', 'USER', 'ONBUILD RUN', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'CMD', 'RUN', 'SHELL'),
			word,
		)
		.map(([kind, text]) => `${kind} ${text}`),
	fc
		.tuple(fc.constantFrom('RUN', 'COPY', 'ADD'), value, word)
		.map(([kind, name, body]) => `${kind} <<E${name} /\n${body}\nE${name}`),
	// The same line again and again is how values grow.
	fc
		.tuple(fc.constantFrom('ENV', 'ARG'), fc.integer({min: 1, max: 40}))
		.map(([kind, n]) => `${kind} a=x\n${`${kind} a=$a$a$a\n`.repeat(n)}`),
);

const wellFormed: Arbitrary<string> = fc
	.tuple(
		fc.array(
			value.map(name => `ARG ${name}=${name}`),
			{maxLength: 2},
		),
		fc.array(instruction, {maxLength: 12}),
	)
	.map(([globals, instructions]) => [...globals, 'FROM scratch AS s1', ...instructions, ''].join('\n'));

/** Arbitrary bytes, decoded as the product decodes a file. */
export const bytesAsText: Arbitrary<string> = fc.uint8Array({maxLength: 400}).map(decode);

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
	const bytes = Buffer.from(text);
	for (const [at, value] of flips) {
		const offset = Math.floor(at * bytes.length);
		bytes.set(offset < bytes.length ? [value] : [], offset < bytes.length ? offset : 0);
	}

	return decode(bytes);
}

const shellPiece = fc.constantFrom(
	...Array.from('$ {}:-+?#%/xy"\'\\` a*<1@_é'),
	...['${x', '${y:-', '${x//', '${x/', '${x#', '${x%%', '${x##*', '$x', '${x:?', '🎉', '\ufeff', '\ud800', '\n'],
);

/** A word with variables. */
export const shellWord: Arbitrary<string> = fc.oneof(
	fc.array(shellPiece, {maxLength: 24}).map(pieces => pieces.join('')),
	anyText,
);

const ignorePiece = fc.constantFrom(
	...Array.from('*?[]!/\\^-.a{}|()+$, #:1'),
	...[
		'**',
		'**/',
		'/**',
		'!',
		'[a-z]',
		'[^',
		'[[:alpha:]]',
		'\\Q',
		'\\E',
		'\\p{',
		'\\x{',
		'{2}',
		'{1000}',
		'\n',
		'\r\n',
		'..',
		'\ufeff',
	],
	...['é', '🎉', '\ud800', 'ab/c'],
);

/** The text of an ignore file. */
export const ignoreText: Arbitrary<string> = fc.oneof(
	fc.array(ignorePiece, {maxLength: 30}).map(pieces => pieces.join('')),
	anyText,
);

/** A path below a context. */
export const contextPath: Arbitrary<string> = fc
	.array(fc.constantFrom('a', 'b', 'ab', 'c', '.', '/', 'é', '🎉', '*', '[', '\n', '-'), {minLength: 1, maxLength: 12})
	.map(pieces => pieces.join(''));

const referencePiece = fc.constantFrom(
	...Array.from('aB0._-/:@[]+ '),
	...[
		'docker.io',
		'localhost',
		'library/',
		'::1',
		'sha256:',
		'f'.repeat(32),
		'a'.repeat(64),
		'__',
		'%',
		'é',
		':5000',
		'\n',
	],
);

/** An image reference. */
export const referenceText: Arbitrary<string> = fc.oneof(
	fc.array(referencePiece, {maxLength: 12}).map(pieces => pieces.join('')),
	anyText,
);

const csvPiece = fc.constantFrom(
	...[
		'type=',
		'cache',
		'bind',
		'tmpfs',
		'secret',
		'ssh',
		'registry',
		'local',
		'inline',
		'gha',
		',',
		',',
		',',
		'=',
		'"',
		'""',
		'$x',
	],
	...[
		'target=',
		'source=',
		'from=',
		'id=',
		'sharing=',
		'locked',
		'size=',
		'1g',
		'mode=',
		'0755',
		'9',
		'uid=',
		'ro',
		'rw=',
		'required',
	],
	...[
		'ref=',
		'src=',
		'dest=',
		'tag=',
		'digest=',
		'a/b:c',
		'__proto__=',
		'constructor',
		'x',
		'\\',
		"'",
		' ',
		'\n',
		'-',
		'true',
		'e308',
	],
);

/** A value in CSV, as mounts and cache flags have. */
export const csvText: Arbitrary<string> = fc.oneof(
	fc.array(csvPiece, {maxLength: 16}).map(pieces => pieces.join('')),
	anyText,
);
