import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {gitRepository} from '../helpers/git-repository.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {projectRoot} from '../helpers/project.ts';
import {temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

const run = (dir: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
	runInProcess(['plan', '--offline', ...args], dir, {PATH: process.env['PATH'] ?? '', ...env});

// A base that nobody can look up, a file that git does not know, a step that follows and one that is gone.
function changedRepository(t: ExecutionContext): string {
	const dir = gitRepository(t, {
		Dockerfile: `FROM example.test/node AS build
COPY package.json /
RUN npm ci
COPY src /src
FROM scratch
COPY --from=build /app /app
COPY docs /docs
`,
		'.gitignore': 'docs/*.tmp\n',
		'package.json': '{}\n',
		'src/a.js': 'a\n',
		'docs/a.md': 'a\n',
	});
	writeTree(dir, {'package.json': '{"a": "|*<b>"}\n', 'docs/new|*<b>.tmp': ''});
	return dir;
}

// Ids of commits have the time in them.
const plain = (text: string): string => text.replace(/\b[\da-f]{12}\b/g, '0123456789ab');

for (const format of ['markdown', 'html', 'tree']) {
	test(`what a change rebuilds as ${format}`, async t => {
		const {stdout, stderr} = await run(changedRepository(t), ['--since=HEAD', '--format', format]);
		t.is(stderr, '');
		// The style and script of the page are those of plans, which have tests of their own.
		const shown = plain(stdout)
			.replace(/<style>.*?<\/style>/s, '<style></style>')
			.replace(/<script>.*?<\/script>/s, '<script></script>')
			.replace(/'sha256-[^']*'/g, "'sha256-…'");
		const file = path.join(projectRoot, 'test/revisions/golden', `${format}.txt`);
		t.is(shown, readFileSync(file, 'utf8'), `${file} holds what is expected; --format ${format} prints:\n${shown}`);
	});
}

test('in GitHub Actions the summary of the step says it', async t => {
	const dir = changedRepository(t);
	const file = path.join(temporaryTree(t, {summary: ''}), 'summary');
	const env = {GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file};
	const {stdout} = await run(dir, ['--since=HEAD', '--format=markdown'], env);
	t.is(readFileSync(file, 'utf8'), `${stdout}\n`);
	await run(dir, ['--since=HEAD', '--no-summary'], env);
	t.is(readFileSync(file, 'utf8'), `${stdout}\n`);
});

for (const args of [
	['--cache-from=type=local,src=cache'],
	['--no-cache'],
	['--no-cache-filter=build'],
	['--max-age=7d'],
	['--verify-blobs'],
	['--require-cached'],
]) {
	test(`${args} has no meaning with --since`, async t => {
		const dir = gitRepository(t, {Dockerfile: 'FROM scratch\n'});
		const {exitCode, stderr} = await run(dir, ['--since=HEAD', ...args]);
		t.is(exitCode, 2);
		const [flag = ''] = args.join().split('=');
		t.is(
			stderr,
			`error ${flag} has no meaning with --since, which reads no cache\n  hint: leave ${flag} out, or plan against the cache without --since\n`,
		);
	});
}

test('a format that is none of a change is a mistake', async t => {
	const dir = gitRepository(t, {Dockerfile: 'FROM scratch\n'});
	const {exitCode, stderr} = await run(dir, ['--since=HEAD', '--format=dot']);
	t.is(exitCode, 2);
	t.is(stderr, 'error --since is not shown as dot\n  hint: use --format tree, text, json, markdown, html\n');
});
