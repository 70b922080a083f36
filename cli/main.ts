#!/usr/bin/env node
import {homedir} from 'node:os';
import {buffer} from 'node:stream/consumers';
import {commandContext} from './commands/command-context.ts';
import {exitCode} from './exit-code.ts';
import {packageVersion} from './package-file.ts';
import {runProgram} from './program.ts';
import {createStyle} from './render/style.ts';
import {processStreams} from './streams.ts';

const {env} = process;
const streams = processStreams(env);
try {
	process.exitCode = await runProgram(process.argv.slice(2), packageVersion(), flag => {
		const wish = {env, ...(flag !== undefined && {flag})};
		return commandContext({
			streams,
			style: createStyle({...wish, isTty: process.stdout.isTTY === true}),
			errorStyle: createStyle({...wish, isTty: process.stderr.isTTY === true}),
			env,
			cwd: process.cwd(),
			homeDir: homedir(),
			readStdin: () => buffer(process.stdin),
			interruptSignal,
		});
	});
} catch (error) {
	const message = error instanceof Error ? error.message : String(error);
	streams.err(`cachecast: ${message.startsWith('internal:') ? message : `internal: ${message}`}\n`);
	streams.err('This is a bug of cachecast. CACHECAST_DEBUG=1 prints where it happened.\n');
	if (env['CACHECAST_DEBUG'] && error instanceof Error) {
		streams.err(`${error.stack ?? ''}\n`);
	}

	process.exitCode = exitCode.usage;
}

// A build must end its engine's solve and clean up; anything else just ends.
function interruptSignal(): AbortSignal {
	const controller = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			if (controller.signal.aborted) {
				process.exit(exitCode.interrupted);
			}

			controller.abort(signal);
		});
	}

	return controller.signal;
}
