/** What of a cache stays beside the layers of the present stages; without any limit, nothing does. */
export interface Keep {
	/** Results that no build used for longer go; milliseconds. */
	readonly maxAge?: number;
	/** The folder's blobs take no more bytes; the results used longest ago go first. */
	readonly maxBytes?: number;
}

/** `--keep current`, the default. */
export const keepCurrent: Keep = {};

/** Nothing but what the last build used stays. */
export function isCurrent({maxAge, maxBytes}: Keep): boolean {
	return maxAge === undefined && maxBytes === undefined;
}

export type KeepFlags =
	| {readonly kind: 'keep'; readonly keep: Keep}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

const seconds: Readonly<Record<string, number>> = {s: 1, m: 60, h: 3600, d: 86_400, w: 604_800};
const powers: readonly string[] = ['', 'k', 'm', 'g', 't', 'p'];
const hint = 'write --keep current, a time as 7d (s, m, h, d, w) or a size as 10GB';

/**
 * Reads the values of `--keep`. A size is what docker takes it for: powers of 1024, `10GB` as `10GiB` (docker/go-units
 * RAMInBytes); it needs its B where a lower-case letter alone would be a time. Of several limits of one kind the lowest
 * holds.
 */
export function parseKeep(values: readonly string[]): KeepFlags {
	let keep: Keep = {};
	for (const value of values) {
		const limit = parseLimit(value);
		if (limit === undefined) {
			return {kind: 'invalid', message: `--keep "${value}" is neither a time nor a size`, hint};
		}

		keep = {...keep, ...lowest(keep, limit)};
	}

	return values.includes('current') && values.some(value => value !== 'current')
		? {
				kind: 'invalid',
				message: '--keep current keeps nothing of earlier builds, so it excludes other limits',
				hint: 'leave it out, or give it alone',
			}
		: {kind: 'keep', keep};
}

function parseLimit(value: string): Keep | undefined {
	if (value === 'current') {
		return {};
	}

	const time = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(value);
	if (time !== null) {
		return {maxAge: Math.floor(Number(time[1]) * (seconds[time[2] ?? ''] ?? 0) * 1000)};
	}

	const maxBytes = parseSize(value);
	return maxBytes === undefined ? undefined : {maxBytes};
}

/** A size in bytes, as docker takes it; a letter alone must not be one that is also a unit of time. */
export function parseSize(value: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?) ?(?:([kgtp])|([kmgtp]?)(?:i?b))$/i.exec(value);
	if (match === null) {
		return undefined;
	}

	const power = powers.indexOf((match[2] ?? match[3] ?? '').toLowerCase());
	const bytes = Math.floor(Number(match[1]) * 1024 ** power);
	return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function lowest(one: Keep, other: Keep): Keep {
	const least = (a: number | undefined, b: number | undefined): number | undefined =>
		a === undefined ? b : b === undefined ? a : Math.min(a, b);
	const maxAge = least(one.maxAge, other.maxAge);
	const maxBytes = least(one.maxBytes, other.maxBytes);
	return {...(maxAge !== undefined && {maxAge}), ...(maxBytes !== undefined && {maxBytes})};
}
