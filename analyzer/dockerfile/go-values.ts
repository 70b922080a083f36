const TRUE: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Go's strconv.ParseBool; undefined for what it rejects. */
export function parseBool(text: string): boolean | undefined {
	if (TRUE.includes(text)) {
		return true;
	}

	return FALSE.includes(text) ? false : undefined;
}

const MAX_UINT32 = 0xff_ff_ff_ff;

/** Go's strconv.ParseUint for 32 bits; undefined for what it rejects, a sign included. */
export function parseUint32(text: string, base: 8 | 10): number | undefined {
	if (!(base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) {
		return undefined;
	}

	const value = Number.parseInt(text, base);
	return value <= MAX_UINT32 ? value : undefined;
}

/** Go's strconv.ParseInt for 32 bits, base 10. */
export function parseInt32(text: string): number | undefined {
	if (!/^[+-]?[0-9]+$/.test(text)) {
		return undefined;
	}

	const value = Number.parseInt(text, 10);
	return value >= -0x80_00_00_00 && value <= 0x7f_ff_ff_ff ? value : undefined;
}

/** Nanoseconds in the units of Go's time.ParseDuration; both signs of micro are known. */
const NANOSECONDS: ReadonlyMap<string, number> = new Map([
	['ns', 1],
	['us', 1e3],
	['\u00b5s', 1e3],
	['\u03bcs', 1e3],
	['ms', 1e6],
	['s', 1e9],
	['m', 60e9],
	['h', 3600e9],
]);

/** Beyond this Go's duration, 64 bits of nanoseconds, overflows. */
const MAX_DURATION = 2 ** 63;

/** Go's time.ParseDuration, in nanoseconds (`1h30m`, `1.5s`, `-2ms`, `0`); undefined for what it rejects. */
export function parseDuration(text: string): number | undefined {
	const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
	if (body === '0') {
		return 0;
	}

	const part = /([0-9]*)(\.[0-9]*)?([^0-9.]+)/y;
	let total = 0;
	let end = 0;
	while (end < body.length) {
		part.lastIndex = end;
		const [whole, integer = '', fraction = '', unit = ''] = part.exec(body) ?? [];
		const nanoseconds = NANOSECONDS.get(unit);
		if (whole === undefined || nanoseconds === undefined || !/[0-9]/.test(integer + fraction)) {
			return undefined;
		}

		total += Number(`0${integer}${fraction === '.' ? '' : fraction}`) * nanoseconds;
		end = part.lastIndex;
	}

	if (body === '' || total > MAX_DURATION || (total === MAX_DURATION && sign !== '-')) {
		return undefined;
	}

	return sign === '-' ? -total : total;
}

const BINARY_UNITS = 'kmgtp';

/**
 * A size as `--mount=type=tmpfs,size=` takes it, in bytes: `64m`, `1.5GiB`, `10 kb`
 * (docker/go-units RAMInBytes); undefined for what it rejects.
 */
export function parseSize(text: string): number | undefined {
	const match = /^(.*[0-9. ])([^0-9. ]*)$/s.exec(text);
	if (match === null) {
		return undefined;
	}

	const [, head = '', suffix = ''] = match;
	const number = head.endsWith(' ') ? head.slice(0, -1) : head;
	const unit = suffix.toLowerCase();
	if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(number) || !/^([kmgtp]?(i?b)?)?$/.test(unit)) {
		return undefined;
	}

	// "ib" alone is no unit: the "i" needs a letter before it.
	const power = unit === '' || unit === 'b' ? 0 : BINARY_UNITS.indexOf(unit.charAt(0)) + 1;
	const size = Number(number) * 1024 ** power;
	return unit === 'ib' || size < 0 || !Number.isFinite(size) ? undefined : Math.trunc(Math.abs(size));
}
