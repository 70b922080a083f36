// Holds an engine up for a test run: started by test/run.mjs, which keeps this program's standard input open.
// Prints one line of JSON once the engine is up or cannot be had, and clears everything away when the input ends,
// so also when the test run is killed.
import path from 'node:path';
import {findOrStartEngine} from './find-or-start.ts';
import {stopFolder} from './stop.ts';
import {stateVariable, writeState} from './test-engine.ts';

const file = process.env[stateVariable];
if (file === undefined) {
	throw new Error(`internal: ${stateVariable} is not set`);
}

const ended = new Promise<void>(resolve => {
	process.stdin.on('end', resolve).on('error', () => resolve());
	process.stdin.resume();
	// A Ctrl+C in the terminal reaches this program too; the end of the test run follows it.
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(name, () => resolve());
	}
});

const start = await findOrStartEngine();
await writeState(file, start);
process.stdout.write(`${JSON.stringify(start)}\n`);
await ended;
if (start.kind === 'started') {
	await stopFolder(path.dirname(start.engine.folder), start.engine.programs.tools);
}
process.exit();
