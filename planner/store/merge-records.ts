import type {CacheLink} from '../caches/cache-config.ts';
import {findLoop} from '../caches/find-loop.ts';
import {linkedFirst} from '../caches/record-order.ts';
import type {StoredRecord, StoredResult} from './stored-record.ts';

/**
 * The records of two exports as one cache. A record that both know gets the newer one's results, and the older one's
 * where the newer has its key only. Records are one where BuildKit would read them as one (cache/remotecache/v1/chains.go
 * Add): same digest, and for each input a link they share. This is repeated until nothing more is one, so that what
 * BuildKit reads has the records that the planner sees.
 */
export function mergeRecords(newer: readonly StoredRecord[], older: readonly StoredRecord[]): readonly StoredRecord[] {
	let records: readonly StoredRecord[] = [...newer, ...older.map(record => shifted(record, newer.length))];
	for (;;) {
		const merged = mergeOnce(records);
		// A loop would make all of the cache unreadable; nothing is worth that.
		if (findLoop(merged.map(({inputs}) => inputs.flat().map(({link}) => link))) !== undefined) {
			return newer;
		}

		if (merged.length === records.length) {
			return merged;
		}

		records = merged;
	}
}

function shifted(record: StoredRecord, by: number): StoredRecord {
	return {
		...record,
		inputs: record.inputs.map(links => links.map(link => ({...link, link: link.link + by}))),
	};
}

interface Item {
	readonly digest: string;
	readonly inputs: Map<string, CacheLink>[];
	results: readonly StoredResult[];
	usedAt: number;
}

function mergeOnce(records: readonly StoredRecord[]): readonly StoredRecord[] {
	const items: Item[] = [];
	/** Items by what links to them: digest, input, selector and source; without inputs by digest. */
	const known = new Map<string, Set<number>>();
	const places = new Map<number, number>();
	for (const index of linkedFirst(records)) {
		const record = records[index];
		if (record === undefined) {
			continue;
		}

		const inputs = record.inputs.map(links => links.map(link => ({...link, link: places.get(link.link) ?? -1})));
		const place = [...placesOf(record.digest, inputs, known)][0] ?? items.length;
		const item = items[place] ?? newItem(record, inputs.length);
		const isNew = place === items.length;
		if (isNew) {
			items.push(item);
		} else {
			addResults(item, record);
		}

		places.set(index, place);
		for (const [input, links] of inputs.entries()) {
			for (const link of links) {
				const key = keyOf(record.digest, input, link);
				if (item.inputs[input]?.has(key) === false && (isNew || !leadsTo(items, link.link, place))) {
					item.inputs[input]?.set(key, link);
					add(known, key, place);
				}
			}
		}

		if (inputs.length === 0) {
			add(known, record.digest, place);
		}
	}

	return items.map(({digest, inputs, results, usedAt}) => ({
		digest,
		inputs: inputs.map(links => [...links.values()]),
		results,
		usedAt,
	}));
}

function newItem({digest, results, usedAt}: StoredRecord, inputs: number): Item {
	return {digest, inputs: Array.from({length: inputs}, () => new Map()), results, usedAt};
}

function addResults(item: Item, {results, usedAt}: StoredRecord): void {
	if (item.results.length === 0 && results.length > 0) {
		item.results = results;
		item.usedAt = usedAt;
	} else if (item.results.length > 0 === results.length > 0) {
		item.usedAt = Math.max(item.usedAt, usedAt);
	}
}

/** The items that share a link of every input. */
function placesOf(
	digest: string,
	inputs: readonly (readonly CacheLink[])[],
	known: ReadonlyMap<string, ReadonlySet<number>>,
): ReadonlySet<number> {
	if (inputs.length === 0) {
		return known.get(digest) ?? new Set();
	}

	let common: ReadonlySet<number> | undefined;
	for (const [input, links] of inputs.entries()) {
		const ofInput = new Set(links.flatMap(link => [...(known.get(keyOf(digest, input, link)) ?? [])]));
		common = common === undefined ? ofInput : new Set([...common].filter(place => ofInput.has(place)));
	}

	return common ?? new Set();
}

function keyOf(digest: string, input: number, {link, selector}: CacheLink): string {
	return `${digest} ${input} ${link} ${selector ?? ''}`;
}

function add(known: Map<string, Set<number>>, key: string, place: number): void {
	const places = known.get(key);
	if (places === undefined) {
		known.set(key, new Set([place]));
	} else {
		places.add(place);
	}
}

/** An item is made of another one, or is it. */
function leadsTo(items: readonly Item[], from: number, to: number): boolean {
	const seen = new Set([from]);
	const pending = [from];
	for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
		if (place === to) {
			return true;
		}

		for (const links of items[place]?.inputs ?? []) {
			for (const {link} of links.values()) {
				if (!seen.has(link)) {
					seen.add(link);
					pending.push(link);
				}
			}
		}
	}

	return false;
}
