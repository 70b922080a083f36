import {type Digest, isDigest} from '../../analyzer/index.ts';
import {asArray, asObject, asString, member, parseJson} from '../json-value.ts';
import {findLoop} from './find-loop.ts';
import {chainFromTop, type LayerChain, type LayerTable, writtenChain} from './layer-chain.ts';

/** One way an input of a record may be matched: the record it points at and the part of it that is used. */
export interface CacheLink {
	/** Index into `CacheConfig.records`. */
	readonly link: number;
	readonly selector?: string;
}

/** A layer blob a cache holds, with its parent in the chain (-1: none). */
export interface CacheLayer {
	readonly blob: Digest;
	readonly parent: number;
	/** Compressed size in bytes; absent when the manifest does not say. */
	readonly size?: number;
	readonly mediaType?: string;
	/** Digest of the uncompressed layer, from `containerd.io/uncompressed`. */
	readonly diffId?: Digest;
	/** RFC 3339: when it was made, which becomes its time in the history of an image (`buildkit/createdat`). */
	readonly createdAt?: string;
}

/** A result of a record: its layer chain (indexes into `CacheConfig.layers`, lowest first) and when the step ran. */
export interface CacheResult {
	readonly chain: readonly number[];
	/** RFC 3339. */
	readonly createdAt?: string;
}

/** "An identifier for loading in cache" (BuildKit solver/types.go): a key, its inputs, and its results (none: key only). */
export interface CacheRecord {
	/** A digest, or what else BuildKit wrote: 0.13 exports some records of images under a random name, which matches nothing. */
	readonly digest: string;
	/** For each input, the alternatives. */
	readonly inputs: readonly (readonly CacheLink[])[];
	readonly results: readonly CacheResult[];
}

/** A cache config (`application/vnd.buildkit.cacheconfig.v0`) made readable (BuildKit cache/remotecache/v1/spec.go). */
export interface CacheConfig {
	readonly records: readonly CacheRecord[];
	readonly layers: readonly CacheLayer[];
}

/** What the manifest tells of a blob. */
export interface BlobDescription {
	/** Compressed size in bytes. */
	readonly size: number;
	readonly mediaType: string;
	readonly annotations: Readonly<Record<string, string>>;
}

export type CacheConfigResult =
	| {readonly kind: 'parsed'; readonly config: CacheConfig}
	/** BuildKit would refuse it as a whole; one clause on why. */
	| {readonly kind: 'corrupt'; readonly message: string};

/** A clause on what is wrong with a part of the config. */
interface Problem {
	readonly problem: string;
}

/** Annotations of layers (BuildKit worker/base/worker.go FromRemote). */
export const layerAnnotations = {uncompressed: 'containerd.io/uncompressed', createdAt: 'buildkit/createdat'} as const;

/**
 * Parses a cache config, a JSON text or its value. `descriptors` are the blobs of its manifest: a result that needs
 * another blob is left out, as BuildKit does. A link or layer index out of range, or a loop, makes all of it corrupt.
 * Source: BuildKit cache/remotecache/v1/parse.go and types/spec.go.
 */
export function parseCacheConfig(json: unknown, descriptors: ReadonlyMap<Digest, BlobDescription>): CacheConfigResult {
	const value = asObject(typeof json === 'string' ? parseJson(json) : json);
	const layerValues = asList(member(value, 'layers'));
	const recordValues = asList(member(value, 'records'));
	if (value === undefined || layerValues === undefined || recordValues === undefined) {
		return corrupt('it is not a JSON object with lists of layers and records');
	}

	const layers = all(layerValues, layer => parseLayer(layer, descriptors), 'layer');
	if ('problem' in layers) {
		return corrupt(layers.problem);
	}

	const table = {layers, blobs: descriptors};
	const records = all(recordValues, record => parseRecord(record, recordValues.length, table), 'record');
	if ('problem' in records) {
		return corrupt(records.problem);
	}

	const loop = findLoop(records.map(({inputs}) => inputs.flat().map(({link}) => link)));
	return loop === undefined ? {kind: 'parsed', config: {records, layers}} : corrupt(`record ${loop} is its own input`);
}

function parseLayer(json: unknown, descriptors: ReadonlyMap<Digest, BlobDescription>): CacheLayer | Problem {
	const blob = asDigest(member(json, 'blob'));
	const parent = asIndex(member(json, 'parent'));
	if (blob === undefined || parent === undefined) {
		return {problem: 'it is malformed'};
	}

	const description = descriptors.get(blob);
	if (description === undefined) {
		return {blob, parent};
	}

	const {size, mediaType, annotations} = description;
	const diffId = asDigest(annotations[layerAnnotations.uncompressed]);
	const createdAt = annotations[layerAnnotations.createdAt];
	return {
		blob,
		parent,
		size,
		mediaType,
		...(diffId === undefined ? {} : {diffId}),
		...(createdAt === undefined ? {} : {createdAt}),
	};
}

function parseRecord(json: unknown, recordCount: number, table: LayerTable): CacheRecord | Problem {
	const digest = asString(member(json, 'digest') ?? '');
	const inputValues = asList(member(json, 'inputs'));
	const topLayers = asList(member(json, 'layers'));
	const writtenChains = asList(member(json, 'chains'));
	if (
		asObject(json) === undefined ||
		digest === undefined ||
		inputValues === undefined ||
		topLayers === undefined ||
		writtenChains === undefined
	) {
		return {problem: 'it is malformed'};
	}

	const inputs = all(inputValues, input => parseInput(input, recordCount), 'input');
	if ('problem' in inputs) {
		return inputs;
	}

	const results: CacheResult[] = [];
	for (const [value, chain] of [
		...topLayers.map(value => [value, topChain(value, table)] as const),
		...writtenChains.map(value => [value, fullChain(value, table)] as const),
	]) {
		if (chain.kind === 'broken') {
			return chain;
		}

		if (chain.kind === 'chain') {
			results.push(parseResult(value, chain.chain));
		}
	}

	return {digest, inputs, results};
}

function parseInput(json: unknown, recordCount: number): readonly CacheLink[] | Problem {
	const links = asArray(json);
	return links === undefined || links.length === 0
		? {problem: 'it has no links'}
		: all(links, link => parseLink(link, recordCount), 'link');
}

function parseLink(json: unknown, recordCount: number): CacheLink | Problem {
	const link = asIndex(member(json, 'link'));
	const selector = asString(member(json, 'selector') ?? '');
	if (asObject(json) === undefined || link === undefined || selector === undefined) {
		return {problem: 'it is malformed'};
	}

	if (link < 0 || link >= recordCount) {
		return {problem: `there is no record ${link}`};
	}

	return {link, ...(selector === '' ? {} : {selector})};
}

function topChain(json: unknown, table: LayerTable): LayerChain {
	const top = asIndex(member(json, 'layer'));
	return top === undefined ? {kind: 'broken', problem: 'a result is malformed'} : chainFromTop(top, table);
}

function fullChain(json: unknown, table: LayerTable): LayerChain {
	const indexes = asList(member(json, 'layers'))?.map(asIndex);
	return indexes?.every(index => index !== undefined)
		? writtenChain(indexes, table)
		: {kind: 'broken', problem: 'a result is malformed'};
}

function parseResult(json: unknown, chain: readonly number[]): CacheResult {
	const createdAt = asString(member(json, 'createdAt'));
	// Year 1 is a Go time that was never set.
	return {chain, ...(createdAt === undefined || createdAt.startsWith('0001-') ? {} : {createdAt})};
}

/** Parses each item; the first problem, with the item's place, instead of the list. */
function all<T extends object>(
	items: readonly unknown[],
	parse: (item: unknown) => T | Problem,
	name: string,
): readonly T[] | Problem {
	const parsed: T[] = [];
	for (const [index, item] of items.entries()) {
		const result = parse(item);
		if ('problem' in result) {
			return {problem: `${name} ${index}: ${result.problem}`};
		}

		parsed.push(result);
	}

	return parsed;
}

/** Go leaves an empty list out, or writes null. */
function asList(value: unknown): readonly unknown[] | undefined {
	return asArray(value ?? []);
}

/** Go leaves the number 0 out. */
function asIndex(value: unknown): number | undefined {
	return value === undefined || value === null ? 0 : Number.isInteger(value) ? Number(value) : undefined;
}

function asDigest(value: unknown): Digest | undefined {
	const text = asString(value);
	return text !== undefined && isDigest(text) ? text : undefined;
}

function corrupt(message: string): CacheConfigResult {
	return {kind: 'corrupt', message};
}
