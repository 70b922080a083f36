import {readFileSync} from 'node:fs';
import {chmod, cp, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {run} from '../engine/processes.ts';
import {commandsOf} from '../helpers/ci-configuration.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {programFile, projectRoot} from '../helpers/project.ts';
import {workflowErrors} from '../helpers/read-workflow.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

async function init(...args: readonly string[]): Promise<string> {
	const result = await runInProcess(['init', ...args], projectRoot);
	if (result.exitCode !== 0) {
		throw new Error(result.stderr);
	}

	return result.stdout;
}

const valueAt = (value: unknown, place: string): unknown =>
	place
		.split('/')
		.reduce<unknown>(
			(part, name) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[name] : undefined),
			value,
		);

// What the documentation of each CI says a cache is described by; see the doc comments in cli/ci-config.
const facts = test.macro({
	async exec(t, ci: string, expected: Readonly<Record<string, unknown>>) {
		const config: unknown = parse(await init(ci));
		for (const [place, value] of Object.entries(expected)) {
			t.deepEqual(valueAt(config, place), value, place);
		}
	},
	title: (_, ci: string) => `${ci}: what restores and saves the cache`,
});

test(facts, 'github', {
	'jobs/build/steps/4': {
		name: 'Restore the layers',
		id: 'layers',
		uses: 'actions/cache/restore@v4',
		with: {
			path: '.cachecast/cache',
			key: '${{ steps.key.outputs.key }}',
			'restore-keys': '${{ steps.key.outputs.restore-keys }}',
		},
	},
	'jobs/build/steps/6': {
		name: 'Save the layers',
		if: "steps.layers.outputs.cache-hit != 'true'",
		uses: 'actions/cache/save@v4',
		with: {path: '.cachecast/cache', key: '${{ steps.key.outputs.key }}'},
	},
});
const key = '{{ checksum ".cachecast/key" }}';
test(facts, 'circleci', {
	version: 2.1,
	'jobs/docker/steps/4/restore_cache/keys': [
		'cachecast-v1-last-Dockerfile-{{ arch }}-{{ .Branch }}--',
		'cachecast-v1-last-Dockerfile-{{ arch }}-main--',
	],
	'jobs/docker/steps/5/restore_cache/keys': [
		`cachecast-v1-Dockerfile-{{ arch }}-${key}`,
		'cachecast-v1-Dockerfile-{{ arch }}-{{ checksum ".cachecast/last" }}',
		'cachecast-v1-Dockerfile-{{ arch }}-',
	],
	'jobs/docker/steps/7/save_cache/key': `cachecast-v1-Dockerfile-{{ arch }}-${key}`,
	'jobs/docker/steps/7/save_cache/paths': ['.cachecast/cache'],
	'jobs/docker/steps/8/save_cache/key': `cachecast-v1-last-Dockerfile-{{ arch }}-{{ .Branch }}--${key}`,
	'jobs/docker/steps/8/save_cache/paths': ['.cachecast/last'],
});
test(facts, 'gitlab', {
	'docker/cache': {
		key: 'cachecast-v1-Dockerfile-$CI_COMMIT_REF_SLUG',
		fallback_keys: ['cachecast-v1-Dockerfile-main'],
		unprotect: true,
		paths: ['.cachecast/cache/', '.cachecast/key'],
	},
});

test("github: GitHub's own parser takes it", async t => {
	const text = await init('github', 'services/api', '-f', "it's a file: here", '--default-branch=release/1');
	t.deepEqual(await workflowErrors(text), []);
	t.deepEqual(await workflowErrors(text.replace('runs-on', 'run-on')), [
		"docker.yml (Line: 18, Col: 5): Unexpected value 'run-on'",
		'docker.yml (Line: 18, Col: 5): Required property is missing: runs-on',
	]);
});

// A folder of programs that stand in for the CI's: its package managers do nothing, cachecast is the one built here.
async function programs(dir: string, docker: string): Promise<string> {
	const bin = path.join(dir, '.bin');
	await mkdir(bin);
	const cli = programFile;
	const texts = {npm: 'exit 0', apk: 'exit 0', docker, cachecast: `exec "${process.execPath}" "${cli}" "$@"`};
	for (const [name, text] of Object.entries(texts)) {
		await writeFile(path.join(bin, name), `#!/bin/sh\n${text}\n`);
		await chmod(path.join(bin, name), 0o755);
	}

	return `${bin}:${process.env['PATH']}`;
}

// Without an engine: what docker and the build are told is noted, all else runs as it stands.
const executed = test.macro({
	async exec(t, ci: string) {
		const dir = temporaryTree(t, {'.git/HEAD': ''});
		await cp(path.join(projectRoot, 'samples/diamond'), path.join(dir, 'app dir'), {recursive: true});
		const notes = path.join(dir, 'notes');
		const PATH = await programs(dir, 'echo "docker $*" >> "$NOTES"');
		const env = {
			PATH,
			NOTES: notes,
			HOME: dir,
			GITHUB_OUTPUT: path.join(dir, 'output'),
			CACHECAST_CACHE_DIR: path.join(dir, 'store'),
			DOCKER_HOST: 'unix:///nowhere/docker.sock',
		};
		await writeFile(
			path.join(dir, '.bin/cachecast'),
			`#!/bin/sh\nif [ "$1" = build ]; then mkdir -p .cachecast/cache && echo "build: $2" >> "$NOTES"; exit; fi\nexec "${process.execPath}" "${programFile}" "$@"\n`,
		);
		const commands = commandsOf(ci, await init(ci, 'app dir'));
		for (const {text, shell} of commands) {
			const [program = 'sh', ...args] = shell;
			const result = await run(program, [...args, '-c', text], {cwd: dir, env});
			t.is(result.exitCode, 0, `${text}\n${result.stderr}`);
		}

		const written = {github: 'output', circleci: '.cachecast/key', gitlab: '.cachecast/env'}[ci] ?? '';
		t.regex(readFileSync(path.join(dir, written), 'utf8'), /^(?:key=|CACHECAST_KEY=)?cachecast-v1-app_dir_Dockerfile/);
		t.regex(readFileSync(notes, 'utf8'), /build: app dir\n$/);
	},
	title: (_, ci: string) => `${ci}: every command runs`,
});

test(executed, 'github');
test(executed, 'circleci');
test(executed, 'gitlab');

const mistakes = test.macro({
	async exec(t, _: string, args: readonly string[], stderr: RegExp) {
		const result = await runInProcess(['init', ...args], projectRoot);
		t.is(result.exitCode, 2);
		t.is(result.stdout, '');
		t.regex(result.stderr, stderr);
	},
	title: (_, what: string) => `mistake: ${what}`,
});

test(mistakes, 'no CI', [], /missing required argument 'ci'/);
test(mistakes, 'a CI that is not known', ['travis'], /Allowed choices are circleci, github, gitlab/);
test(mistakes, 'a path of this machine', ['github', '/home/me/app'], /a path of this machine[\s\S]*hint: .*repository/);
test(mistakes, 'standard input', ['github', '.', '-f', '-'], /must be paths/);
test(mistakes, 'a branch with a line break', ['github', '--default-branch', 'a\nb'], /cannot be written/);
