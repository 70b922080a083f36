import test from 'ava';
import fc from 'fast-check';
import type {BuildEvent, Engine} from '../../planner/index.ts';
import {maskOf} from '../../planner/secrets/mask.ts';
import {maskedEngine} from '../../planner/secrets/masked-engine.ts';
import {parseSecretFlag} from '../../planner/secrets/secret-flag.ts';
import {readSecrets} from '../../planner/secrets/secret-values.ts';
import {bareRequest} from '../helpers/bare-request.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const flags = test.macro({
	exec(t, text: string, expected: unknown) {
		const flag = parseSecretFlag(text);
		t.deepEqual(flag.kind === 'spec' ? flag.spec : flag.message, expected);
	},
	title: (_, text: string) => `--secret ${text}`,
});

test(flags, 'id=a,src=b', {id: 'a', source: {kind: 'file', path: 'b'}});
test(flags, 'id=a,source=b', {id: 'a', source: {kind: 'file', path: 'b'}});
test(flags, 'type=file,id=a,src=b', {id: 'a', source: {kind: 'file', path: 'b'}});
test(flags, 'id=a,env=B', {id: 'a', source: {kind: 'env', name: 'B'}});
test(flags, 'id=a,type=env,src=B', {id: 'a', source: {kind: 'env', name: 'B'}});
test(flags, 'ID=a', {id: 'a', source: {kind: 'by-id'}});
test(flags, '"id=a","src=b,c"', {id: 'a', source: {kind: 'file', path: 'b,c'}});
test(flags, 'src=b', 'a --secret has no id');
test(flags, 'id=a,value=hunter2', 'a --secret has no "value"');
test(flags, 'hunter2', 'a --secret has a part without "="');
test(flags, 'id=a,type=vault', 'the type of the secret "a" is neither file nor env');
test(flags, '"hunter2', 'a --secret is no list of key=value pairs');

test('values are read where buildx reads them', async t => {
	const cwd = temporaryTree(t, {'file.txt': 'of the file\n', both: 'not this\n', large: 'x'.repeat(500 * 1024 + 1)});
	const env = {VALUE: 'of the variable', both: 'of the variable of that name', EMPTY: ''};
	const read = (...texts: readonly string[]) =>
		readSecrets(
			texts.flatMap(text => {
				const flag = parseSecretFlag(text);
				return flag.kind === 'spec' ? [flag.spec] : [];
			}),
			{cwd, env},
		);
	t.deepEqual(await read('id=a,src=file.txt', 'id=b,env=VALUE', 'id=both', 'id=file.txt'), {
		kind: 'read',
		values: ['of the file\n', 'of the variable', 'of the variable of that name', 'of the file\n'],
		warnings: [],
	});
	t.deepEqual(await read('id=a,env=EMPTY', 'id=b,env=UNSET'), {
		kind: 'read',
		values: ['', ''],
		warnings: [
			'the secret "a" is empty: the variable EMPTY is not set',
			'the secret "b" is empty: the variable UNSET is not set',
		],
	});
	for (const [text, message] of [
		['id=a,src=none', 'the secret "a" cannot be read from "none": ENOENT'],
		['id=none', 'the secret "none" cannot be read from "none": ENOENT'],
		['id=a,src=large', 'the secret "a" cannot be read from "large": it has more than 500 KiB'],
		['id=a,src=.', 'the secret "a" cannot be read from ".": EISDIR'],
	] as const) {
		const result = await read(text);
		t.is(result.kind === 'failed' ? result.problem.message : '', message);
	}
});

const masked = test.macro({
	exec(t, values: readonly string[], text: string, expected: string) {
		t.is(maskOf(values).whole(text), expected);
	},
	title: (_, values: readonly string[], text: string) => `mask ${JSON.stringify(values)} in ${JSON.stringify(text)}`,
});

test(masked, [], 'text', 'text');
test(masked, ['', 'abc'], 'abc', 'abc');
test(masked, ['s3cret'], 'a s3cret, s3crets3cret', 'a ***, ******');
test(masked, ['s3cret\n'], 's3cret', '***');
test(masked, ['abcd', 'abcdef'], 'abcdefg abcde', '***g ***e');
test(masked, ['bcde', 'abcd'], 'abcde', '***e');
test(masked, ['-----BEGIN\nline one\n}\n-----END\n'], '-----BEGIN\nline one\n}\n-----END', '***\n***\n}\n***');
test(masked, ['  padded value  '], 'x padded value x', 'x *** x');
test(masked, ['a.*b'], 'a.*b axxb', '*** axxb');

test('a text in pieces is masked as a whole one, and nothing of a secret is shown on the way', t => {
	const letter = fc.constantFrom('a', 'b', 'c', '\n');
	const value = fc.string({unit: letter, maxLength: 8});
	const property = fc.property(
		fc.array(value, {maxLength: 4}),
		fc.array(fc.string({unit: letter, maxLength: 6}), {maxLength: 12}),
		(values, pieces) => {
			const mask = maskOf(values);
			const stream = mask.pieces();
			const shown = pieces.map(piece => stream.add(piece)).join('') + stream.end();
			t.is(shown, mask.whole(pieces.join('')));
			for (const line of values.flatMap(one => one.split('\n')).filter(one => one.length >= 4)) {
				t.false(shown.includes(line));
			}
		},
	);
	fc.assert(property, {numRuns: 2000});
});

test('ten thousand lines of secrets and a megabyte of text take less than two seconds', t => {
	const values = [Array.from({length: 10_000}, (_, index) => `${index * 7919} of many`).join('\n')];
	const started = Date.now();
	const text = 'something that is no secret 79190 of man\n'.repeat(25_000);
	t.is(maskOf(values).whole(text), text);
	t.true(Date.now() - started < 2000);
});

test('an engine says no secret: not in pieces of logs, warnings, messages, errors or its outcome', async t => {
	const said: BuildEvent[] = [
		{kind: 'vertex', digest: 'd', name: '[1/2] RUN a', inputs: [], cached: false, started: 1},
		{kind: 'log', vertex: 'd', stream: 'stdout', text: 'it is s3c'},
		{kind: 'log', vertex: 'd', stream: 'stderr', text: 'other s3'},
		{kind: 'log', vertex: 'd', stream: 'stdout', text: 'ret!\n'},
		{kind: 'warning', vertex: 'd', message: 'warned of s3cret'},
		{kind: 'message', text: 'ERROR: s3cret'},
		{
			kind: 'vertex',
			digest: 'd',
			name: '[1/2] RUN a',
			inputs: [],
			cached: false,
			started: 1,
			completed: 2,
			error: 's3cret',
		},
	];
	const engine: Engine = {
		info: {kind: 'buildx', address: '', canExportCache: true, takesOwnImages: false, platform: 'linux/amd64'},
		async build(_, onEvent) {
			said.forEach(onEvent);
			return {kind: 'failed', message: 'process s3cret failed'};
		},
		localImage: async () => undefined,
		close: async () => {},
	};
	const heard: BuildEvent[] = [];
	const outcome = await maskedEngine(engine, ['s3cret']).build(
		{
			contextDir: '/',
			dockerfile: '/Dockerfile',
			...bareRequest,
		},
		event => heard.push(event),
		new AbortController().signal,
	);
	t.deepEqual(outcome, {kind: 'failed', message: 'process *** failed'});
	t.deepEqual(
		heard.map(event =>
			'text' in event ? event.text : 'message' in event ? event.message : 'error' in event ? event.error : '',
		),
		['', 'it is ', 'other ', '***!\n', 'warned of ***', 'ERROR: ***', 's3', '***'],
	);
});
