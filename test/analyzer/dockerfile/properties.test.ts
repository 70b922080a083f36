import test from 'ava';
import fc from 'fast-check';
import {emptyEnvironment, expandWord, expandWords} from '../../../analyzer/dockerfile/expand.ts';
import type {ParseResult} from '../../../analyzer/dockerfile/instruction.ts';
import {parseDockerfile} from '../../../analyzer/dockerfile/parse.ts';
import type {Range} from '../../../analyzer/dockerfile/source.ts';

const parse = (text: string): ParseResult => parseDockerfile({path: 'Dockerfile', text});

/** Pieces a Dockerfile is made of, so that arbitrary texts are often nearly valid. */
const piece = fc.constantFrom(
	...['FROM a', 'FROM a AS b', 'RUN', 'COPY', 'ADD', 'ENV', 'ARG', 'ONBUILD', 'HEALTHCHECK CMD', 'CMD', 'LABEL', 'frm'],
	...['--from=b', '--mount=type=cache,target=/x', '--mount=from=$x', '--link', '--chown="a b"', '--x', '--é=à', '--'],
	...['<<EOF', '<<-X', '<<"Y"', 'EOF', 'X', '["a","b"]', '["a"', '[1]', 'a=b', '"a b"', "'", '"', '$x', `\${x:-y}`],
	...[
		'\\\n',
		'`\n',
		'\n',
		'\r\n',
		' ',
		' ',
		' ',
		'\t',
		'\u00a0',
		'# c\n',
		'#',
		'\\',
		'# escape=`\n',
		'# check=x\n',
		'🎉',
	],
);

const nearlyDockerfile = fc.array(piece, {maxLength: 40}).map(pieces => pieces.join(''));
const anyText = fc.oneof(nearlyDockerfile, fc.string({unit: 'binary', maxLength: 200}));

/** Every range in a value. */
function rangesIn(value: unknown): readonly Range[] {
	if (typeof value !== 'object' || value === null) {
		return [];
	}

	return isRange(value) ? [value] : Object.values(value).flatMap(rangesIn);
}

function isRange(value: object): value is Range {
	return 'start' in value && 'end' in value;
}

test('any text is read or refused, and all ranges lie in it', t => {
	fc.assert(
		fc.property(anyText, text => {
			const lines = text.replace(/^\ufeff/, '').split('\n');
			for (const {start, end} of rangesIn(parse(text))) {
				t.true(start.line < end.line || (start.line === end.line && start.column <= end.column));
				for (const {line, column} of [start, end]) {
					t.true(line >= 1 && line <= lines.length && column >= 1);
					t.true(column <= (lines[line - 1]?.length ?? 0) + 1);
				}
			}
		}),
		{numRuns: 2000},
	);
});

test('a keyword stands where its range says', t => {
	fc.assert(
		fc.property(nearlyDockerfile, text => {
			const result = parse(text);
			const lines = text.split('\n');
			for (const {from, instructions} of result.kind === 'parsed' ? result.dockerfile.stages : []) {
				for (const {keyword, keywordRange} of [from, ...instructions]) {
					const {start, end} = keywordRange;
					const line = lines[start.line - 1] ?? '';
					t.is(start.line === end.line ? line.slice(start.column - 1, end.column - 1) : keyword, keyword);
				}
			}
		}),
		{numRuns: 1000},
	);
});

/** An instruction over one or more lines. */
const instruction = fc
	.tuple(
		fc.constantFrom('RUN a', 'COPY --from=b x y', 'ENV a=b', 'LABEL "x"=1', 'CMD ["a",', 'ARG q', 'FROM z AS y'),
		fc.array(fc.constantFrom(' \\\n b=1', '\\\n"c"]', ' \\\n\tx=y', ' \\\n\n z=1'), {maxLength: 3}),
	)
	.map(([first, more]) => `${first}${more.join('')}`);

const body = fc.array(instruction, {maxLength: 5}).map(instructions => ['FROM a', ...instructions, ''].join('\n'));

/** What was read, without places and comments. */
function meaning(result: ParseResult): unknown {
	if (result.kind === 'failed') {
		return {message: result.diagnostic.message};
	}

	const {globalArgs, stages} = result.dockerfile;
	return JSON.parse(
		JSON.stringify({globalArgs, stages}, (key, value: unknown) =>
			/range$/i.test(key) || key === 'comments' ? undefined : value,
		),
	);
}

test('a comment changes no instruction, wherever its line stands', t => {
	fc.assert(
		fc.property(body, fc.nat(), fc.constantFrom('# c', '  # c \\', '#', '\t#FROM x'), (text, at, comment) => {
			const lines = text.split('\n');
			const index = at % lines.length;
			const commented = [...lines.slice(0, index), comment, ...lines.slice(index)].join('\n');
			t.deepEqual(meaning(parse(commented)), meaning(parse(text)));
		}),
		{numRuns: 500},
	);
});

test('line endings of Windows change no instruction', t => {
	fc.assert(
		fc.property(body, text => {
			t.deepEqual(meaning(parse(text.replaceAll('\n', '\r\n'))), meaning(parse(text)));
		}),
	);
});

test('what stands in one stage does not change how another is read', t => {
	fc.assert(
		fc.property(body, body, (first, second) => {
			const [one, two, both] = [parse(first), parse(second), parse(first + second)];
			if (one.kind === 'parsed' && two.kind === 'parsed') {
				t.is(both.kind, 'parsed');
				const stages = [...one.dockerfile.stages, ...two.dockerfile.stages].map(({from}) => from.text);
				t.deepEqual(both.kind === 'parsed' && both.dockerfile.stages.map(({from}) => from.text), stages);
			}
		}),
	);
});

const shellPiece = fc.constantFrom(
	...Array.from('$ {}:-+?#%/xy"\'\\` a*<1@_é'),
	`\${x`,
	`\${y:-`,
	`\${z//`,
	'🎉',
	'\ufeff',
);
const shellWord = fc.array(shellPiece, {maxLength: 16}).map(pieces => pieces.join(''));

test('any word is expanded or refused', t => {
	fc.assert(
		fc.property(
			shellWord,
			fc.constantFrom('\\', '`'),
			fc.boolean(),
			fc.boolean(),
			(word, escape, rawQuotes, skipUnsetEnv) => {
				const options = {escape, rawQuotes, skipUnsetEnv} as const;
				const one = expandWord(word, emptyEnvironment, options);
				t.is(expandWords(word, emptyEnvironment, options).kind, one.kind);
			},
		),
		{numRuns: 2000},
	);
});

test('a word without anything special is itself', t => {
	const plain = fc.string({unit: fc.constantFrom(...'abc/.=:;()[]{}#%é🎉')});
	fc.assert(
		fc.property(plain, word => {
			const result = expandWord(word, emptyEnvironment, {escape: '\\'});
			t.is(result.kind === 'expanded' ? result.text : undefined, word);
		}),
	);
});

test('a quoted value is one word whatever it holds', t => {
	fc.assert(
		fc.property(fc.string(), value => {
			const environment = {get: () => value, names: () => ['x']};
			const result = expandWords('"$x"', environment, {escape: '\\'});
			t.deepEqual(result.kind === 'expanded' && result.words, value === '' ? [] : [value]);
		}),
	);
});
