import type {BuildRequest} from './engine.ts';

/** What the command line of one build needs besides the request. */
export interface BuildxSettings {
	/** `--builder`; buildx's current one when absent. */
	readonly builder?: string;
	/** Where buildx shall write the digest of an image it makes. */
	readonly metadataFile?: string;
	/** Progress is for people: it is left to buildx how to show it. */
	readonly showsProgress?: boolean;
	/** A build argument that buildx finds in its own environment; its value then is left out. */
	readonly isInherited?: (name: string, value: string) => boolean;
}

/**
 * The arguments of `docker` for one build. No value here is a secret: `--secret` says where one is found, build
 * arguments are kept in the image anyway. A result that stays in the builder needs no attestation; for an image they
 * are left to buildx and its user (BUILDX_NO_DEFAULT_ATTESTATIONS), for they change the image's digest.
 */
export function buildxArgs(
	request: BuildRequest,
	{builder, metadataFile, showsProgress, isInherited}: BuildxSettings,
): readonly string[] {
	const {run = {}} = request;
	return [
		'buildx',
		'build',
		...option('builder', builder),
		...(showsProgress === true ? [] : ['--progress=rawjson']),
		...output(request.output),
		...(request.isBare === true ? ['--provenance=false'] : []),
		...option('metadata-file', metadataFile),
		`--file=${request.dockerfile}`,
		...option('target', request.target),
		...option('platform', request.platform),
		...request.buildArgs.map(([name, value]) =>
			isInherited?.(name, value) === true ? `--build-arg=${name}` : `--build-arg=${name}=${value}`,
		),
		...options('build-context', request.buildContexts),
		...options('cache-from', request.cacheFrom),
		...options('cache-to', request.cacheTo),
		...options('tag', request.tags),
		...(request.noCache === true ? ['--no-cache'] : []),
		...options('no-cache-filter', request.noCache === true || request.noCache === false ? [] : request.noCache),
		...(request.pull ? ['--pull'] : []),
		...option('network', run.network),
		...options('add-host', run.addHosts),
		...option('shm-size', run.shmSize === undefined ? undefined : `${run.shmSize}b`),
		...options('ulimit', run.ulimits),
		...option('cgroup-parent', run.cgroupParent),
		...options('secret', run.secrets),
		...options('ssh', run.ssh),
		'--',
		request.contextDir,
	];
}

function output(kind: BuildRequest['output']): readonly string[] {
	switch (kind) {
		case 'none': {
			return ['--output=type=cacheonly', '--provenance=false'];
		}
		case 'load': {
			return ['--load'];
		}
		case 'push': {
			return ['--push'];
		}
	}
}

function option(name: string, value: string | undefined): readonly string[] {
	return value === undefined ? [] : [`--${name}=${value}`];
}

function options(name: string, values: readonly string[] = []): readonly string[] {
	return values.map(value => `--${name}=${value}`);
}
