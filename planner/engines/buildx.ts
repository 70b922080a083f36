import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {asArray, asString, member, parseJson} from '../json-value.ts';
import {isInactive} from './builder-listing.ts';
import {buildxArgs} from './buildx-args.ts';
import {runChild} from './child-process.ts';
import type {BuildEvent, BuildOutcome, BuildRequest, Engine, EngineInfo} from './engine.ts';
import {failureMessage, isConnectionLoss} from './failure.ts';
import {localImage} from './local-image.ts';
import {rawjsonReader} from './rawjson.ts';
import type {OnAsk} from './shown-command.ts';
import {askSocket} from './socket-question.ts';

export interface BuildxOptions {
	readonly env: NodeJS.ProcessEnv;
	readonly builder?: string;
	/** The builder is the Docker Engine's own, which takes base images from the engine. */
	readonly sharesImages: boolean;
	/** The engine's socket, where that is how docker reaches it. */
	readonly socket?: string;
	readonly info: EngineInfo;
	/** Hears what is asked of docker and the engine. */
	readonly onAsk?: OnAsk;
}

/** How long docker may take to answer a question. */
const patienceMs = 30_000;

/** Drives `docker buildx build`, one child process per build. Needs buildx 0.13 or newer for `--progress=rawjson`. */
export function buildxEngine(options: BuildxOptions): Engine {
	const closing = new AbortController();
	const running = new Set<Promise<BuildOutcome>>();
	return {
		info: options.info,
		async build(request, onEvent, signal) {
			const outcome = build(request, onEvent, AbortSignal.any([signal, closing.signal]), options);
			running.add(outcome);
			try {
				return await outcome;
			} finally {
				running.delete(outcome);
			}
		},
		async localImage(reference) {
			if (!options.sharesImages) {
				return undefined;
			}
			const signal = AbortSignal.timeout(patienceMs);
			const question = `/images/${encodeURIComponent(reference)}/json`;
			if (options.socket !== undefined) {
				options.onAsk?.(`engine GET ${question}`);
			}

			const asked = options.socket === undefined ? undefined : await askSocket(options.socket, question, signal);
			if (asked?.kind === 'missing' || asked?.kind === 'answer') {
				return asked.kind === 'answer' ? localImage(asked.value) : undefined;
			}

			const result = await runChild('docker', ['image', 'inspect', '--', reference], {
				env: options.env,
				signal,
				onAsk: options.onAsk,
			});
			return result.kind === 'ended' && result.exitCode === 0
				? localImage(asArray(parseJson(result.stdout))?.[0])
				: undefined;
		},
		async close() {
			closing.abort();
			await Promise.allSettled(running);
		},
	};
}

async function build(
	request: BuildRequest,
	onEvent: (event: BuildEvent) => void,
	signal: AbortSignal,
	options: BuildxOptions,
): Promise<BuildOutcome> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-'));
	try {
		const metadataFile = path.join(folder, 'metadata.json');
		// A result that stays in the builder has no digest, and asking for it costs a step.
		const settings = {...options, ...(request.output !== 'none' && {metadataFile})};
		const lines: string[] = [];
		const read = rawjsonReader();
		const tell = (events: readonly BuildEvent[]): void => {
			for (const event of events) {
				if (event.kind === 'message') {
					lines.push(event.text);
				}
				onEvent(event);
			}
		};

		const result = await runChild('docker', buildxArgs(request, settings), {
			env: options.env,
			signal,
			onAsk: options.onAsk,
			onErrorLine: line => tell(read.line(line)),
		});
		tell(read.end());
		switch (result.kind) {
			case 'aborted': {
				return {kind: 'aborted'};
			}
			case 'broken': {
				return {kind: 'failed', message: result.reason};
			}
			case 'ended': {
				return result.exitCode === 0 ? await built(metadataFile) : await failed(failureMessage(lines), options);
			}
		}
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

async function built(metadataFile: string): Promise<BuildOutcome> {
	const metadata = parseJson(await readFile(metadataFile, 'utf8').catch(() => ''));
	const imageDigest = asString(member(metadata, 'containerimage.digest'));
	return {kind: 'built', ...(imageDigest !== undefined && {imageDigest})};
}

/** Words alone do not tell: an engine that no longer answers is lost, whatever buildx made of it. */
async function failed(message: string, {env, builder, onAsk}: BuildxOptions): Promise<BuildOutcome> {
	if (isConnectionLoss(message)) {
		return {kind: 'lost', message};
	}
	const signal = AbortSignal.timeout(patienceMs);
	const inspect = ['buildx', 'inspect', ...(builder === undefined ? [] : ['--', builder])];
	const answer = await runChild('docker', inspect, {env, signal, onAsk});
	const answers =
		answer.kind === 'ended' && answer.exitCode === 0 && !/^Error:/m.test(answer.stdout) && !isInactive(answer.stdout);
	return {kind: answers ? 'failed' : 'lost', message};
}
