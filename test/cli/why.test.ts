import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {firstCauses, storyTeller} from '../../planner/index.ts';
import {commitAll, gitRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {planKeys} from '../helpers/plan-keys.ts';
import {projectRoot} from '../helpers/project.ts';
import {type TreeEntry, temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/why.schema.json'), 'utf8'));

const files: Readonly<Record<string, TreeEntry>> = {
	Dockerfile: `FROM scratch AS deps
ARG TOKEN
COPY package.json /
RUN install \\
  --token $TOKEN
FROM scratch AS unneeded
COPY other.txt /
FROM scratch
COPY src /src/
COPY --from=deps /modules /modules
COPY <<EOF /token
token $TOKEN
EOF
`,
	'.dockerignore': '# what is not sent\n*.log\n!keep.log\nsrc/*.tmp\n',
	'package.json': '{}\n',
	'other.txt': 'other\n',
	'src/a.js': 'a\n',
	'src/real.js': 'real\n',
	'src/link.js': {link: 'real.js'},
	'src/b.tmp': 'b\n',
	'debug.log': 'x\n',
	'outside.txt': 'no step reads it\n',
};

const run = (dir: string, args: readonly string[]) =>
	runInProcess(['why', '--offline', '--engine=none', ...args], dir, {PATH: process.env['PATH'] ?? ''});

async function json<T>(t: ExecutionContext, dir: string, args: readonly string[]): Promise<T> {
	const result = await run(dir, [...args, '--format=json']);
	t.is(result.exitCode, 0, result.stderr);
	const value: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schema, value), []);
	return value as T;
}

interface FileJson {
	readonly file: {
		readonly isThere: boolean;
		readonly role: string;
		readonly ignoredBy: {readonly pattern: string; readonly line: number} | null;
		readonly readers: readonly {readonly line: number}[];
		readonly rebuilt: readonly {readonly line: number; readonly change: string}[];
	};
}

// What is asked for, the lines of the steps that read it, and those that would be rebuilt, or may be (?).
const fileCases: readonly (readonly [file: string, readers: readonly number[], rebuilt: readonly string[]])[] = [
	['package.json', [3], ['3', '4', '10?', '11?']],
	['src/a.js', [9], ['9', '10', '11']],
	['src/link.js', [9], ['9', '10', '11']],
	['src/new/deep.js', [], ['9', '10', '11']],
	['other.txt', [], []],
	['outside.txt', [], []],
	['debug.log', [], []],
	['src/b.tmp', [], []],
];

for (const [file, readers, rebuilt] of fileCases) {
	test(`what reads ${file}, and what it rebuilds`, async t => {
		const {file: story} = await json<FileJson>(t, temporaryTree(t, files), [file]);
		t.deepEqual(
			story.readers.map(({line}) => line),
			readers,
		);
		t.deepEqual(
			story.rebuilt.map(({line, change}) => `${line}${change === 'unknown' ? '?' : ''}`),
			rebuilt,
		);
	});
}

test('the pattern that leaves a file out is named with its line', async t => {
	const dir = temporaryTree(t, files);
	t.like((await json<FileJson>(t, dir, ['debug.log'])).file.ignoredBy, {pattern: '*.log', line: 2});
	t.like((await json<FileJson>(t, dir, ['src/b.tmp'])).file.ignoredBy, {pattern: 'src/*.tmp', line: 4});
	t.is((await json<FileJson>(t, dir, ['package.json'])).file.ignoredBy, null);
	t.is((await json<FileJson>(t, dir, ['Dockerfile'])).file.role, 'dockerfile');
	t.is((await json<FileJson>(t, dir, ['.dockerignore'])).file.role, 'ignore-file');
	t.regex((await run(dir, ['debug.log'])).stdout, /left out of the context by "\*\.log", line 2 of \.dockerignore\n/);
	t.regex((await run(dir, ['outside.txt'])).stdout, /no step of the target reads it\n {2}nothing is rebuilt/);
});

interface StepsJson {
	readonly steps: readonly {
		readonly id: string;
		readonly line: number;
		readonly reads: readonly {readonly files: number; readonly bytes: number; readonly paths: readonly string[]}[];
		readonly standsOn: readonly string[];
		readonly usedBy: readonly string[];
		readonly keyParts?: readonly {
			readonly definitions: readonly {readonly digest: string; readonly preimage: string; readonly masked: boolean}[];
		}[];
	}[];
}

for (const [name, lines] of [
	['4', [4]],
	['5', [4]],
	['0:3', [4]],
	['deps:3', [3]],
	['DEPS', [1, 2, 3, 4]],
	['stage-2:9', [9]],
] as const) {
	test(`${name} names steps`, async t => {
		const {steps} = await json<StepsJson>(t, temporaryTree(t, files), [name]);
		t.deepEqual(
			steps.map(({line}) => line),
			[...lines],
		);
	});
}

for (const [name, message, hint] of [
	['99', /no step of the target at line 99/, /nearest is at line 11/],
	['deps:9', /at line 9 of the stage "deps"/, /nearest is at line 4/],
	['unneeded', /does not need the stage "unneeded"/, /--target unneeded/],
	['nothing.txt', /"nothing\.txt" is no line, stage or step of the target, and no file/, /STAGE:LINE/],
] as const) {
	test(`${name} names nothing`, async t => {
		const result = await run(temporaryTree(t, files), [name]);
		t.is(result.exitCode, 2);
		t.regex(result.stderr, message);
		t.regex(result.stderr, hint);
	});
}

test('what a step reads and what it stands on', async t => {
	const {steps} = await json<StepsJson>(t, temporaryTree(t, files), ['9']);
	t.like(steps[0], {
		standsOn: [],
		usedBy: ['2:2'],
		reads: [{files: 3, bytes: 7, paths: ['src/a.js', 'src/link.js', 'src/real.js']}],
	});
});

test('the preimages of a key are the bytes that were hashed, but for values of build arguments', async t => {
	const dir = temporaryTree(t, files);
	const value = 'hunter-2-secret';
	const plain = await json<StepsJson>(t, dir, ['stage-2', '--key']);
	const definitions = plain.steps.flatMap(({keyParts = []}) => keyParts).flatMap(part => part.definitions);
	t.true(definitions.length > 3);
	for (const {digest, preimage, masked} of definitions) {
		t.false(masked);
		t.is(`sha256:${createHash('sha256').update(preimage).digest('hex')}`, digest);
	}

	for (const name of ['deps', 'stage-2']) {
		for (const format of ['text', 'json']) {
			const {stdout} = await run(dir, [name, '--key', `--build-arg=TOKEN=${value}`, `--format=${format}`]);
			t.true(stdout.includes('sha256:'));
			t.false(stdout.includes(value));
			t.false(stdout.includes(Buffer.from(value).toString('base64').slice(0, 12)));
		}
	}

	t.regex((await run(dir, ['deps', '--key', `--build-arg=TOKEN=${value}`])).stdout, /TOKEN=\*\*\*/);
});

test('without a name every first cause', async t => {
	const dir = temporaryTree(t, files);
	t.regex((await run(dir, [])).stdout, /^No cache yet: all 5 steps run\.\n$/);
	const {firstCauses} = await json<{readonly firstCauses: readonly unknown[]}>(t, dir, []);
	t.is(firstCauses.length, 5);
});

test('a cause leads to the first cause, and only that is told without a name', async t => {
	const dir = temporaryTree(t, files);
	const before = await planKeys(dir);
	writeTree(dir, {'src/a.js': 'changed\n'});
	const plan = await planKeys(dir, [before]);
	const last = plan.stages[2]?.steps[3];
	t.is(last?.outcome, 'miss');
	const chain = last === undefined ? [] : storyTeller(plan)(last).chain;
	t.deepEqual(
		chain.map(({step, cause}) => [step.instruction.range.start.line, cause?.kind]),
		[
			[10, 'parent'],
			[9, 'content'],
		],
	);
	t.deepEqual(
		firstCauses(plan).map(({forecast, followers}) => [forecast.step.id, followers]),
		[['2:1', 2]],
	);
});

test('the difference of revisions', async t => {
	const dir = gitRepository(t, files);
	writeTree(dir, {'package.json': '{"a": 1}\n'});
	commitAll(dir, 'second');
	const all = await run(dir, ['--since=HEAD^']);
	t.is(all.exitCode, 0, all.stderr);
	t.regex(all.stdout, /3 ✖ rebuilt COPY package\.json \/\n +1 of 1 file changed: package\.json \(content\)/);
	t.false(all.stdout.includes('RUN install'));
	t.regex((await run(dir, ['4', '--since=HEAD^'])).stdout, /4 ↳ rebuilt RUN install .*\n +follows line 3\n/);
	t.is((await run(dir, ['none.txt', '--since=HEAD^'])).exitCode, 2);
});
