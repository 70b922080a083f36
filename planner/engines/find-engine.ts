import {homedir} from 'node:os';
import {type Credentials, dockerCredentials} from '../images/credentials.ts';
import {coldEngine} from './cold-engine.ts';
import type {EnginePlace} from './docker-context.ts';
import type {EngineKind, EngineSearch} from './engine.ts';
import {findBuildx} from './find-buildx.ts';
import {findDocker} from './find-docker.ts';
import type {OnAsk} from './shown-command.ts';

export interface EngineWish {
	/** `process.env`; child processes get the whole of it. */
	readonly env: NodeJS.ProcessEnv;
	/** Only this kind of engine. */
	readonly wanted?: EngineKind;
	/** The build exports mode=max caches. */
	readonly needsCacheExport: boolean;
	/** buildx's `--builder`; its current one when absent. */
	readonly builder?: string;
	/** Logins for pushing without buildx; those of docker when absent. */
	readonly credentials?: Credentials;
	/** A builder that is not started is started: a build would do it. */
	readonly boots?: boolean;
	/** `~`. */
	readonly homeDir?: string;
	/** How long docker and buildx may take to tell about themselves. */
	readonly patienceMs?: number;
	/** Hears what is asked of docker, buildx and engines; nothing secret is in it. */
	readonly onAsk?: OnAsk;
}

/**
 * Picks an engine by what it can do: buildx wherever it works, for it alone exports caches and passes secrets on; else
 * the Docker Engine's own API. The choice comes with its reason, and nothing found with everything that was tried.
 */
export async function findEngine(wish: EngineWish): Promise<EngineSearch> {
	const {env, needsCacheExport, builder, patienceMs, onAsk, homeDir = homedir()} = wish;
	// A builder is buildx's: nothing else will do in its place.
	const wanted = wish.wanted ?? (builder === undefined ? undefined : 'buildx');
	const place: EnginePlace = {
		env,
		homeDir,
		os: process.platform,
		...(patienceMs !== undefined && {patienceMs}),
		...(onAsk !== undefined && {onAsk}),
	};
	const tried = [];

	if (wanted !== 'docker') {
		const buildx = await findBuildx(place, builder, wish.boots === true);
		if (buildx.kind === 'found') {
			const {engine, driver} = buildx;
			const version = engine.info.buildxVersion ?? '';
			const limits =
				needsCacheExport && !engine.info.canExportCache
					? ', but its builder can export inline caches only: the engine does not use the containerd image store'
					: '';
			const chosen = wanted === 'buildx' ? 'buildx was asked for' : 'docker buildx is there';
			return {kind: 'found', engine: coldEngine(engine), reason: `${chosen} (${version}, driver "${driver}")${limits}`};
		}
		tried.push(buildx.attempt);
	}

	if (wanted !== 'buildx') {
		const docker = await findDocker(place, wish.credentials ?? dockerCredentials({env, homeDir}));
		if (docker.kind === 'found') {
			const [failed] = tried;
			const why = failed === undefined ? 'the Docker Engine API was asked for' : `${failed.what}: ${failed.problem}`;
			const limits = needsCacheExport ? '; without buildx only inline caches can be exported' : '';
			return {
				kind: 'found',
				engine: coldEngine(docker.engine),
				reason: `${why}; using the Docker Engine API at ${docker.what}${limits}`,
			};
		}
		tried.push(...docker.tried);
	}
	return {kind: 'none', tried};
}
