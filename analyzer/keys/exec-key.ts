import {dedupePaths, pathSelector, type Selector} from '../context/selector.ts';
import {type CacheMap, distinctVertices, type KeyInput} from './cache-map.ts';
import type {Dialect} from './dialect.ts';
import {sha256} from './digest.ts';
import {type GoStruct, goJson, omitEmpty} from './go-json.ts';
import {joinPath} from './go-path.ts';
import {groupBy} from './group-by.ts';
import type {ExecVertex, Mount, SecretMount, Vertex} from './vertex.ts';

const networkNumbers = {default: 0, host: 1, none: 2} as const;
const mountTypeNumbers = {bind: 0, secret: 1, ssh: 2, cache: 3, tmpfs: 4} as const;
const sharingNumbers = {shared: 0, private: 1, locked: 2} as const;

/** The cache map of RUN (BuildKit solver/llbsolver/ops/exec.go CacheMap, getMountDeps). */
export function execCacheMap(vertex: ExecVertex, dialect: Dialect): CacheMap {
	const inputs = distinctVertices(vertex.mounts.map(mount => mount.input));
	const mounts = groupBy(vertex.mounts, mount => mount.input);
	const {platform} = vertex;
	const preimage = goJson({
		Type: 'buildkit.exec.v0',
		Exec: {
			meta: execMeta(vertex, dialect),
			mounts: mountsJson(vertex, inputs, dialect),
			network: omitEmpty<number>(networkNumbers[vertex.network]),
			security: vertex.insecure ? 1 : undefined,
			secretenv: omitEmpty(
				vertex.secretEnv.map(({id, name, optional}) => ({
					ID: omitEmpty(id),
					name: omitEmpty(name),
					optional: omitEmpty(optional),
				})),
			),
			cdiDevices: omitEmpty(
				vertex.devices.map(({name, optional}) => ({name: omitEmpty(name), optional: omitEmpty(optional)})),
			),
		},
		OS: platform.os,
		Arch: platform.architecture,
		Variant: omitEmpty(platform.variant),
		OSVersion: dialect.blanksCacheMountIds ? omitEmpty(platform.osVersion) : undefined,
		OSFeatures: dialect.blanksCacheMountIds ? omitEmpty(platform.osFeatures) : undefined,
	});
	return {
		digests: [sha256(preimage)],
		preimages: [preimage],
		inputs: inputs.map((input, index) => mountDependency(vertex, input, mounts.get(input) ?? [], index, dialect)),
	};
}

// Proxy variables and the addresses of extra hosts are left out of the key on purpose.
function execMeta(vertex: ExecVertex, dialect: Dialect): GoStruct {
	return {
		args: omitEmpty(vertex.args),
		env: omitEmpty(vertex.env),
		cwd: omitEmpty(vertex.cwd),
		user: omitEmpty(vertex.user),
		extraHosts: omitEmpty(vertex.extraHosts.map(host => ({Host: omitEmpty(host)}))),
		hostname: omitEmpty(vertex.hostname),
		ulimit: omitEmpty(
			vertex.ulimits.map(({name, soft, hard}) => ({
				Name: omitEmpty(name),
				Soft: omitEmpty(soft),
				Hard: omitEmpty(hard),
			})),
		),
		cgroupParent: omitEmpty(vertex.cgroupParent),
		removeMountStubsRecursive: dialect.removesMountStubs ? true : undefined,
	};
}

function mountsJson(vertex: ExecVertex, inputs: readonly Vertex[], dialect: Dialect): readonly GoStruct[] | undefined {
	const {mounts, secrets, ssh} = vertex;
	// The one read-write root of a plain RUN is left out, for the sake of caches of old versions that never had it.
	if (mounts.length === 1 && secrets.length === 0 && ssh.length === 0) {
		return undefined;
	}

	const places = new Map(inputs.map((input, index) => [input, index]));
	const number = (value: number) => (dialect.omitsZeroFields ? omitEmpty(value) : value);
	// Before 0.15.2 these had the zero value as input: the root.
	const noInput = dialect.inputlessMounts ? -1 : 0;
	return [
		...mounts.map(mount => ({
			input: number(mount.input === undefined ? -1 : (places.get(mount.input) ?? -1)),
			dest: omitEmpty(mount.target),
			output: number(mount.target === '/' ? 0 : -1),
			readonly: omitEmpty(mount.readonly),
			mountType: omitEmpty<number>(mountTypeNumbers[mount.type]),
			TmpfsOpt: mount.type === 'tmpfs' && dialect.hasTmpfsOptions ? {size: omitEmpty(mount.size)} : undefined,
			cacheOpt: mount.cache === undefined ? undefined : cacheOptJson(mount, mount.cache, dialect),
		})),
		...secrets.map(secret => ({
			input: number(noInput),
			dest: omitEmpty(secret.target),
			output: number(0),
			mountType: mountTypeNumbers.secret,
			secretOpt: secretJson(secret),
		})),
		...ssh.map(agent => ({
			input: number(noInput),
			dest: omitEmpty(agent.target),
			output: number(0),
			mountType: mountTypeNumbers.ssh,
			SSHOpt: secretJson(agent),
		})),
	];
}

function secretJson({id, uid, gid, mode, optional}: SecretMount): GoStruct {
	return {
		ID: omitEmpty(id),
		uid: omitEmpty(uid),
		gid: omitEmpty(gid),
		mode: omitEmpty(mode),
		optional: omitEmpty(optional),
	};
}

// The id of a cache mount counts only where it is the default one: its target, perhaps below a namespace
// (exec.go checkShouldClearCacheOpts).
function cacheOptJson({target}: Mount, {id, sharing}: NonNullable<Mount['cache']>, dialect: Dialect): GoStruct {
	const withoutNamespace = id.includes('/') ? id.slice(id.indexOf('/') + 1) : undefined;
	const isDefault = sharing === 'shared' && (id === target || withoutNamespace === target);
	if (dialect.blanksCacheMountIds && !isDefault) {
		return {};
	}

	return {ID: omitEmpty(id), sharing: omitEmpty<number>(sharingNumbers[sharing])};
}

function mountDependency(
	vertex: ExecVertex,
	input: Vertex,
	mounts: readonly Mount[],
	index: number,
	dialect: Dialect,
): KeyInput {
	const selectors = mounts
		.filter(mount => dialect.selectsRootMount || mount.selector !== undefined)
		.map(mount => joinPath('/', mount.selector ?? ''));
	// The root is never compared by content: too much to hash for too little. Where an input is mounted more than once,
	// the last mount decides (v0.13), or the root (before).
	let byContent = dialect.selectsRootMount
		? mounts.at(-1)?.target !== '/'
		: mounts.every(mount => mount.target !== '/');
	if (!dialect.inputlessMounts && index === 0 && dialect.selectsRootMount) {
		// Mounts without an input count as further ones of the first, so that it is compared by content after all.
		const strays = [...vertex.secrets, ...vertex.ssh];
		selectors.push(...strays.map(() => '/'));
		byContent = byContent || strays.length > 0;
	}

	return {
		vertex: input,
		...(selectors.length > 0 && {selector: sha256(selectors.join('\0'))}),
		...(byContent && {content: contentSelectors(selectors)}),
	};
}

// One selector of the root stands for the whole input (exec.go toSelectors).
function contentSelectors(paths: readonly string[]): readonly Selector[] {
	const unique = dedupePaths(paths);
	return unique.includes('/') ? [] : unique.map(path => pathSelector(path, true));
}
