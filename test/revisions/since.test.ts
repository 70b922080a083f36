import {
	appendFileSync,
	chmodSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Step} from '../../analyzer/index.ts';
import {vertexIdentity} from '../../planner/ci/vertex-identity.ts';
import {cloneOf, commitAll, git, gitRepository, sampleRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {planKeys} from '../helpers/plan-keys.ts';
import {projectRoot} from '../helpers/project.ts';
import {writeTree} from '../helpers/temporary-tree.ts';

interface StepJson {
	readonly id: string;
	readonly line: number;
	readonly change: 'same' | 'rebuilt' | 'unknown' | 'none';
	readonly reason: string | null;
}

interface SinceJson {
	readonly since: {readonly name: string; readonly commit: string};
	readonly notes: readonly string[];
	readonly platforms: readonly {
		readonly stages: readonly {readonly steps: readonly StepJson[]}[];
		readonly summary: {readonly same: number; readonly rebuilt: number; readonly unknown: number};
	}[];
}

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/since.schema.json'), 'utf8'));
const samples = ['node-service', 'single-stage', 'diamond', 'static-binary', 'unpinned'];

const run = (dir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
	runInProcess(['plan', '--offline', ...args], dir, {PATH: process.env['PATH'] ?? '', ...env});

async function since(
	t: ExecutionContext,
	dir: string,
	args: readonly string[] = ['--since'],
	env: Readonly<Record<string, string>> = {},
): Promise<SinceJson> {
	const result = await run(dir, [...args, '--format=json'], env);
	t.is(result.exitCode, 0, result.stderr);
	const json: unknown = JSON.parse(result.stdout);
	t.deepEqual(schemaErrors(schema, json), []);
	return json as SinceJson;
}

const stepsOf = ({platforms}: SinceJson): readonly StepJson[] =>
	platforms.flatMap(({stages}) => stages.flatMap(({steps}) => steps));
const changed = (json: SinceJson): Readonly<Record<number, string>> =>
	Object.fromEntries(
		stepsOf(json).flatMap(({line, change, reason}) =>
			change === 'same' || change === 'none' ? [] : [[line, `${change}: ${reason}`]],
		),
	);

for (const sample of samples) {
	test(`every step of a clean clone of ${sample} is the same`, async t => {
		const clone = cloneOf(t, sampleRepository(t, sample));
		const json = await since(t, clone, ['--since=HEAD']);
		t.deepEqual(changed(json), {});
		t.true((json.platforms[0]?.summary.same ?? 0) > 0);
		t.is((await run(clone, ['--since=HEAD', '--detailed-exitcode'])).exitCode, 0);
	});
}

// One change of each sample: what is done to the work tree.
const changes: Readonly<Record<string, Readonly<Record<string, (dir: string) => void>>>> = {
	'node-service': {
		'a source file': dir => appendFileSync(path.join(dir, 'src/server.js'), '// more\n'),
		'the mode of a script': dir => chmodSync(path.join(dir, 'scripts/install.sh'), 0o755),
		'a new file': dir => writeFileSync(path.join(dir, 'src/new.js'), ''),
		'a file that is gone': dir => rmSync(path.join(dir, 'src/settings.js')),
		'a file that became a link': dir => {
			rmSync(path.join(dir, 'src/settings.js'));
			symlinkSync('server.js', path.join(dir, 'src/settings.js'));
		},
		'a file that no step reads': dir => appendFileSync(path.join(dir, 'README.md'), 'more\n'),
		'an argument': dir => replaceIn(dir, 'bookworm', 'trixie'),
		'an environment': dir => replaceIn(dir, 'NODE_ENV=production', 'NODE_ENV=test'),
		'a comment': dir => replaceIn(dir, 'FROM deps AS build', '# more\nFROM deps AS build'),
		'a folder that moved': dir => renameSync(path.join(dir, 'test'), path.join(dir, 'tests')),
	},
	diamond: {
		'one side': dir => writeFileSync(path.join(dir, 'left.txt'), 'changed\n'),
		'a name of a stage': dir => replaceIn(dir, /\bleft\b(?!\.)/g, 'other'),
		'a step in between': dir => replaceIn(dir, 'COPY right.txt ./', 'RUN true\nCOPY right.txt ./'),
	},
	'single-stage': {
		'the ignore file': dir => writeFileSync(path.join(dir, '.dockerignore'), 'pages/news.html\n'),
	},
};

function replaceIn(dir: string, from: string | RegExp, to: string): void {
	const file = path.join(dir, 'Dockerfile');
	const text = readFileSync(file, 'utf8');
	writeFileSync(file, text.replace(from, to));
}

// Keys as two checkouts have them, worked out without git and without records.
async function identitiesIn(dir: string): Promise<readonly (readonly [step: Step, identity: string])[]> {
	const plan = await planKeys(dir);
	const identify = vertexIdentity(plan.keys, () => {});
	return plan.stages.flatMap(({steps}) =>
		steps.flatMap(({step}) =>
			step.vertex === undefined || step.instruction.kind === 'from' ? [] : [[step, identify(step.vertex)] as const],
		),
	);
}

for (const [sample, table] of Object.entries(changes)) {
	for (const [name, change] of Object.entries(table)) {
		test(`${sample}: ${name} changes the steps whose keys change`, async t => {
			const dir = sampleRepository(t, sample);
			const before = cloneOf(t, dir);
			change(dir);
			const old = new Set((await identitiesIn(before)).map(([, identity]) => identity));
			const now = await identitiesIn(dir);
			const expected = now.flatMap(([step, identity]) => (old.has(identity) ? [] : [step.id]));
			const steps = stepsOf(await since(t, dir));
			t.deepEqual(
				steps.filter(step => step.change === 'rebuilt' || step.change === 'unknown').map(({id}) => id),
				expected,
			);
			if (sample === 'diamond') {
				// The same again from commits.
				commitAll(dir, 'second');
				const committed = stepsOf(await since(t, dir, ['--since=HEAD^']));
				t.deepEqual(
					committed.map(step => step.change),
					steps.map(step => step.change),
				);
			}
		});
	}
}

const project = {
	Dockerfile: 'FROM scratch AS one\nCOPY a.txt /\nRUN one\nFROM scratch\nCOPY src /src/\nCOPY --from=one /out /out\n',
	'a.txt': 'a\n',
	'src/b.txt': 'b\n',
	'src/c.sh': {text: 'c\n', mode: 0o755},
	'src/link': {link: 'b.txt'},
};

test('what changed is told, and an output of a stage is unknown', async t => {
	const dir = gitRepository(t, project);
	writeTree(dir, {'a.txt': 'A\n'});
	chmodSync(path.join(dir, 'src/c.sh'), 0o644);
	const json = await since(t, dir);
	t.deepEqual(changed(json), {
		2: 'rebuilt: 1 of 1 file changed: a.txt (content)',
		3: 'rebuilt: follows line 2',
		5: 'rebuilt: 1 of 3 files changed: src/c.sh (mode 0755 → 0644)',
		6: 'rebuilt: follows line 5',
	});
	t.is((await run(dir, ['--since', '--detailed-exitcode'])).exitCode, 2);
	const text = (await run(dir, ['--since'])).stdout;
	t.regex(text, /Dockerfile since HEAD \([0-9a-f]{12}\)/);
	t.regex(text, /2 ✖ rebuilt COPY a\.txt \/\n +1 of 1 file changed: a\.txt \(content\)/);
	t.regex(text, /Change: 0 same, 4 rebuilt, 0 unknown\./);
});

test('neither index nor work tree is touched', async t => {
	const dir = gitRepository(t, project);
	writeTree(dir, {'a.txt': 'A\n', 'src/staged.txt': 'x\n'});
	git(dir, 'add', 'src/staged.txt');
	const index = readFileSync(path.join(dir, '.git/index'));
	const status = git(dir, 'status', '--porcelain');
	writeFileSync(path.join(dir, '.git/index'), index);
	await since(t, dir);
	t.deepEqual(readFileSync(path.join(dir, '.git/index')), index);
	t.is(git(dir, 'status', '--porcelain'), status);
});

test('files that git does not keep are told apart from new ones', async t => {
	const dir = gitRepository(t, {...project, '.gitignore': '*.log\n', '.dockerignore': '.git\n'});
	writeTree(dir, {'src/debug.log': 'x\n'});
	mkdirSync(path.join(dir, 'src/empty'));
	const unknown = await since(t, dir);
	t.deepEqual(changed(unknown), {
		5: 'unknown: git cannot tell what this was: src/debug.log, src/empty; the step is the same if that is',
		6: 'unknown: follows line 5',
	});
	writeTree(dir, {'src/new.txt': 'x\n'});
	t.deepEqual(changed(await since(t, dir)), {
		5: 'rebuilt: 1 of 5 files changed: src/new.txt (added)',
		6: 'rebuilt: follows line 5',
	});
});

test('a file that git was told not to look at counts as it is', async t => {
	const dir = gitRepository(t, project);
	git(dir, 'update-index', '--assume-unchanged', 'a.txt');
	writeTree(dir, {'a.txt': 'A\n'});
	t.deepEqual(Object.keys(changed(await since(t, dir))), ['2', '3', '6']);
});

test('line ends that git makes on the way out are no change', async t => {
	const dir = gitRepository(t, {...project, '.gitattributes': 'a.txt eol=crlf\n'});
	rmSync(path.join(dir, 'a.txt'));
	git(dir, 'checkout', '--', 'a.txt');
	t.is(readFileSync(path.join(dir, 'a.txt'), 'utf8'), 'a\r\n');
	t.deepEqual(changed(await since(t, dir)), {});
	writeTree(dir, {'.gitattributes': ''});
	t.deepEqual((await since(t, dir)).notes, [
		'.gitattributes have changed since: line ends and filters are taken as they are now',
	]);
});

test('a submodule at another commit is not guessed at', async t => {
	const inner = gitRepository(t, {'lib.txt': 'one\n'});
	const dir = gitRepository(t, {...project, Dockerfile: 'FROM scratch\nCOPY lib /lib/\nCOPY a.txt /\n'});
	git(dir, 'submodule', '--quiet', 'add', `file://${inner}`, 'lib');
	commitAll(dir, 'with lib');
	t.deepEqual(changed(await since(t, dir)), {});
	writeTree(inner, {'lib.txt': 'two\n'});
	commitAll(inner, 'second');
	git(path.join(dir, 'lib'), 'pull', '--quiet');
	t.like(changed(await since(t, dir)), {
		2: 'unknown: git cannot tell what this was: lib; the step is the same if that is',
	});
});

test('a Dockerfile that moved is found, one that is new is not', async t => {
	const dir = gitRepository(t, project);
	git(dir, 'mv', 'Dockerfile', 'build.Dockerfile');
	const json = await since(t, dir, ['-f', 'build.Dockerfile', '--since']);
	t.deepEqual(json.notes, ['build.Dockerfile was Dockerfile then']);
	t.deepEqual(changed(json), {});
	writeTree(dir, {'new.Dockerfile': 'FROM scratch\nWORKDIR /\n'});
	const failed = await run(dir, ['-f', 'new.Dockerfile', '--since']);
	t.is(failed.exitCode, 2);
	t.regex(failed.stderr, /at HEAD: there is no Dockerfile at "new\.Dockerfile"/);
});

test('a revision that could not be built is told', async t => {
	const dir = gitRepository(t, {...project, Dockerfile: 'FROM scratch\nCOPI a.txt /\n'});
	writeTree(dir, {Dockerfile: project.Dockerfile});
	const failed = await run(dir, ['--since']);
	t.is(failed.exitCode, 2);
	t.regex(failed.stderr, /the Dockerfile of HEAD cannot be built: line 2: .*COPI/);
});

test('a context in a folder of the work tree, and named contexts', async t => {
	const dir = gitRepository(t, {
		'app/Dockerfile': 'FROM scratch\nCOPY a.txt /\nCOPY --from=lib b.txt /\n',
		'app/a.txt': 'a\n',
		'lib/b.txt': 'b\n',
	});
	const args = ['app', '--build-context=lib=lib', '--since'];
	t.deepEqual(changed(await since(t, dir, args)), {});
	writeTree(dir, {'lib/b.txt': 'B\n'});
	t.deepEqual(changed(await since(t, dir, args)), {3: 'rebuilt: 1 of 1 file changed: lib:b.txt (content)'});
});

// What is compared with where no revision is named.
test('in a CI the change begins at the merge base', async t => {
	const dir = gitRepository(t, project);
	const base = git(dir, 'rev-parse', 'HEAD');
	git(dir, 'checkout', '--quiet', '-b', 'change');
	writeTree(dir, {'a.txt': 'A\n'});
	commitAll(dir, 'change');
	git(dir, 'checkout', '--quiet', 'main');
	writeTree(dir, {'src/b.txt': 'B\n'});
	commitAll(dir, 'elsewhere');
	const clone = cloneOf(t, dir);
	const branch = cloneOf(t, dir, '--branch', 'change');
	const head = git(branch, 'rev-parse', 'HEAD');
	for (const [env, where, commit] of [
		[{}, branch, head],
		[{CI: 'true', GITHUB_BASE_REF: 'main'}, branch, base],
		[{CI: 'true', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main'}, branch, base],
		[{CI: 'true', CIRCLE_BRANCH: 'change'}, branch, base],
		// On the default branch itself: what the last commit changed.
		[{CI: 'true'}, clone, base],
	] as const) {
		t.is((await since(t, where, ['--since'], env)).since.commit, commit, JSON.stringify(env));
	}

	t.deepEqual(Object.keys(changed(await since(t, branch, ['--since'], {CI: 'true'}))), ['2', '3', '6']);
});

test('what is not in a clone is told with the command that brings it', async t => {
	const dir = gitRepository(t, project);
	const first = git(dir, 'rev-parse', 'HEAD');
	writeTree(dir, {'a.txt': 'A\n'});
	commitAll(dir, 'second');
	const shallow = cloneOf(t, dir, '--depth=1');
	const cases = [
		[shallow, ['--since', first], {}, /which is shallow/, /git fetch --unshallow/],
		[shallow, ['--since'], {CI: 'true'}, /"HEAD\^1" is not in this clone/, /fetch-depth: 0/],
		[shallow, ['--since'], {GITHUB_BASE_REF: 'next'}, /branch "next" is not/, /git fetch origin next:/],
		[dir, ['--since=nope'], {}, /no revision "nope"/, /--since=main/],
		[dir, ['--since=--all'], {}, /no revision "--all"/, /name a commit/],
		['/', ['--since'], {}, /not a git repository/, /in a clone/],
		[dir, ['--since'], {PATH: '/nowhere'}, /needs the program git/, /PATH/],
	] as const;
	for (const [where, args, env, message, hint] of cases) {
		const failed = await run(where, args, env);
		t.is(failed.exitCode, 2, failed.stdout);
		t.regex(failed.stderr, message);
		t.regex(failed.stderr, hint);
	}
});

test('what an image that nobody could look at decides is unknown', async t => {
	const dir = gitRepository(t, {
		Dockerfile:
			'FROM base:1 AS one\nWORKDIR $HOME/x\nRUN a\nFROM base:1 AS two\nLABEL a=1\nRUN b\nFROM base:2\nCOPY --from=two /b /b\nCOPY --from=one /a /a\n',
	});
	t.deepEqual(changed(await since(t, dir)), {});
	const file = path.join(dir, 'Dockerfile');
	writeFileSync(file, readFileSync(file, 'utf8').replace('$HOME/x', '/x').replace('a=1', 'a=2'));
	const json = await since(t, dir);
	const unknown = stepsOf(json).filter(({change}) => change === 'unknown');
	t.deepEqual(
		unknown.map(({line}) => line).sort((a, b) => a - b),
		[2, 3, 9],
	);
	t.true(unknown.every(({reason}) => reason?.includes('base:1') === true));
	t.deepEqual([json.platforms[0]?.summary.same, json.platforms[0]?.summary.rebuilt], [2, 0]);
});
