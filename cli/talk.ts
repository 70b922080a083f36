import {cutTo} from './render/columns.ts';
import type {Style} from './render/style.ts';
import type {Streams} from './streams.ts';

/** How much is told on stderr besides errors. */
export type Loudness = 'quiet' | 'normal' | 'verbose' | 'debug';

/** What is told on stderr besides errors. */
export interface Talk {
	/** Tells something that is no error. */
	readonly say: (text: string) => void;
	/** Tells what only `--debug` asks for; never with a secret in it. */
	readonly debug: (text: string) => void;
	/** Shows on a terminal how far the work at hand is, in place of what it showed before; at most ten times a second. */
	readonly status: (text: string) => void;
	/** Does what may take long: a terminal shows it meanwhile, `--verbose` how long it took. */
	during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** Talk as loud as the flags say. */
export function createTalk(streams: Streams, style: Style, loudness: Loudness): Talk {
	const isTimed = loudness === 'verbose' || loudness === 'debug';
	const showsStatus = streams.interactive && loudness !== 'quiet';
	let current = '';
	let shownAt = Number.NEGATIVE_INFINITY;
	return {
		status(text) {
			const now = performance.now();
			if (showsStatus && current !== '' && now - shownAt >= statusMs) {
				shownAt = now;
				streams.err(`${erase}${style.dim(cutTo(`… ${current}: ${text}`, streams.columns - 1))}`);
			}
		},
		say: text => {
			if (loudness !== 'quiet') {
				streams.err(text);
			}
		},
		debug: text => {
			if (loudness === 'debug') {
				streams.err(`${showsStatus ? erase : ''}${style.dim(text)}\n`);
			}
		},
		async during(what, work) {
			const started = performance.now();
			// At once: hashing keeps the process busy, so that no timer would show it later.
			current = what;
			shownAt = started;
			if (showsStatus) {
				streams.err(style.dim(`… ${what}`));
			}

			try {
				return await work();
			} finally {
				current = '';
				if (showsStatus) {
					streams.err(erase);
				}

				if (isTimed) {
					streams.err(`${style.dim(`${what}: ${Math.round(performance.now() - started)} ms`)}\n`);
				}
			}
		},
	};
}

/** Milliseconds between two words about the same work. */
const statusMs = 100;

const erase = '\r\u001b[2K';

/** What the flags come to; of several the first of quiet, debug, verbose holds. */
export function loudnessOf(flags: {
	readonly quiet?: boolean;
	readonly verbose?: boolean;
	readonly debug?: boolean;
}): Loudness {
	return flags.quiet === true
		? 'quiet'
		: flags.debug === true
			? 'debug'
			: flags.verbose === true
				? 'verbose'
				: 'normal';
}
