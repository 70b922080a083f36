const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as Docker writes them, in powers of 1000: `3.2 MB`. */
export function formatBytes(bytes: number): string {
	const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
	const value = bytes / 1000 ** power;
	return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** How long ago a time of RFC 3339 was: `40 s`, `3 h`, `12 d`; nothing where it is no time, or to come. */
export function formatAge(time: string, now: number): string | undefined {
	const seconds = Math.floor((now - Date.parse(time)) / 1000);
	if (!(seconds >= 0)) {
		return undefined;
	}

	if (seconds < 120) {
		return `${seconds} s`;
	}

	const [length, unit] = seconds < 7200 ? [60, 'min'] : seconds < 172_800 ? [3600, 'h'] : [86_400, 'd'];
	return `${Math.floor(seconds / length)} ${unit}`;
}

/** Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 9.95) {
		return `${seconds.toFixed(1)} s`;
	}

	const whole = Math.round(seconds);
	return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
