import {chmodSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {run} from '../engine/processes.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

// What `plan --format commands` writes, run as it is, must ask docker for what `build` asks it for.

const listing =
	'Name:   far\nDriver: docker-container\n\nNodes:\nName: far0\nEndpoint: tcp://10.0.0.2:2376\nStatus: running\nBuildKit version: v0.26.2\nPlatforms: linux/amd64\n';

/** Notes each build in a file of its own: the words of its command line, then the Dockerfile and the ignore file it names. */
const docker = `#!/bin/sh
case "$*" in
	'buildx version') echo 'github.com/docker/buildx v0.29.1 abc';;
	'buildx inspect'*) cat "\${0%docker}listing";;
	*build*)
		call="\${0%docker}calls/$(ls "\${0%docker}calls" | wc -l)"
		: > "$call"
		for word in "$@"; do
			printf '%s\\n' "$word" >> "$call"
			case "$word" in
				--file=*) cat "\${word#--file=}" >> "$call"; cat "\${word#--file=}.dockerignore" >> "$call" 2>/dev/null || true;;
			esac
		done;;
esac
`;

function callsOf(bin: string): readonly string[] {
	const folder = path.join(bin, 'calls');
	return readdirSync(folder)
		.sort((a, b) => Number(a) - Number(b))
		.map(name => readFileSync(path.join(folder, name), 'utf8'));
}

// What `build` needs for itself: its way to read progress and digests, a copy of the Dockerfile, and a folder to export to.
function plain(call: string): string {
	return call
		.replace(/^--progress=rawjson\n|^--metadata-file=.*\n/gm, '')
		.replace(/^--file=\/.*\/Dockerfile$|^--file=\/.*\/\d+$/gm, '--file=…')
		.replace(/(dest=[^,]*\.cachecast\/)[^,\n]*/g, '$1…');
}

const same = test.macro(
	async (t: ExecutionContext, dockerfile: string, flags: readonly string[], builds: number): Promise<void> => {
		const bin = (name: string) => ({
			[`${name}/docker`]: {text: docker, mode: 0o755},
			[`${name}/listing`]: listing,
			[`${name}/calls`]: {folderMode: 0o755},
		});
		const dir = temporaryTree(t, {
			...bin('built'),
			...bin('scripted'),
			"it's/Dockerfile": dockerfile,
			"it's/a.txt": 'a\n',
			"it's/.git": {folderMode: 0o755},
			'other/b.txt': 'b\n',
		});
		mkdirSync(path.join(dir, 'tmp'));
		chmodSync(path.join(dir, 'tmp'), 0o700);
		const all = ["it's", '--offline', '--builder', 'far', ...flags];
		const built = path.join(dir, 'built');
		const searched = (name: string) => `${path.join(dir, name)}:/usr/bin:/bin`;
		await runInProcess(['build', ...all, '--jobs', '1'], dir, {PATH: searched('built')});
		const plan = await runInProcess(['plan', ...all, '--format', 'commands'], dir, {
			PATH: searched('scripted'),
		});
		t.is(plan.stderr, '');
		t.is(plan.exitCode, 0, plan.stdout);
		const shell = await run('sh', [], {
			cwd: '/',
			env: {PATH: searched('scripted'), TMPDIR: path.join(dir, 'tmp')},
			input: plan.stdout,
		});
		t.deepEqual(shell, {exitCode: 0, stdout: '', stderr: ''});
		const expected = callsOf(built).map(plain);
		t.is(expected.length, builds);
		t.deepEqual(callsOf(path.join(dir, 'scripted')).map(plain), expected);
		// Copies of Dockerfiles are gone again.
		t.deepEqual(readdirSync(path.join(dir, 'tmp')), []);
	},
);

test('one stage', same, 'FROM scratch\nCOPY a.txt /\n', [], 1);
test(
	'words that a shell would read',
	same,
	'FROM scratch\nARG X\nCOPY a.txt /\n',
	[
		'--build-arg',
		'X=it\'s $HOME `id` "q"\n*',
		'--add-host',
		'a:10.0.0.1',
		'--ulimit',
		'nofile=1:2',
		'--network',
		'none',
	],
	1,
);
test(
	'leaves with and without a name, platform and named context',
	same,
	'FROM scratch AS one\nCOPY a.txt /\nFROM scratch\nCOPY --from=other b.txt /\nFROM scratch AS last\nCOPY --from=one / /\n',
	['--platform', 'linux/arm64', '--build-context', 'other=other', '--shm-size', '64m', '--no-cache-filter', 'one'],
	2,
);
test('bytes that are no text', same, 'FROM scratch\nLABEL a="\udc80\r"\nCOPY a.txt /\n', ['--no-cache'], 1);

test('an argument whose value is in the environment is not written', async t => {
	const dir = temporaryTree(t, {Dockerfile: 'FROM scratch\nARG TOKEN\nARG OTHER\nCOPY a.txt /\n', 'a.txt': 'a\n'});
	const flags = ['--offline', '--build-arg', 'TOKEN', '--build-arg', 'OTHER=x', '--format', 'commands'];
	const {stdout, exitCode} = await runInProcess(['plan', '.', ...flags], dir, {TOKEN: 'hush'});
	t.is(exitCode, 0);
	t.true(stdout.includes(' --build-arg=TOKEN --build-arg=OTHER=x '), stdout);
	t.false(stdout.includes('hush'));
});
