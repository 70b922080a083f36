import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {commandLine, withoutCommands} from '../../cli/github-actions.ts';
import {hostileDockerfile} from '../helpers/hostile-dockerfile.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {inFolder, offline, type PlanContext, plain, prepare} from '../helpers/plan-cases.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const actions = {...plain, GITHUB_ACTIONS: 'true'};

/** What a runner takes for a command (actions/runner ActionCommand.cs). */
const isCommand = (line: string) => line.trimStart().startsWith('::') || line.includes('##[');
const commandsIn = (text: string) => text.split(/[\r\n]/).filter(isCommand);

test('a mistake becomes an annotation', async t => {
	await inFolder(t, {Dockerfile: 'FROM scratch\nSTOPSIGNAL\n'}, async cwd => {
		const {stdout, stderr, exitCode} = await runInProcess(offline, cwd, actions);
		t.is(exitCode, 1);
		t.deepEqual(commandsIn(`${stdout}\n${stderr}`), [
			'::error file=app/Dockerfile,line=2,endLine=2,col=1,endColumn=11,title=cachecast%3A syntax::STOPSIGNAL requires exactly one argument',
		]);
		const quiet = await runInProcess([...offline, '--no-annotations'], cwd, actions);
		t.deepEqual(commandsIn(quiet.stderr), []);
		const elsewhere = await runInProcess(offline, cwd, plain);
		t.deepEqual(commandsIn(elsewhere.stderr), []);
	});
});

test('lint: findings as annotations, ten of a kind, and all in the summary', async t => {
	const from = Array.from({length: 12}, (_, at) => `FROM a${at} AS s${at}`).join('\n');
	await inFolder(t, {Dockerfile: `${from}\n`}, async cwd => {
		const summary = path.join(cwd, 'summary.md');
		await writeFile(summary, 'before\n');
		const {stderr} = await runInProcess(['lint', 'app/Dockerfile'], cwd, {...actions, GITHUB_STEP_SUMMARY: summary});
		t.is(commandsIn(stderr).filter(line => line.startsWith('::warning file=app/Dockerfile,line=')).length, 10, stderr);
		const text = await readFile(summary, 'utf8');
		t.true(text.startsWith('before\n**cachecast lint**: '), text);
		t.true(text.includes('| app/Dockerfile&#58;12 | warning | '), text);
	});
});

test('plan: no annotation of a miss, the plan in the summary', async t => {
	await inFolder(t, {}, async cwd => {
		const summary = path.join(cwd, 'summary.md');
		const env = {...actions, GITHUB_STEP_SUMMARY: summary};
		const {stdout, stderr} = await runInProcess(offline, cwd, env);
		t.deepEqual(commandsIn(`${stdout}\n${stderr}`), []);
		t.true((await readFile(summary, 'utf8')).startsWith('**app/Dockerfile → stage-0**: 0 hit, 1 miss, 0 unknown\n'));
		await runInProcess([...offline, '--no-summary'], cwd, {...env, GITHUB_STEP_SUMMARY: path.join(cwd, 'no.md')});
		await t.throwsAsync(readFile(path.join(cwd, 'no.md')), {code: 'ENOENT'});
		const lost = await runInProcess(offline, cwd, {...actions, GITHUB_STEP_SUMMARY: path.join(cwd, 'no', 'no.md')});
		t.is(lost.exitCode, 0);
		t.is(lost.stderr, 'the step summary cannot be written: ENOENT\n');
	});
});

for (const args of [
	offline,
	[...offline, '--format', 'json'],
	[...offline, '--format', 'table'],
	['lint', 'app/Dockerfile'],
	['graph', 'app', '--steps'],
]) {
	test(`a Dockerfile gives no commands: ${args.join(' ')}`, async t => {
		const broken = `${hostileDockerfile}\n::error::z\n \u0085::add-mask::m ##[stop-commands]x\n`;
		for (const dockerfile of [hostileDockerfile, broken]) {
			await inFolder(t, {Dockerfile: dockerfile}, async cwd => {
				const result = await runInProcess(
					[...args, '--no-annotations'].filter(flag => args[0] !== 'graph' || flag !== '--no-annotations'),
					cwd,
					actions,
				);
				t.deepEqual(commandsIn(`${result.stdout}\n${result.stderr}`), []);
				const before = await runInProcess(args, cwd, plain);
				t.is(result.exitCode, before.exitCode);
				if (args.includes('json') && dockerfile === hostileDockerfile) {
					t.true(before.stdout.includes('##['));
					t.deepEqual(JSON.parse(result.stdout), JSON.parse(before.stdout));
				}
			});
		}
	});
}

test('commands are escaped as by @actions/core', t => {
	t.is(
		commandLine('warning', {file: 'a,b:c%', line: 3}, '50%\r\n::error::x'),
		'::warning file=a%2Cb%3Ac%25,line=3::50%25%0D%0A::error::x',
	);
	t.is(withoutCommands('a\n \u0085 ::x::y\r::z'), 'a\n \u0085 : :x::y\r: :z');
	t.is(withoutCommands('::::'), ': :::');
});
