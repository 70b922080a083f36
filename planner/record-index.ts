import {contentRecordDigest, type Digest} from '../analyzer/index.ts';
import type {CacheConfig, CacheLink, CacheRecord} from './caches/cache-config.ts';

/** A cache config made searchable. Records are known by their position in it. */
export interface RecordIndex {
	readonly config: CacheConfig;
	byDigest(digest: Digest): readonly number[];
	record(index: number): CacheRecord | undefined;
	/** A record without inputs: an image, an inline document or a piece of content. */
	isRoot(index: number): boolean;
	/** A root record that stands for this content key. */
	matchesContent(index: number, content: Digest): boolean;
	hasResult(index: number): boolean;
	/** The builder may not see this link of an input of the record (`links-at-risk.ts`). */
	mayLose(index: number, input: number, link: CacheLink): boolean;
}

/** Indexes the records of a cache by digest. */
export function indexRecords(config: CacheConfig): RecordIndex {
	const positions = new Map<string, number[]>();
	for (const [index, {digest}] of config.records.entries()) {
		const known = positions.get(digest);
		if (known === undefined) {
			positions.set(digest, [index]);
		} else {
			known.push(index);
		}
	}

	return {
		config,
		byDigest: digest => positions.get(digest) ?? [],
		record: index => config.records[index],
		matchesContent: (index, content) => {
			const record = config.records[index];
			return record?.inputs.length === 0 && record.digest === contentRecordDigest(content);
		},
		isRoot: index => config.records[index]?.inputs.length === 0,
		hasResult: index => (config.records[index]?.results.length ?? 0) > 0,
		mayLose: () => false,
	};
}
