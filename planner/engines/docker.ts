import path from 'node:path';
import type {Credentials} from '../images/credentials.ts';
import {asString, member} from '../json-value.ts';
import {traceReader} from './build-status.ts';
import {contextLoss} from './context-loss.ts';
import {packContext} from './context-tar.ts';
import type {DockerClient} from './docker-client.ts';
import {messagesOf} from './docker-messages.ts';
import {pushImages} from './docker-push.ts';
import {dockerQuery} from './docker-query.ts';
import type {BuildEvent, BuildOutcome, BuildRequest, Engine, EngineInfo} from './engine.ts';
import {localImage} from './local-image.ts';

/** An engine that speaks the Docker Engine API itself, for where there is no buildx. */
export function dockerEngine(client: DockerClient, info: EngineInfo, credentials: Credentials): Engine {
	const closing = new AbortController();
	return {
		info,
		async build(request, onEvent, signal) {
			const loss = contextLoss(info);
			if (loss !== undefined) {
				return {kind: 'failed', message: loss};
			}

			const ended = AbortSignal.any([signal, closing.signal]);
			const built = await buildImage(client, request, onEvent, ended);
			if (built.kind !== 'built' || request.output !== 'push') {
				return built;
			}
			const pushed = await pushImages(client, request.tags, credentials, onEvent, ended);
			// An engine with the containerd store does not tell what it pushed: it is what it built.
			return pushed.kind === 'built' ? {...built, ...pushed} : pushed;
		},
		localImage: async reference => localImage(await client.inspectImage(reference)),
		async close() {
			closing.abort();
			client.close();
		},
	};
}

async function buildImage(
	client: DockerClient,
	request: BuildRequest,
	onEvent: (event: BuildEvent) => void,
	signal: AbortSignal,
): Promise<BuildOutcome> {
	if (signal.aborted) {
		return {kind: 'aborted'};
	}
	const paths = [...request.contextPaths()];
	const dockerfile = placeDockerfile(request, paths);
	const result = dockerQuery(request, dockerfile.name);
	if (result.kind === 'impossible') {
		return {kind: 'failed', message: result.reason};
	}
	for (const text of [...result.notes, ...dockerfile.notes]) {
		onEvent({kind: 'message', text});
	}

	const readTrace = await traceReader();
	const context = packContext({contextDir: request.contextDir, paths, extra: dockerfile.extra});
	let contextProblem: string | undefined;
	context.once('error', (error: Error) => {
		contextProblem = error.message;
	});
	let imageDigest: string | undefined;
	let failure: string | undefined;
	try {
		for await (const message of messagesOf(client.build(result.query, context, signal))) {
			switch (message.kind) {
				case 'json': {
					const aux = member(message.json, 'aux');
					if (member(message.json, 'id') === 'moby.buildkit.trace' && typeof aux === 'string') {
						readTrace(aux).forEach(onEvent);
					} else {
						imageDigest = asString(member(aux, 'ID')) ?? imageDigest;
					}
					break;
				}
				case 'text': {
					onEvent({kind: 'message', text: message.text});
					break;
				}
				case 'error': {
					failure = message.message;
					break;
				}
				case 'broken': {
					if (signal.aborted) {
						return {kind: 'aborted'};
					}
					return contextProblem === undefined
						? {kind: message.refused ? 'failed' : 'lost', message: message.reason}
						: {kind: 'failed', message: `the build context cannot be sent: ${contextProblem}`};
				}
			}
		}
	} finally {
		context.destroy();
	}
	if (signal.aborted) {
		return {kind: 'aborted'};
	}
	if (failure !== undefined) {
		return {kind: 'failed', message: failure};
	}
	return {kind: 'built', ...(request.output !== 'none' && imageDigest !== undefined && {imageDigest})};
}

interface PlacedDockerfile {
	/** Its name in the tar. */
	readonly name: string;
	readonly extra: readonly {readonly name: string; readonly file: string}[];
	readonly notes: readonly string[];
}

/** The name of a Dockerfile from outside the context. */
const foreignName = '.cachecast.Dockerfile';

/**
 * The engine reads the Dockerfile out of the context, so it has to be in the tar. Where the context would not have had
 * it, a step that takes the whole context sees one file more than with buildx: said in a note.
 */
function placeDockerfile({contextDir, dockerfile}: BuildRequest, paths: readonly string[]): PlacedDockerfile {
	const relative = path.relative(contextDir, dockerfile);
	const isInside =
		relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
	const name = isInside ? relative.split(path.sep).join('/') : foreignName;
	if (isInside && paths.includes(name)) {
		return {name, extra: [], notes: []};
	}
	const why = isInside ? 'excluded by .dockerignore' : 'outside the build context';
	return {
		name,
		extra: [{name, file: dockerfile}],
		notes: [
			`the Dockerfile is ${why} but the Docker Engine API wants it sent: a step that copies the whole context gets it as "${name}"`,
		],
	};
}
