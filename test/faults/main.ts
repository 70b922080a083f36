import path from 'node:path';
import {makeBaseImage} from '../engine/base-image.ts';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import {farCases} from './far-cases.ts';
import {startFaultProject} from './fault-project.ts';
import {processCases} from './process-cases.ts';
import {registryCases} from './registry-cases.ts';

// `npm run faults`: makes things go wrong while a private engine builds, a line for each; `-- WORD` only those with the
// word in their name. Ends with 1 when a cache was broken, or something was not said as it must be.

const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

let isInterrupted = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	// What goes on comes to its end, and the engine is stopped.
	process.on(name, () => {
		isInterrupted = true;
	});
}

const [word = ''] = process.argv.slice(2);
const start = await findOrStartEngine('private');
if (start.kind === 'unavailable') {
	print(start.reason);
	process.exitCode = 1;
} else {
	const {engine} = start;
	print(`engine Docker ${engine.versions.engine}, buildx ${engine.versions.buildx}`);
	const {reference} = await makeBaseImage(engine, 'faults-base');
	const project = await startFaultProject(engine, reference);
	try {
		for (const {name, run} of [...registryCases, ...processCases, ...farCases].filter(one => one.name.includes(word))) {
			if (isInterrupted) {
				process.exitCode = 1;
				break;
			}

			const started = performance.now();
			const wrong = await run(project).catch((error: unknown) => [String(error)]);
			print(`${wrong.length === 0 ? '✔' : '✘'} ${name} ${((performance.now() - started) / 1000).toFixed(1)} s`);
			for (const line of wrong) {
				print(`    ${line}`);
				process.exitCode = 1;
			}
		}
	} finally {
		await project.stop();
		await stopFolder(path.dirname(engine.folder), engine.programs.tools);
	}
}
