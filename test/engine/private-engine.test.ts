import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {makeBaseImage} from './base-image.ts';
import {buildx, docker, wipe} from './buildx.ts';
import {killEngine, restartEngine, startAnotherEngine} from './private-engine.ts';
import {processesOf, run} from './processes.ts';
import {stopFolder} from './stop.ts';
import {busyboxIn, loadTestEngine, whyNoEngine} from './test-engine.ts';

test('another engine is apart from the first, survives a kill, can be emptied, and leaves nothing behind', async t => {
	const first = loadTestEngine();
	if (first === undefined) {
		t.log(whyNoEngine());
		t.pass();
		return;
	}
	const start = await startAnotherEngine(first);
	if (start.kind === 'unavailable') {
		t.log(start.reason);
		t.is(first.kind, 'found');
		return;
	}
	const {engine} = start;
	const bridge = await readFile(path.join(engine.folder, 'bridge'), 'utf8');
	try {
		t.not(engine.registry, first.registry);
		t.not(engine.env['DOCKER_HOST'], first.env['DOCKER_HOST']);
		const made = await makeBaseImage(engine, 'apart', {
			labels: {'a.b': 'c "d"'},
			env: {GREETING: 'hello $x'},
			files: {'/etc/greeting': 'hello file\n'},
			lines: ['USER app'],
		});
		const inspected = await docker(engine, ['buildx', 'imagetools', 'inspect', made.reference]);
		t.true(inspected.stdout.includes(made.digest), inspected.stderr);
		t.not((await docker(first, ['image', 'inspect', made.reference])).exitCode, 0);

		await killEngine(engine);
		t.not((await docker(engine, ['version'])).exitCode, 0);
		t.true(await restartEngine(engine));
		const dockerfile = `FROM ${made.reference}\nRUN echo "$(id -un) $GREETING $(cat /etc/greeting)"\n`;
		const args = ['build', '--file=-', '--progress=plain', '--output=type=cacheonly', engine.folder];
		const built = await buildx(engine, args, {input: dockerfile});
		t.true(built.stderr.includes(' app hello $x hello file\n'), built.stderr);
		t.is(built.exitCode, 0, built.stderr);

		await wipe(engine);
		t.regex((await buildx(engine, ['du'])).stdout, /^Total:\s+0B$/m);
		t.is((await docker(engine, ['image', 'ls', '--all', '--quiet'])).stdout, '');
	} finally {
		await stopFolder(engine.folder, engine.programs.tools);
	}
	t.deepEqual(await processesOf(engine.folder), []);
	await t.throwsAsync(stat(engine.folder), {code: 'ENOENT'});
	t.false((await readFile('/proc/self/mountinfo', 'utf8')).includes(engine.folder));
	t.not((await run(busyboxIn(engine.programs.tools), ['ip', 'link', 'show', bridge])).exitCode, 0);
	t.is((await docker(first, ['version'])).exitCode, 0);
});
