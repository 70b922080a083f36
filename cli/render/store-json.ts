import type {Pruning, RemotePruning, StoreListing, Verification} from '../../planner/index.ts';

/** The version of the JSON of `cachecast cache`; fields may be added within one version. */
export const cacheSchemaVersion = 1;

type Json = Readonly<Record<string, unknown>>;

/** `cache ls` as data, as `cli/schemas/cache.schema.json` describes it. */
export function listJson(cache: string, {caches, bytes, note}: StoreListing): Json {
	return {
		schemaVersion: cacheSchemaVersion,
		cache,
		bytes,
		note: note ?? null,
		caches: caches.map(one => ({
			tag: one.tag,
			target: one.target ?? null,
			kind: one.kind,
			records: one.records,
			layers: one.layers,
			bytes: one.bytes,
			oldest: one.oldest ?? null,
			newest: one.newest ?? null,
			lastUse: one.lastUse ?? null,
		})),
	};
}

/** `cache verify` as data. */
export function verifyJson(cache: string, {findings, blobs, bytes, note}: Verification): Json {
	return {
		schemaVersion: cacheSchemaVersion,
		cache,
		whole: findings.every(({kind}) => kind !== 'damage'),
		blobs,
		bytes,
		note: note ?? null,
		findings: findings.map(({kind, tag, problem}) => ({kind, tag: tag ?? null, problem})),
	};
}

/** `cache prune` as data. */
export function pruneJson(cache: string, {removed, tags, results}: Pruning, isDry: boolean): Json {
	return {schemaVersion: cacheSchemaVersion, cache, dryRun: isDry, bytesRemoved: removed, results, tags};
}

/** `cache prune` of a registry as data. */
export function remotePruneJson(cache: string, {tags, bytes}: RemotePruning, isDry: boolean): Json {
	return {
		schemaVersion: cacheSchemaVersion,
		cache,
		dryRun: isDry,
		bytesRemoved: bytes,
		results: 0,
		tags: tags.map(({tag}) => tag),
		reasons: tags.map(({reason}) => reason),
	};
}
