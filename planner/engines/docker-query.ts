import {parseCacheFlag} from '../caches/cache-flag.ts';
import type {BuildRequest} from './engine.ts';

/** The query of the Engine API's `POST /build`; a value that is an object is sent as JSON, an array as repeated names. */
export type DockerQuery = Readonly<Record<string, string | number | boolean | readonly string[] | object>>;

export type DockerQueryResult =
	| {
			readonly kind: 'query';
			readonly query: DockerQuery;
			/** What was asked for and cannot be had this way, each in one sentence. */
			readonly notes: readonly string[];
	  }
	/** Without this the build would not be what was asked for. */
	| {readonly kind: 'impossible'; readonly reason: string};

const needsBuildx = 'install the buildx plugin for that';

/** The engine's own exporter, told to store no image: `cacheonly` fails there with `exporter "" could not be found`. */
const builderOnly = {Type: 'moby', Attrs: {store: 'false'}};

/**
 * A build as the Engine API can do it, with `dockerfile` the Dockerfile's name in the context that is sent. BuildKit
 * (`version=2`), but without a client session: no secrets, no ssh, no caches but images. Source: moby
 * daemon/server/router/build/build_routes.go, daemon/internal/builder-next/builder.go.
 */
export function dockerQuery(request: BuildRequest, dockerfile: string): DockerQueryResult {
	const {run = {}} = request;
	if (run.secrets?.length || run.ssh?.length) {
		return {kind: 'impossible', reason: `the Docker Engine API takes no secrets and no ssh agents; ${needsBuildx}`};
	}
	if (typeof request.noCache !== 'boolean') {
		return {kind: 'impossible', reason: `the Docker Engine API takes no --no-cache-filter; ${needsBuildx}`};
	}

	if (request.buildContexts.length > 0) {
		return {kind: 'impossible', reason: `the Docker Engine API takes no --build-context; ${needsBuildx}`};
	}

	const exports = request.cacheTo.map(text => parseCacheFlag(text, 'to'));
	if (exports.some(flag => flag.kind === 'invalid' || flag.spec.kind !== 'inline')) {
		const reason = `the Docker Engine API can export only inline caches; ${needsBuildx}, or use type=stages or type=inline`;
		return {kind: 'impossible', reason};
	}

	const {refs, notes} = cacheImages(request.cacheFrom);
	const buildArgs = [...request.buildArgs, ...(exports.length > 0 ? [['BUILDKIT_INLINE_CACHE', '1'] as const] : [])];
	return {
		kind: 'query',
		notes,
		query: {
			version: '2',
			dockerfile,
			...(request.tags.length > 0 && {t: request.tags}),
			...(request.target !== undefined && {target: request.target}),
			...(request.platform !== undefined && {platform: request.platform}),
			...(buildArgs.length > 0 && {buildargs: Object.fromEntries(buildArgs)}),
			...(refs.length > 0 && {cachefrom: JSON.stringify(refs)}),
			...(request.output === 'none' && {outputs: JSON.stringify([builderOnly])}),
			...(request.noCache && {nocache: true}),
			...(request.pull && {pull: true}),
			...(run.network !== undefined && {networkmode: run.network}),
			...(run.addHosts?.length && {extrahosts: run.addHosts.join(',')}),
			...(run.shmSize !== undefined && {shmsize: run.shmSize}),
			...(run.ulimits?.length && {ulimits: JSON.stringify(run.ulimits.map(ulimit))}),
			...(run.cgroupParent !== undefined && {cgroupparent: run.cgroupParent}),
		},
	};
}

function cacheImages(cacheFrom: readonly string[]): {
	readonly refs: readonly string[];
	readonly notes: readonly string[];
} {
	const refs: string[] = [];
	const notes: string[] = [];
	for (const text of cacheFrom) {
		const flag = parseCacheFlag(text, 'from');
		if (flag.kind === 'spec' && flag.spec.kind === 'registry') {
			refs.push(flag.spec.ref);
		} else {
			const kind = flag.kind === 'spec' ? flag.spec.kind : 'unknown';
			notes.push(`a cache of type "${kind}" is passed over: the Docker Engine API imports caches from registries only`);
		}
	}
	return {refs, notes};
}

/** `nofile=1024:2048`, the hard limit being that of the soft one when absent (docker/go-units ulimit.go). */
function ulimit(text: string): {readonly Name: string; readonly Soft: number; readonly Hard: number} {
	const [name = '', limits = ''] = text.split('=');
	const [soft = '', hard = soft] = limits.split(':');
	return {Name: name, Soft: Number(soft), Hard: Number(hard)};
}
