import {quote} from './quote.ts';

/** The fields, or why the text is not CSV. */
export type CsvResult =
	| {readonly kind: 'fields'; readonly fields: readonly string[]}
	| {readonly kind: 'failed'; readonly message: string};

/**
 * The fields of one line of CSV: a field in double quotes may hold commas, and doubled quotes
 * (tonistiigi/go-csvvalue, as BuildKit reads `--mount` and `--device`).
 */
export function parseCsv(line: string): CsvResult {
	if (line === '') {
		return {kind: 'failed', message: 'the value is empty'};
	}

	const fields: string[] = [];
	let at = 0;
	for (;;) {
		if (line[at] === '"') {
			const quoted = readQuoted(line, at);
			if (quoted === undefined) {
				return {kind: 'failed', message: 'a field in double quotes must end with a quote and a comma'};
			}

			fields.push(quoted.field);
			at = quoted.end;
		} else {
			const comma = line.indexOf(',', at);
			const end = comma === -1 ? line.length : comma;
			const field = line.slice(at, end);
			if (field.includes('"')) {
				return {kind: 'failed', message: `a double quote stands inside ${quote(field)}`};
			}

			fields.push(field);
			at = end;
		}

		if (at >= line.length) {
			return {kind: 'fields', fields};
		}

		at++;
	}
}

/** A field from its opening quote on, up to a comma or the end of the line. */
function readQuoted(line: string, start: number): {readonly field: string; readonly end: number} | undefined {
	let field = '';
	let at = start + 1;
	for (;;) {
		const quote = line.indexOf('"', at);
		if (quote === -1) {
			return undefined;
		}

		field += line.slice(at, quote);
		const next = line[quote + 1];
		if (next === undefined || next === ',') {
			return {field, end: quote + 1};
		}

		if (next !== '"') {
			return undefined;
		}

		field += '"';
		at = quote + 2;
	}
}
