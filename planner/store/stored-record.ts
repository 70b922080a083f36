import {type Digest, isDigest} from '../../analyzer/index.ts';
import type {CacheConfig, CacheLink} from '../caches/cache-config.ts';
import {endDigest} from '../caches/one-end.ts';

/** A record of a cache in a folder: as in its config, the layers by digest, and when its results were last of use. */
export interface StoredRecord {
	readonly digest: string;
	readonly inputs: readonly (readonly CacheLink[])[];
	readonly results: readonly StoredResult[];
	/** When a build last used its results; of a record without any, when a build last wrote its key. Milliseconds since 1970. */
	readonly usedAt: number;
}

export interface StoredResult {
	/** Blobs of the layers, lowest first. */
	readonly chain: readonly Digest[];
	/** RFC 3339. */
	readonly createdAt?: string;
}

/** The records of a config; `usedAt` gives the time of each by its position. */
export function storedRecords({records, layers}: CacheConfig, usedAt: (index: number) => number): StoredRecord[] {
	const isNoise = (index: number): boolean => {
		const record = records[index];
		return record !== undefined && !isDigest(record.digest) && record.results.length === 0;
	};
	const own = records.at(-1)?.digest === endDigest ? records.slice(0, -1) : records;
	return own.map(({digest, inputs, results}, index) => ({
		digest,
		// Each export of BuildKit 0.13 has random names of its own, which match nothing: they would pile up.
		inputs: inputs.map(links =>
			links.every(({link}) => isNoise(link)) ? links : links.filter(one => !isNoise(one.link)),
		),
		results: results.map(({chain, createdAt}) => ({
			chain: chain.flatMap(layer => layers[layer]?.blob ?? []),
			...(createdAt !== undefined && {createdAt}),
		})),
		usedAt: usedAt(index),
	}));
}

/**
 * The records that are left when results are dropped: those with a result, those without that `keepsKey`, and what their
 * inputs link to. Links to others go; what no record needs is not there, so no link dangles.
 */
export function compactRecords(
	records: readonly StoredRecord[],
	keepsResult: (record: StoredRecord, index: number) => boolean,
	keepsKey: (record: StoredRecord) => boolean,
): readonly StoredRecord[] {
	const kept = new Set<number>();
	const pending: number[] = [];
	const keep = (index: number): void => {
		if (!kept.has(index)) {
			kept.add(index);
			pending.push(index);
		}
	};
	const withResults = new Set<number>();
	for (const [index, record] of records.entries()) {
		if (record.results.length > 0 ? keepsResult(record, index) : keepsKey(record)) {
			keep(index);
		}

		if (record.results.length > 0 && keepsResult(record, index)) {
			withResults.add(index);
		}
	}

	for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
		for (const {link} of records[index]?.inputs.flat() ?? []) {
			keep(link);
		}
	}

	const order = [...kept].sort((a, b) => a - b);
	const places = new Map(order.map((index, place) => [index, place]));
	return order.flatMap(index => {
		const record = records[index];
		return record === undefined
			? []
			: {
					...record,
					inputs: record.inputs.map(links => links.map(link => ({...link, link: places.get(link.link) ?? -1}))),
					results: withResults.has(index) ? record.results : [],
				};
	});
}
