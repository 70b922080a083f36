import test from 'ava';
import {
	type Digest,
	dialectOf,
	dialects,
	type ExecOptions,
	lastReleaseOf,
	newestDialect,
	sha256,
} from '../../analyzer/index.ts';
import {keyedSteps} from '../helpers/pipeline.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const rootSelector = sha256('/');

/** In which dialects something holds of the key of the last step. */
const changes = test.macro(
	(
		t,
		{
			dockerfile,
			buildArgs = {},
			execOptions = {},
			holds,
			since,
			until,
		}: {
			readonly dockerfile: string;
			readonly buildArgs?: Readonly<Record<string, string>>;
			readonly execOptions?: Partial<ExecOptions>;
			/** What is looked for in the preimage, or among the selectors. */
			readonly holds: string;
			readonly since?: string;
			readonly until?: string;
		},
	) => {
		const minor = (version: string) => Number(version.split('.')[1]);
		const actual = dialects.map(dialect => {
			const {map} = keyedSteps(dockerfile, {dialect, buildArgs, execOptions}).at(-1) ?? {};
			const actions = [...(map?.preimages[0] ?? '').matchAll(/"([A-Za-z0-9+/]{20,}=*)"/g)].map(([, action = '']) =>
				Buffer.from(action, 'base64').toString(),
			);
			const text = [map?.preimages[0], ...actions, ...(map?.inputs ?? []).map(input => input.selector)].join('\n');
			return [dialect.since, text.includes(holds)];
		});
		const expected = dialects.map(dialect => {
			const at = minor(dialect.since);
			return [dialect.since, at >= minor(since ?? '0.0') && at < minor(until ?? '0.999')];
		});
		t.deepEqual(actual, expected);
	},
);

const twoRoots: Digest = sha256('/\0/');
test('the selector of two roots is the one engines exported', t => {
	t.true(twoRoots.startsWith('sha256:9f2e3049'));
});

test('0.10: limits of the build reach RUN', changes, {
	dockerfile: 'FROM a\nRUN true\n',
	execOptions: {cgroupParent: 'limited'},
	holds: '"cgroupParent":"limited"',
	since: '0.10',
});
test('0.10: a tmpfs mount has options', changes, {
	dockerfile: 'FROM a\nRUN --mount=type=tmpfs,target=/t true\n',
	holds: '"TmpfsOpt":{}',
	since: '0.10',
});
test('0.11: mount stubs are removed', changes, {
	dockerfile: 'FROM a\nRUN true\n',
	holds: '"removeMountStubsRecursive":true',
	since: '0.11',
});
test('0.13: the root mount is selected', changes, {
	dockerfile: 'FROM a\nRUN true\n',
	holds: rootSelector,
	since: '0.13',
});
test('0.13: the id of a cache mount is blanked', changes, {
	dockerfile: 'FROM a\nRUN --mount=type=cache,target=/c,id=other true\n',
	holds: '/other"',
	until: '0.13',
});
test('0.15.2: a secret has no input', changes, {
	dockerfile: 'FROM a\nRUN --mount=type=secret,id=s true\n',
	holds: twoRoots,
	since: '0.13',
	until: '0.15.2',
});
test('0.17: zeros of mounts are left out', changes, {
	dockerfile: 'FROM a\nRUN --mount=type=tmpfs,target=/t true\n',
	holds: '"input":0',
	until: '0.17',
});
test('0.17: an owner by name', changes, {
	dockerfile: 'FROM a\nCOPY --chown=app f /\n',
	holds: '{"User":{"ByName":',
	since: '0.17',
	until: '0.18',
});
test('0.18: an owner by number', changes, {
	dockerfile: 'FROM a\nCOPY --chown=7 f /\n',
	holds: '{"User":{"byId":7}}',
	since: '0.18',
});
test('up to 0.17: an owner by number', changes, {
	dockerfile: 'FROM a\nCOPY --chown=7 f /\n',
	holds: '{"User":{"byID":7}}',
	until: '0.17',
});
test('0.17: TARGETSTAGE', changes, {
	dockerfile: 'FROM a AS fin\nARG TARGETSTAGE\nRUN true\n',
	holds: '"TARGETSTAGE=fin"',
	since: '0.17',
});
test('0.19: TARGETOSVERSION', changes, {
	dockerfile: 'FROM a\nARG TARGETOSVERSION\nRUN true\n',
	holds: '"TARGETOSVERSION=',
	since: '0.19',
});
test('0.22: WORKDIR takes SOURCE_DATE_EPOCH', changes, {
	dockerfile: 'FROM a\nWORKDIR /w\n',
	buildArgs: {SOURCE_DATE_EPOCH: '1700000000'},
	holds: '"timestamp":1700000000000000000',
	since: '0.22',
});

test('0.29: so does a global ARG with a value', changes, {
	dockerfile: 'ARG SOURCE_DATE_EPOCH=1700000000\nFROM a\nWORKDIR /w\n',
	holds: '"timestamp":1700000000000000000',
	since: '0.29',
});

test('a time that is no number is known only in the build', t => {
	for (const [value, known] of [
		['1700000000', true],
		['-5', true],
		['', true],
		['context', false],
	] as const) {
		const steps = keyedSteps('FROM a\nWORKDIR /w\nCOPY f /\n', {buildArgs: {SOURCE_DATE_EPOCH: value}});
		t.is(steps.at(-1)?.map !== undefined, known, value);
	}
});

test('the last release of a dialect', t => {
	t.deepEqual(
		dialects.map(dialect => lastReleaseOf(dialect)),
		[
			'0.8',
			'0.9',
			'0.10',
			'0.11',
			'0.12',
			'0.15.1',
			'0.16',
			'0.17',
			'0.18',
			'0.19',
			'0.21',
			'0.22',
			'0.23',
			'0.24',
			'0.25',
			'0.28',
			undefined,
		],
	);
});

test('0.13 to 0.15.1: a secret makes the root an input that is compared by content', t => {
	const byContent = dialects.map(dialect => {
		const {map} = keyedSteps('FROM a\nRUN --mount=type=secret,id=s true\n', {dialect}).at(-1) ?? {};
		return [dialect.since, map?.inputs[0]?.content];
	});
	t.deepEqual(
		byContent.filter(([, content]) => content !== undefined),
		[['0.13', []]],
	);
});

test('an input that is the root and a mount besides', t => {
	const contentIn = (since: string) =>
		keyedSteps('FROM a AS one\nRUN x\nFROM one\nRUN --mount=from=one,target=/m true\n', {
			dialect: dialectOf(since) ?? newestDialect,
		})
			.at(-1)
			?.map?.inputs.map(({content}) => content !== undefined);
	t.deepEqual([contentIn('0.12'), contentIn('0.13'), contentIn('0.26')], [[false], [true], [true]]);
});

test('0.8: a wildcard takes whole folders, from 0.9 on what is in them', t => {
	const context = temporaryTree(t, {'lib/a.txt': 'a\n', 'other/b.txt': 'b\n'});
	const header = (mode: number, size: number, type: number) =>
		`namemode${mode}uid0gid0size${size}typeflag${type}linknameunamegnamedevmajor0devminor0`;
	const [a, folder] = [sha256(`${header(420, 2, 0)}a\n`), sha256(header(493, 0, 5))];
	const record = (matches: string) => sha256(`${sha256(sha256(matches))}@-1`);
	const contents = (since: string, source: string) =>
		keyedSteps(`FROM a\nCOPY ${source} /\n`, {context, dialect: dialectOf(since) ?? newestDialect}).at(-1)?.contents;
	t.deepEqual(contents('0.8', 'lib*'), [record(`lib${sha256(`\0${folder}\0a.txt${a}`)}`)]);
	t.deepEqual(contents('0.9', 'lib*'), [record(`lib${folder}\0a.txt${a}`)]);
	// Files are hashed alike.
	t.deepEqual(contents('0.8', 'lib/*.txt'), contents('0.9', 'lib/*.txt'));
	t.deepEqual(contents('0.8', 'none*'), contents('0.9', 'none*'));
});

test('0.26: another hash of what a wildcard matches', t => {
	const context = temporaryTree(t, {'lib/a.txt': 'a\n', 'lib/b.txt': 'b\n', 'lib/c.md': 'c\n'});
	const file = (text: string) =>
		sha256(`namemode420uid0gid0size${text.length}typeflag0linknameunamegnamedevmajor0devminor0${text}`);
	const [a, b] = [file('a\n'), file('b\n')];
	const record = (matches: string) => sha256(`${sha256(sha256(matches))}@-1`);
	const contents = (since: string) =>
		keyedSteps('FROM a\nCOPY lib/*.txt /\n', {context, dialect: dialectOf(since) ?? newestDialect}).at(-1)?.contents;
	t.deepEqual(contents('0.25'), [record(`a.txt${a}\0b.txt${b}`)]);
	t.deepEqual(contents('0.26'), [record(`\0a.txt${a}\0b.txt${b}`)]);
});

test('COPY --link ends in a merge that engines know', t => {
	const merge = (since: string) =>
		keyedSteps('FROM a\nCOPY --link f /\n', {dialect: dialectOf(since) ?? newestDialect}).at(-1);
	t.true(merge('0.25')?.record?.startsWith('sha256:5dbfbafede47'));
	t.is(merge('0.25')?.map?.preimages[0], '{"Type":"buildkit.merge.v0","Merge":{"inputs":[{},{"input":1}]}}');
	// The engines of 0.13 and 0.12.5 have these.
	t.true(merge('0.13')?.record?.startsWith('sha256:24b141c485de'));
	t.true(merge('0.12')?.record?.startsWith('sha256:9db38c9fbc7f'));
	t.is(merge('0.16')?.map?.preimages[0], '{"Type":"buildkit.merge.v0","Merge":{"inputs":[{"input":0},{"input":1}]}}');
});

test('dialectOf', t => {
	const table: readonly (readonly [version: string, since: string | undefined])[] = [
		['v0.8.3', '0.8'],
		['0.10.6', '0.10'],
		['v0.11.0', '0.11'],
		['v0.13.1', '0.13'],
		['v0.15.0', '0.13'],
		['v0.15.1', '0.13'],
		['v0.15.2', '0.15.2'],
		['0.15', '0.15.2'],
		['v0.16.0', '0.15.2'],
		['v0.17.3', '0.17'],
		['v0.21.1', '0.20'],
		['v0.23.1', '0.23'],
		['v0.24.0', '0.24'],
		['v0.25.1', '0.25'],
		['v0.26.0+unknown', '0.26'],
		['v0.28.1', '0.26'],
		['v0.32.2', '0.29'],
		['v0.99.0', '0.29'],
		['v1.0.0', '0.29'],
		['latest', undefined],
	];
	for (const [version, since] of table) {
		t.is(dialectOf(version)?.since, since, version);
	}
});
