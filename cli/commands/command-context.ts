import type {Problem} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {actionsStreams} from '../github-actions.ts';
import type {Style} from '../render/style.ts';
import type {Streams} from '../streams.ts';
import {createTalk, type Talk} from '../talk.ts';

/** What every command gets from the process. */
export interface CommandContext {
	readonly streams: Streams;
	/** Colours of stdout. */
	readonly style: Style;
	/** Colours of stderr. */
	readonly errorStyle: Style;
	readonly env: NodeJS.ProcessEnv;
	readonly cwd: string;
	readonly homeDir: string;
	/** What is told besides errors. */
	readonly talk: Talk;
	/** All of standard input. */
	readonly readStdin: () => Promise<Uint8Array>;
	/** From now on an interrupt does not end the process but this signal; a second one ends it at once. */
	interruptSignal(): AbortSignal;
	/** Tells what is wrong with the request, and gives the exit code for it. */
	fail(problem: Problem): number;
}

/** Adds `fail` and `talk` to what the process gives; in GitHub Actions nothing that is printed is a command. */
export function commandContext(given: Omit<CommandContext, 'fail' | 'talk'>): CommandContext {
	const isActions = given.env['GITHUB_ACTIONS'] === 'true';
	const base = isActions ? {...given, streams: actionsStreams(given.streams)} : given;
	return {
		...base,
		talk: createTalk(base.streams, base.errorStyle, 'normal'),
		fail({message, hint}) {
			const {errorStyle, streams} = base;
			streams.err(`${errorStyle.error('error')} ${message}\n`);
			if (hint !== undefined) {
				streams.err(`  ${errorStyle.dim('hint:')} ${hint}\n`);
			}

			return exitCode.usage;
		},
	};
}
