// `npm test`: everything from nothing. Installs what is missing, compiles, checks style, brings an engine up, runs AVA
// and closes with one plain line, `N passed, N failed`. Uses nothing but Node's own modules.
import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = name => path.join(root, 'node_modules', '.bin', name);
const step = (command, args) => {
	const {status} = spawnSync(command, args, {cwd: root, stdio: 'inherit'});
	if (status !== 0) {
		console.log('0 passed, 1 failed');
		process.exit(1);
	}
};

step(process.execPath, [path.join(root, 'test', 'setup.mjs'), '--build']);
step(bin('biome'), ['check', '--error-on-warnings', root]);

const folder = mkdtempSync(path.join(os.tmpdir(), 'cachecast-test-'));
const env = {
	...process.env,
	CACHECAST_TEST_STATE: path.join(folder, 'engine.json'),
	CACHECAST_TEST_PROGRAM: path.join(root, 'dist', 'bin', 'cachecast.js'),
};
// The engine lives as long as this program's standard input: it goes away with us, whatever ends us.
const engine = spawn(process.execPath, [path.join(root, 'dist', 'test', 'engine', 'serve.js')], {
	cwd: root,
	env,
	stdio: ['pipe', 'pipe', 'inherit'],
});
const engineEnded = new Promise(resolve => engine.on('exit', resolve));
let code = 1;
try {
	const start = JSON.parse((await firstLine(engine.stdout)) ?? '{"kind":"unavailable","reason":"it ended at once"}');
	if (start.kind === 'started') {
		const {engine: version, buildx} = start.engine.versions;
		console.log(`engine: ${start.engine.kind}, Docker ${version}, buildx ${buildx}`);
	} else {
		console.log(`engine: none: ${start.reason}`);
	}

	if (start.kind !== 'started' && process.env.CI) {
		console.log('0 passed, 1 failed');
	} else {
		code = await runAva(env);
	}
} finally {
	engine.stdin.end();
	await engineEnded;
	rmSync(folder, {recursive: true, force: true});
}

process.exit(code);

async function firstLine(stream) {
	for await (const line of createInterface({input: stream})) {
		return line;
	}
}

async function runAva(environment) {
	const ava = spawn(bin('ava'), process.argv.slice(2), {
		cwd: root,
		env: environment,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = new Promise(resolve => ava.on('close', resolve));
	let passed = 0;
	let failed = 0;
	for await (const line of createInterface({input: ava.stdout})) {
		console.log(line);
		passed += /^ +✔ /.test(line) ? 1 : 0;
		failed += /^ +✘ /.test(line) ? 1 : 0;
	}

	const status = await ended;
	console.log(`${passed} passed, ${status === 0 ? failed : Math.max(failed, 1)} failed`);
	return status ?? 1;
}
