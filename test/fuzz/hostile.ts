import {expandWord} from '../../analyzer/dockerfile/expand.ts';
import {compilePatterns, parseIgnoreFile, parseReference} from '../../analyzer/index.ts';
import {parseCacheFlag} from '../../planner/caches/cache-flag.ts';
import {analyse} from './analyse.ts';

/** An input that grows with `n` and is built to take long. */
export interface HostileShape {
	readonly name: string;
	/** The smallest `n` that is measured; four times that is the largest. */
	readonly size: number;
	/** Makes the input, and returns what is to be measured: how the analysis ended, for a Dockerfile. */
	prepare(n: number): () => string;
	/** The Dockerfile, where it is one. */
	readonly text?: (n: number) => string;
}

/** A Dockerfile that grows with `n`. */
function dockerfile(name: string, size: number, text: (n: number) => string): HostileShape {
	return {
		name,
		size,
		text,
		prepare: n => {
			const made = text(n);
			return () => analyse(made).outcome;
		},
	};
}

/** `n` items, joined. */
function list(n: number, separator: string, item: (index: number) => string): string {
	return Array.from({length: n}, (_, index) => item(index)).join(separator);
}

/** An instruction continued over as many lines as it takes: BuildKit takes no line beyond 64 KiB. */
function continued(first: string, n: number, item: (index: number) => string): string {
	return `FROM scratch\n${first} ${list(n, ' \\\n', item)}\n`;
}

const MILLION = 1_000_000;

const lines: readonly HostileShape[] = [
	dockerfile('one line of bytes', 2.5 * MILLION, n => `FROM scratch\nRUN ${'x'.repeat(n)}\n`),
	dockerfile('a first line of bytes', 2.5 * MILLION, n => 'x'.repeat(n)),
	dockerfile('instructions', 12_500, n => `FROM scratch\n${list(n, '\n', index => `RUN command --with ${index}`)}\n`),
	dockerfile(
		'instructions, unknown base',
		12_500,
		n => `FROM a\n${list(n, '\n', index => `COPY file${index} /target/`)}\n`,
	),
	dockerfile('comments', 500_000, n => `FROM scratch\n${list(n, '\n', index => `# ${index}`)}\nRUN x\n`),
	dockerfile('empty lines', 2.5 * MILLION, n => `FROM scratch\n${'\n'.repeat(n)}RUN x\n`),
	dockerfile('continuation lines', 100_000, n => continued('RUN', n, index => `word${index}`)),
	dockerfile('empty continuation lines', 250_000, n => `FROM scratch\nRUN x \\\n${'\n'.repeat(n)}y\n`),
	dockerfile('comments in an instruction', 250_000, n => `FROM scratch\nRUN x \\\n${'# c\n'.repeat(n)}y\n`),
	dockerfile('carriage returns', 15_000, n => `# check=${'\r'.repeat(n)}x\nFROM scratch\n`),
	dockerfile('blanks', 1_000_000, n => `FROM scratch\nRUN x${`${' '.repeat(60_000)}\\\n`.repeat(n / 60_000)}y\n`),
	dockerfile('waived instructions', 2500, n => list(n, '\n', index => `# check=skip=all\nFROM a AS stage${index}`)),
	dockerfile('small file for dockerfile-ast: instructions', 4000, n => `FROM a\n${'RUN x\n'.repeat(n)}`),
	dockerfile('small file for dockerfile-ast: continuation', 8000, n => `FROM a\nRUN x${' \\\n'.repeat(n)}y\n`),
	dockerfile('small file for dockerfile-ast: flags', 4000, n => `FROM a\nRUN ${'--a '.repeat(n)}y\n`),
	dockerfile(
		'small file for dockerfile-ast: heredocs',
		2000,
		n => `FROM a\nRUN ${list(n, ' \\\n', index => `<<E${index}`)}\n${list(n, '\n', index => `E${index}`)}\n`,
	),
	dockerfile('small file for dockerfile-ast: quotes', 10_000, n => `FROM a\nENV a=${'"'.repeat(n)}\n`),
	dockerfile('small file for dockerfile-ast: variables', 5000, n => `FROM a\nRUN ${'$a '.repeat(n)}\n`),
	dockerfile('small file for dockerfile-ast: braces', 5000, n => `FROM a\nRUN ${'${a:-'.repeat(n)}\n`),
];

const stages: readonly HostileShape[] = [
	dockerfile('stages in a chain', 2500, n =>
		list(n, '\n', index => `FROM ${index === 0 ? 'scratch' : `s${index - 1}`} AS s${index}\nRUN x`),
	),
	dockerfile(
		'stages in a star',
		2500,
		n => `FROM scratch AS s\nRUN x\n${list(n, '\n', index => `FROM s AS s${index}\nRUN x`)}\n`,
	),
	dockerfile(
		'a star on a stage with ONBUILD',
		2500,
		n =>
			`FROM scratch AS s\n${'LABEL a=b\n'.repeat(n)}ONBUILD RUN x\n${list(n, '\n', index => `FROM s AS s${index}`)}\n`,
	),
	dockerfile(
		'stages copied together',
		2500,
		n =>
			`${list(n, '\n', index => `FROM scratch AS s${index}\nRUN x`)}\nFROM scratch\n${list(n, '\n', index => `COPY --from=s${index} / /`)}\n`,
	),
	dockerfile(
		'stages mounted together',
		2500,
		n =>
			`${list(n, '\n', index => `FROM scratch AS s${index}\nRUN x`)}\nFROM scratch\nRUN ${list(n, ' \\\n', index => `--mount=from=s${index},target=/${index}`)} x\n`,
	),
	dockerfile('images, one like the other', 2500, n =>
		list(n, '\n', index => `FROM imagename${index} AS stagename${index}`),
	),
	dockerfile('stages that do not exist', 2500, n =>
		list(n, '\n', index => `FROM scratch AS stagename${index}\nCOPY --from=Xtagename${index} / /`),
	),
	dockerfile(
		'stages used too early',
		2500,
		n =>
			`${list(n, '\n', index => `FROM scratch AS s${index}\nCOPY --from=s${index + 1} / /`)}\nFROM scratch AS s${n}\n`,
	),
	dockerfile('stages in a circle', 2500, n =>
		list(n, '\n', index => `FROM scratch AS s${index}\nCOPY --from=s${(index + 1) % n} / /`),
	),
	dockerfile('stages that nobody needs', 2500, n => list(n, '\n', index => `FROM scratch AS s${index}`)),
	dockerfile('stages of one name', 2500, n => 'FROM scratch AS s\n'.repeat(n)),
	dockerfile('stages of no name', 12_500, n => 'FROM a\n'.repeat(n)),
	dockerfile(
		'global arguments',
		2500,
		n => `${list(n, '\n', index => `ARG a${index}=\${a${index - 1}}`)}\nFROM a$a${n - 1}\n`,
	),
	dockerfile(
		'global arguments of many stages',
		2500,
		n => `${list(n, '\n', index => `ARG a${index}=b`)}\n${list(n, '\n', index => `FROM $a${index}`)}\n`,
	),
];

const words: readonly HostileShape[] = [
	dockerfile('nested ${a:-…}', 5000, n => `FROM scratch\nENV b=${'${a:-'.repeat(n)}${'}'.repeat(n)}\n`),
	dockerfile('nested ${a:-…}, not too deep', 10_000, n =>
		continued('ENV', n / 400, index => `b${index}=${'${a:-'.repeat(400)}${'}'.repeat(400)}`),
	),
	dockerfile('quotes', 1_000_000, n => continued('ENV', n / 10_000, index => `a${index}=${'""'.repeat(5000)}`)),
	dockerfile('an open quote', 250_000, n => continued('ENV', n, index => `${index === 0 ? 'a="' : ''}b`)),
	dockerfile('escapes', 1_000_000, n => continued('ENV', n / 10_000, index => `a${index}=${'\\\\'.repeat(5000)}`)),
	dockerfile('dollar signs', 1_000_000, n => continued('RUN', n / 10_000, () => '$'.repeat(10_000))),
	dockerfile(
		'heredocs',
		10_000,
		n =>
			`FROM scratch\nRUN ${list(n, ' \\\n', index => `<<E${index}`)}\n${list(n, '\n', index => `body\nE${index}`)}\n`,
	),
	dockerfile(
		'heredocs of a COPY',
		5000,
		n =>
			`FROM scratch\nCOPY ${list(n, ' \\\n', index => `<<E${index}`)} /\n${list(n, '\n', index => `body\nE${index}`)}\n`,
	),
	dockerfile(
		'heredocs that do not end',
		10_000,
		n => `FROM scratch\nRUN ${list(n, ' \\\n', index => `<<E${index}`)}\n`,
	),
	dockerfile('a heredoc of many lines', 250_000, n => `FROM scratch\nRUN <<E\n${'line\n'.repeat(n)}E\n`),
	dockerfile('digits before a heredoc', 1_000_000, n =>
		continued('RUN', n / 10_000, () => '1'.repeat(10_000)).replace(/\n$/, ' <<E\n'),
	),
	dockerfile(
		'blanks behind a heredoc',
		1_000_000,
		n => `FROM scratch\nRUN <<${`${' '.repeat(10_000)}\\\n`.repeat(n / 10_000)}<x\n`,
	),
	dockerfile('an open JSON array', 250_000, n => continued('CMD', n, index => `${index === 0 ? '[' : ''}"a",`)),
	dockerfile('nested JSON arrays', 250_000, n => continued('CMD', n / 1000, () => '['.repeat(1000))),
	dockerfile('a JSON array', 250_000, n => `FROM scratch\nRUN [${list(n, ', \\\n', () => '"a"')}]\n`),
	dockerfile(
		'options of a mount',
		25_000,
		n => `FROM scratch\nRUN --mount=type=cache${list(n, '\\\n', index => `,target=/t${index}`)} x\n`,
	),
	dockerfile(
		'unknown options of a mount',
		25_000,
		n => `FROM scratch\nRUN --mount=type=cache${list(n, '\\\n', index => `,tarket=/t${index}`)} x\n`,
	),
	dockerfile(
		'mounts',
		10_000,
		n => `FROM scratch\nRUN ${list(n, ' \\\n', index => `--mount=type=cache,target=/t${index}`)} x\n`,
	),
	dockerfile(
		'mounts of the context',
		10_000,
		n => `FROM scratch\nRUN ${list(n, ' \\\n', index => `--mount=target=/t${index},source=/s${index}`)} x\n`,
	),
	dockerfile('wrong mounts', 10_000, n => `FROM scratch\nRUN ${list(n, ' \\\n', () => '--mount=type=cash')} x\n`),
	dockerfile('flags', 25_000, n => `FROM scratch\nCOPY ${list(n, ' \\\n', index => `--exclude=a${index}`)} a b\n`),
	dockerfile('ENV pairs', 25_000, n => continued('ENV', n, index => `a${index}=b`)),
	dockerfile('ENV instructions', 25_000, n =>
		`FROM scratch\n${list(n, '\n', index => `ENV a${index}=$a${index - 1}b`)}\n`.replaceAll(/\$a\d*[1-9]b/g, 'b'),
	),
	dockerfile('ARG instructions', 25_000, n => `FROM scratch\n${list(n, '\n', index => `ARG a${index}=b`)}\n`),
	dockerfile('LABEL pairs', 25_000, n => continued('LABEL', n, index => `a${index}=b`)),
	dockerfile('ONBUILD instructions', 50_000, n => `FROM scratch\n${list(n, '\n', index => `ONBUILD RUN ${index}`)}\n`),
	dockerfile(
		'ONBUILD ONBUILD …',
		25_000,
		n => `FROM scratch\n${list(n, ' \\\n', () => 'ONBUILD')} RUN x${`${' '.repeat(1000)}\\\n`.repeat(n / 1000)}\n`,
	),
	dockerfile('sources of a COPY', 25_000, n => continued('COPY', n, index => `file${index}`)),
	dockerfile('URLs of an ADD', 10_000, n => continued('ADD', n, index => `http://host/${index}`)),
	dockerfile('slashes', 60_000, n => continued('COPY', n / 10_000, () => '/'.repeat(10_000)).replace(/\n$/, 'x y\n')),
	dockerfile('values that double', 10, n => `FROM scratch\nENV a=xxxxxxxx\n${'ENV a=$a$a\n'.repeat(n)}RUN x\n`),
	dockerfile('global values that double', 10, n => `ARG a=xxxxxxxx\n${'ARG a=$a$a\n'.repeat(n)}FROM scratch\n`),
	dockerfile(
		'values that are long together',
		1000,
		n => `FROM scratch\nENV a=${'x'.repeat(60_000)}\n${list(n, '\n', index => `ENV b${index}=$a`)}\nRUN x\n`,
	),
	dockerfile(
		'replacements in replacements',
		10,
		n => `FROM scratch\nENV a=${'x'.repeat(30)}\nENV b=${'${a//x/'.repeat(n)}x${'}'.repeat(n)}\n`,
	),
];

const shell = (value: string) => ({get: () => value, names: () => ['x']});

/** A pattern against a value of `n` characters: RE2, which BuildKit matches with, takes length times pattern. */
function shellPattern(name: string, word: string): HostileShape {
	return {
		name,
		size: 25_000,
		prepare: n => {
			const environment = shell('a'.repeat(n));
			return () => expandWord(word, environment, {escape: '\\'}).kind;
		},
	};
}

function ignorePatterns(
	name: string,
	size: number,
	text: (n: number) => string,
	path: (n: number) => string,
): HostileShape {
	return {
		name,
		size,
		prepare: n => {
			const [made, tested] = [text(n), path(n)];
			return () => {
				const compiled = compilePatterns(parseIgnoreFile(made));
				// As the walker of a context asks: with what the folder above gave.
				const above = {excluded: false, matched: []};
				return compiled.kind === 'failed' ? 'failed' : String(compiled.matcher.matches(tested, above).excluded);
			};
		},
	};
}

const aPath = () => 'a/b/c';

const patterns: readonly HostileShape[] = [
	shellPattern('${x#*a*a*a*a*b}', '${x#*a*a*a*a*b}'),
	shellPattern('${x##*a*a*a*a*b}', '${x##*a*a*a*a*b}'),
	shellPattern('${x%b*a*a*a*a*}', '${x%b*a*a*a*a*}'),
	shellPattern('${x//*a*a*a*a*b/y}', '${x//*a*a*a*a*b/y}'),
	shellPattern('${x//a?a/y}', '${x//a?a/y}'),
	shellPattern('${x//a/y}', '${x//a/y}'),
	shellPattern('${x/a*b/y}', '${x/a*b/y}'),
	{
		name: 'a long pattern in ${x#…}',
		size: 10_000,
		prepare: n => () => expandWord(`\${x#${'*a'.repeat(n)}b}`, shell('a'.repeat(100)), {escape: '\\'}).kind,
	},
	ignorePatterns(
		'*a*a*a*a*b in an ignore file',
		25_000,
		() => '*a*a*a*a*b',
		n => 'a'.repeat(n),
	),
	ignorePatterns('**/**/…/x', 2500, n => `${'**/'.repeat(n)}x`, aPath),
	ignorePatterns(
		'**/**/…/x on a deep path',
		10_000,
		() => `${'**/'.repeat(20)}x`,
		n => 'a/'.repeat(n),
	),
	ignorePatterns(
		'*a*a…*b',
		10_000,
		n => `${'*a'.repeat(n)}b`,
		() => 'a'.repeat(100),
	),
	ignorePatterns('a{1000}a{1000}…', 500, n => `${'a{1000}'.repeat(n)}*`, aPath),
	ignorePatterns('[[:a][[:a]…', 25_000, n => '[[:a]'.repeat(n), aPath),
	ignorePatterns('{{{…', 50_000, n => `a*${'{'.repeat(n)}`, aPath),
	ignorePatterns('{{{…}', 50_000, n => `a*${'{'.repeat(n)}}`, aPath),
	ignorePatterns('\\Q…', 100_000, n => `*\\Q${'a'.repeat(n)}`, aPath),
	ignorePatterns('ignore patterns', 25_000, n => list(n, '\n', index => `folder${index}/*.txt`), aPath),
	ignorePatterns('exact ignore patterns', 50_000, n => list(n, '\n', index => `folder${index}`), aPath),
	ignorePatterns(
		'ignore patterns and exceptions',
		25_000,
		n => list(n, '\n', index => `${index % 2 ? '!' : ''}**/f${index}`),
		aPath,
	),
	ignorePatterns('../../…', 250_000, n => `a${'/..'.repeat(n)}/b`, aPath),
];

const others: readonly HostileShape[] = [
	{name: 'a long reference', size: 250_000, prepare: n => () => parseReference(`a/${'a-_.'.repeat(n)}`).kind},
	{name: 'a long host', size: 100_000, prepare: n => () => parseReference(`${'a.:1'.repeat(n)}/a`).kind},
	{
		name: 'attributes of a cache',
		size: 12_500,
		prepare: n => () => parseCacheFlag(`type=local,src=a,${list(n, ',', index => `a${index}=b`)}`, 'from').kind,
	},
	{
		name: 'quotes of a cache',
		size: 250_000,
		prepare: n => () => parseCacheFlag(`type=local,"src=${'""'.repeat(n)}"`, 'from').kind,
	},
];

/** All of them. None is much above 10 MB at four times its size. */
export const hostileShapes: readonly HostileShape[] = [...lines, ...stages, ...words, ...patterns, ...others];
