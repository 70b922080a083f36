import path from 'node:path';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {openEngine} from './engines.ts';
import {makeSurroundings} from './images.ts';
import {matrixOptions} from './options.ts';
import {summary, tally, writeReport} from './report.ts';
import {runMatrix} from './run-matrix.ts';
import {runRandom} from './run-random.ts';

// `npm run conformance`: forecasts changed builds, builds them on an emptied engine, and compares every step. Ends with
// 1 when a step was forecast wrong.

const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

const options = matrixOptions(process.argv.slice(2));
const results = tally();
let missing = 0;
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.on(name, () => interrupted.abort());
}

let hasCrashed = false;
for (const choice of options.engines) {
	const start = await findOrStartEngine(choice);
	if (start.kind === 'unavailable') {
		print(`${choice}: ${start.reason}`);
		missing++;
		continue;
	}

	try {
		await runOn(start.engine, choice);
	} catch (error) {
		// What was found out until then is reported all the same.
		print(error instanceof Error && error.stack !== undefined ? error.stack : String(error));
		hasCrashed = true;
	} finally {
		await stopFolder(path.dirname(start.engine.folder), start.engine.programs.tools);
	}
}

const report = results.report();
for (const line of summary(report)) {
	print(line);
}

if (options.report !== '') {
	await writeReport(options.report, report);
}

process.exitCode = hasCrashed || report.mismatches.length + missing > 0 ? 1 : 0;

async function runOn(test: TestEngine, choice: string): Promise<void> {
	const engine = await openEngine(test);
	print(`engine ${engine.name}`);
	const surroundings = await makeSurroundings(test);
	try {
		const world = {engine, surroundings, signal: interrupted.signal};
		await (options.random > 0
			? runRandom(world, options, results, print)
			: runMatrix(world, choice, options, results, print));
	} finally {
		await surroundings.stop();
		await engine.close();
	}
}
