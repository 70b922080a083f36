import {type CacheReading, describeCacheSpec} from '../../planner/index.ts';

// What BuildKit cannot read either counts as empty; what only we cannot read may hold any step.
function mayHold(reading: CacheReading): 'records' | 'nothing' | 'anything' {
	if (reading.kind === 'found') {
		return 'records';
	}

	return 'contents' in reading && reading.contents === 'unknown' ? 'anything' : 'nothing';
}

/** A cache that was read, and what came of it. */
export function cacheJson(reading: CacheReading): Readonly<Record<string, unknown>> {
	return {
		cache: describeCacheSpec(reading.spec, 'from'),
		state: reading.kind,
		records: reading.kind === 'found' ? reading.config.records.length : null,
		mayHold: mayHold(reading),
		reason: reading.kind === 'unreadable' || reading.kind === 'unsupported' ? reading.reason : null,
	};
}
