import type {Dialect} from './dialect.ts';

/** A Last-Modified header as it is part of a key; '' where it is not (BuildKit source/http/source.go, Go net/http ParseTime). */
export function httpTime(header: string | undefined, dialect: Dialect): string {
	if (header === undefined || dialect.httpTime === 'as-sent') {
		return header ?? '';
	}

	// Three forms are understood; the first is also the one that is written.
	const imf = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(header);
	const old =
		/^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) [A-Z]{3,4}$/.exec(
			header,
		);
	const asctime = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(header);
	if (imf !== null) {
		return format(imf[3], imf[2], imf[1], imf[4]);
	}

	if (old !== null) {
		// Go takes two digits from 69 on for the last century.
		const year = Number(old[3]);
		return format(String(year >= 69 ? 1900 + year : 2000 + year), old[2], old[1], old[4]);
	}

	return asctime === null ? '' : format(asctime[4], asctime[1], asctime[2], asctime[3]);
}

function format(year = '', month = '', day = '', time = ''): string {
	const date = new Date(`${day.trim()} ${month} ${year} ${time} UTC`);
	return Number.isNaN(date.getTime()) ? '' : date.toUTCString();
}
