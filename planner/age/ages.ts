import type {Found} from '../found.ts';
import type {CacheMatch} from '../match-records.ts';

/**
 * When each result was made that a step is taken from, or may be: RFC 3339, undefined where no cache says so. A step of
 * which only the key is known ran at some time all the same.
 */
export function agesOf(found: Found, matches: readonly CacheMatch[]): readonly (string | undefined)[] {
	switch (found.kind) {
		case 'hit': {
			return [found.result.createdAt];
		}

		case 'key-only': {
			return [undefined];
		}

		case 'absent':
		case 'unread': {
			return [];
		}

		case 'lost':
		case 'ambiguous':
		case 'possible':
		case 'possible-key': {
			return matches.flatMap(({index, match: {possible}}) =>
				possible === 'any'
					? []
					: [...possible].flatMap(position => {
							const results = index.record(position)?.results ?? [];
							return results.length === 0 ? [undefined] : results.map(({createdAt}) => createdAt);
						}),
			);
		}
	}
}
