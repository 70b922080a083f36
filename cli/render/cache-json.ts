import {type CacheReading, describeCacheSpec} from '../../planner/index.ts';

/** A cache that was read, and what came of it. */
export function cacheJson(reading: CacheReading): Readonly<Record<string, unknown>> {
	return {
		cache: describeCacheSpec(reading.spec, 'from'),
		state: reading.kind,
		records: reading.kind === 'found' ? reading.config.records.length : null,
		reason: reading.kind === 'unreadable' || reading.kind === 'unsupported' ? reading.reason : null,
	};
}
