import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {compareLedgers} from '../../planner/ledger/compare-ledgers.ts';
import type {Ledger} from '../../planner/ledger/ledger.ts';
import {ledgerArtifact} from '../../planner/ledger/ledger-artifact.ts';
import {storeLedger} from '../../planner/store/store-ledger.ts';
import {commitAll, gitRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {noted, type Planned, planOver} from '../helpers/noted-plan.ts';
import {projectRoot} from '../helpers/project.ts';
import {writeExport} from '../helpers/store-export.ts';
import {type TreeEntry, temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

const schemaOf = (name: string): unknown =>
	JSON.parse(readFileSync(path.join(projectRoot, `cli/schemas/${name}.schema.json`), 'utf8'));

const dockerfile = `FROM node:22 AS build
ARG VERSION=1
COPY package.json ./
RUN npm ci
RUN npm test
FROM scratch
COPY --from=build /app /app
`;
const tree: Readonly<Record<string, TreeEntry>> = {'package.json': '{}\n', 'docs/a.md': 'a\n'};

type Changes = Omit<Partial<Planned>, 'folder'> & {readonly tree?: typeof tree};

async function ledgerOf(t: ExecutionContext, {tree: files = tree, ...rest}: Changes) {
	return noted(await planOver({dockerfile, folder: temporaryTree(t, files), ...rest}));
}

/** The lines of the later file, each with what became of it. */
const compared = test.macro({
	async exec(t: ExecutionContext, before: Changes, after: Changes, expected: readonly string[]) {
		const [from, to] = [(await ledgerOf(t, before)).cache.ledger, (await ledgerOf(t, after)).cache.ledger];
		t.deepEqual(
			from === undefined || to === undefined
				? []
				: compareLedgers(from, to).map(
						({step, change, follows, differences}) =>
							`${step.line} ${change}${follows === undefined ? '' : ` ${follows}`}${differences.map(({kind}) => ` ${kind}`).join('')}`,
					),
			expected,
		);
	},
	title: title => `two ledgers: ${title}`,
});

const change = (from: string, to: string) => ({dockerfile: dockerfile.replace(from, to)});
test('nothing', compared, {}, {}, ['3 same', '4 same', '5 same', '7 same']);
test('a file', compared, {}, {tree: {...tree, 'package.json': '1\n'}}, [
	'3 changed files',
	'4 follows 3',
	'5 follows 4',
	'7 follows 5',
]);
test('a text', compared, {}, change('npm test', 'npm run all'), ['3 same', '4 same', '5 changed text', '7 follows 5']);
test('a build argument', compared, {}, {buildArgs: {VERSION: '2'}}, [
	'3 same',
	'4 changed arg',
	'5 changed 4 arg',
	'7 follows 5',
]);
test('a step more', compared, {}, change('RUN npm test', 'RUN npm test\nUSER 1\nWORKDIR /x'), [
	'3 same',
	'4 same',
	'5 same',
	'7 new',
	'9 follows 7',
]);
test('a step less', compared, {}, change('RUN npm ci\n', ''), ['3 same', '4 same', '4 gone', '6 same']);
test('the base', compared, {base: 'one'}, {base: 'two'}, [
	'3 changed base',
	'4 follows 3',
	'5 follows 4',
	'7 follows 5',
]);

test('what a ledger does not have is not called the same', async t => {
	const {ledger} = (await ledgerOf(t, {})).cache;
	const cut: Ledger = {
		writtenAt: '',
		steps: (ledger?.steps ?? []).map(step => ({
			...step,
			reads: step.reads.map(({files: _, ...read}) => read),
		})),
	};
	t.deepEqual(
		compareLedgers(cut, ledger ?? cut).map(({change}) => change),
		['unknown', 'unknown', 'unknown', 'unknown'],
	);
});

async function twoCaches(t: ExecutionContext): Promise<string> {
	const dir = temporaryTree(t, {Dockerfile: dockerfile, 'noted/none': ''});
	for (const [name, changes] of [
		['one', {}],
		['two', {tree: {...tree, 'package.json': '1\n'}}],
	] as const) {
		await writeExport(path.join(dir, name), 'latest', 'AB');
		await storeLedger(path.join(dir, name), 'latest', ledgerArtifact((await ledgerOf(t, changes)).bytes));
	}

	await writeExport(path.join(dir, 'bare'), 'latest', 'AB');
	return dir;
}

const run = (dir: string, args: readonly string[]) =>
	runInProcess(['why', '--offline', '--engine=none', ...args], dir, {PATH: process.env['PATH'] ?? ''});

test('two caches as text and as data', async t => {
	const dir = await twoCaches(t);
	const {stdout} = await run(dir, ['--from', 'one', '--to', 'type=local,src=two']);
	t.is(
		stdout,
		`from type=local,src=one (written 1970-01-01T00:00:00.000Z)
to   type=local,src=two (written 1970-01-01T00:00:00.000Z)

build
  3 ✖ changed COPY package.json ./
              1 of 1 file changed: package.json (content)
  4 ↳ follows RUN npm ci
              follows line 3
  5 ↳ follows RUN npm test
              follows line 4

stage-1
  7 ↳ follows COPY --from=build /app /app
              follows line 5

Difference: 1 changed, 3 follows.
`,
	);
	const json: unknown = JSON.parse((await run(dir, ['build:3', '--from=one', '--to=two', '--format=json'])).stdout);
	t.deepEqual(schemaErrors(schemaOf('compare'), json), []);
	t.like(json, {
		from: {name: 'type=local,src=one'},
		steps: [{line: 3, change: 'changed', reason: '1 of 1 file changed: package.json (content)'}],
	});
});

test('two revisions, neither of them the work tree', async t => {
	const dir = gitRepository(t, {
		Dockerfile: 'FROM scratch\nCOPY a.txt /\nCOPY b.txt /\n',
		'a.txt': '1\n',
		'b.txt': '1\n',
	});
	writeTree(dir, {'a.txt': '2\n'});
	commitAll(dir, 'second');
	writeTree(dir, {'b.txt': '2\n'});
	commitAll(dir, 'third');
	writeTree(dir, {'a.txt': '1\n', 'b.txt': '3\n'});
	const changed = async (...args: readonly string[]) => {
		const {stdout, stderr} = await run(dir, [...args, '--format=json']);
		const json = JSON.parse(stdout || '{}');
		t.deepEqual(schemaErrors(schemaOf('since'), json), [], stderr);
		return json.platforms[0].stages
			.flatMap(({steps}: {steps: readonly {line: number}[]}) => steps)
			.map(({line, change}: {line: number; change: string}) => `${line} ${change}`);
	};
	t.deepEqual(await changed('2', '--from=HEAD~2', '--to=HEAD~1'), ['2 rebuilt']);
	t.deepEqual(await changed('3', '--from=HEAD~1', '--to=HEAD'), ['3 rebuilt']);
	t.deepEqual(await changed('2', '--from=HEAD~1', '--to=HEAD'), ['2 same']);
	// Against the work tree, which has the first a.txt again.
	t.deepEqual(await changed('--from=HEAD~2'), ['3 rebuilt']);
	t.regex((await run(dir, ['--from=HEAD~2', '--to=HEAD~1'])).stdout, /^Dockerfile since HEAD~2 \(.*\) until HEAD~1 \(/);
});

for (const [args, message, hint] of [
	[['--to=one'], /--to needs --from/, /--from A --to B/],
	[['--from=one'], /a cache is compared with another one/, /two caches/],
	[['--from=one', '--to=main'], /a cache is not compared with a revision/, /two revisions/],
	[['--from=one', '--to=bare'], /no ledger beside type=local,src=bare/, /cachecast build writes one/],
	[['--from=one', '--to=type=nothing'], /unknown type "nothing"/, /registry/],
	[['none:9', '--from=one', '--to=two'], /"none:9" is no line, stage or step/, /STAGE:LINE/],
	[['--from=HEAD', '--since'], /both name a revision/, /one of them/],
] as const) {
	test(`a wrong comparison: ${args.join(' ')}`, async t => {
		const result = await run(await twoCaches(t), args);
		t.is(result.exitCode, 2);
		t.regex(result.stderr, message);
		t.regex(result.stderr, hint);
	});
}
