import {setTimeout} from 'node:timers/promises';
import anyTest, {type TestFn} from 'ava';
import {createStyle} from '../../cli/render/style.ts';
import {createTalk, type Loudness} from '../../cli/talk.ts';
import {countedFiles} from '../../planner/counted-files.ts';
import {diskFiles} from '../../planner/source-files.ts';
import {startServer} from '../helpers/http-server.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {inFolder, type PlanContext, plain, prepare} from '../helpers/plan-cases.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const told: readonly (readonly [loudness: Loudness, interactive: boolean, expected: string])[] = [
	['quiet', true, ''],
	['quiet', false, ''],
	['normal', true, '… work\r\u001b[2Ksaid\n'],
	['normal', false, 'said\n'],
	['verbose', false, 'work: N ms\nsaid\n'],
	['debug', false, 'asked\nwork: N ms\nsaid\n'],
	['debug', true, '… work\r\u001b[2Kasked\n\r\u001b[2Kwork: N ms\nsaid\n'],
];

for (const [loudness, interactive, expected] of told) {
	test(`${loudness}, ${interactive ? 'on a terminal' : 'in a pipe'}`, async t => {
		let text = '';
		const err = (more: string) => {
			text += more;
		};
		const streams = {out: err, err, interactive, columns: 80};
		const talk = createTalk(streams, createStyle({env: {}, isTty: false}), loudness);
		const result = await talk.during('work', async () => {
			talk.debug('asked');
			return 1;
		});
		talk.say('said\n');
		t.is(result, 1);
		t.is(text.replace(/\d+ ms/g, 'N ms'), expected);
	});
}

test('how far the work is stands on a terminal alone, and not too often', async t => {
	const tell = async (interactive: boolean, loudness: Loudness, waits: readonly number[]) => {
		let text = '';
		const err = (more: string) => {
			text += more;
		};
		const talk = createTalk({out: err, err, interactive, columns: 30}, createStyle({env: {}, isTty: false}), loudness);
		await talk.during('work', async () => {
			for (const wait of waits) {
				await setTimeout(wait);
				talk.status(`${wait} ms after the one before`);
			}
		});
		talk.status('nothing is under way');
		return text.replaceAll('\r\u001b[2K', '|');
	};
	t.is(await tell(false, 'normal', [150]), '');
	t.is(await tell(true, 'quiet', [150]), '');
	t.is(await tell(true, 'normal', [150, 0]), '… work|… work: 150 ms after the one…|');
});

test('what is hashed is counted', t => {
	const dir = temporaryTree(t, {'a.txt': 'aa\n', 'b.txt': 'b\n'});
	const told: string[] = [];
	const {folder} = countedFiles(diskFiles, ({files, bytes}) => told.push(`${files} ${bytes}`));
	const source = folder(dir, () => new Map());
	const entries = source.names('').flatMap(name => source.entry(name) ?? []);
	for (const entry of entries) {
		t.is(source.memo?.find(entry), undefined);
		source.memo?.note(entry, `digest of ${entry.path}`);
		t.is(source.memo?.find(entry), `digest of ${entry.path}`);
	}

	t.deepEqual(told.at(-1), '2 5');
	t.is(told.length, 2);
});

test('--debug tells what is asked of a registry, and no secret', async t => {
	const server = await startServer((_, response) => {
		response.writeHead(404).end();
	});
	const {host} = server;
	try {
		await inFolder(t, {}, async cwd => {
			const args = ['plan', 'app', '--cache-from', `type=registry,ref=${host}/app:cache`, '--build-arg', 'TOKEN=hush'];
			const silent = await runInProcess(args, cwd, plain);
			t.is(silent.stderr, '');
			const {stderr, stdout, exitCode} = await runInProcess([...args, '--debug'], cwd, plain);
			t.is(exitCode, 0);
			t.is(stdout, silent.stdout);
			t.regex(stderr, new RegExp(`^GET ${host}/v2/app/manifests/cache: 404 in \\d+ ms$`, 'm'));
			t.regex(stderr, /^reading Dockerfile, context and caches: \d+ ms$/m);
			t.regex(stderr, /^planning: \d+ ms$/m);
			t.false(stderr.includes('hush'));
		});
	} finally {
		await server.stop();
	}
});

test('--quiet leaves errors', async t => {
	await inFolder(t, {Dockerfile: 'FROM scratch\nSTOPSIGNAL\n'}, async cwd => {
		const {stderr, exitCode} = await runInProcess(['plan', 'app', '--offline', '--quiet'], cwd, plain);
		t.is(exitCode, 1);
		t.true(stderr.startsWith('app/Dockerfile:2:1 error '), stderr);
		const key = ['key', 'app', '--offline'];
		await inFolder(t, {Dockerfile: 'FROM nowhere.example/a\nCOPY a.txt /\n'}, async other => {
			t.true((await runInProcess(key, other, plain)).stderr.startsWith('note '));
			t.is((await runInProcess([...key, '--quiet'], other, plain)).stderr, '');
		});
	});
});
