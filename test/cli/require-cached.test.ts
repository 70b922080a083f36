import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {runCli} from '../helpers/run-cli.ts';

const env = {NO_COLOR: '1', DOCKER_HOST: 'unix:///nowhere/docker.sock'};

const cli = test.macro({
	async exec(t, args: readonly string[], exitCode: number, stderr: RegExp) {
		const cwd = await mkdtemp(path.join(os.tmpdir(), 'cachecast-cached-'));
		await writeFile(path.join(cwd, 'Dockerfile'), 'FROM scratch AS files\nCOPY a.txt /\nFROM scratch\nLABEL a=1\n');
		await writeFile(path.join(cwd, 'a.txt'), 'a\n');
		const result = await runCli([...args, '.'], {cwd, env});
		t.is(result.exitCode, exitCode, result.stderr);
		t.regex(result.stderr, stderr);
		await rm(cwd, {recursive: true, force: true});
	},
	title: (_, args: readonly string[], exitCode: number) => `${args.join(' ')}: exit ${exitCode}`,
});

const list = /^error --require-cached: not every step is cached\n {2}line 2 miss COPY a\.txt \/ \(no cache yet\)\n$/m;
const plan = ['plan', '--engine=none'];

test(cli, [...plan, '--target=files', '--require-cached'], 3, list);
test(cli, [...plan, '--target=files', '--require-cached', '--detailed-exitcode'], 3, list);
test(cli, [...plan, '--target=files', '--detailed-exitcode'], 2, /^(?!error)/);
test(cli, [...plan, '--require-cached'], 0, /^(?!error)/);
// A build makes every stage, and needs an engine only where nothing would run.
test(cli, ['build', '--require-cached'], 3, list);
test(cli, ['build', '--no-cache', '--require-cached'], 3, /line 2 miss COPY a\.txt \/ \(--no-cache\)/);
test(cli, [...plan, '--max-age=7'], 2, /^error "7" is no age\n {2}hint: write a whole number/);
test(
	cli,
	[...plan, '--max-age=file=7d'],
	2,
	/^error --max-age names the stage "file", .*\n {2}hint: did you mean "files"\?/,
);
test(cli, ['build', '--push'], 2, /^error --push needs a name for the image/);
test(cli, ['build', '--push', '-t', 'Upper'], 2, /^error -t "Upper": .*\n {2}hint: write -t registry\/name:tag/);
