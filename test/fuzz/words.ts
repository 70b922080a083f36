import fc, {type Arbitrary} from 'fast-check';
import {anyText} from './inputs.ts';

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
