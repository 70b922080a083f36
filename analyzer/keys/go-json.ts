import {splitAtEscapes} from '../dockerfile/source-bytes.ts';

/** A value that encodes as Go's encoding/json encodes a struct: fields in the order given. */
export type GoJson = string | number | bigint | boolean | readonly GoJson[] | GoStruct;

/** A struct's fields in order; a field that is `undefined` is left out, as `omitempty` leaves out an empty one. */
export type GoStruct = {readonly [field: string]: GoJson | undefined};

// Go escapes these for HTML's sake also inside plain JSON.
const htmlUnsafe: Readonly<Record<string, string>> = {
	'<': '\\u003c',
	'>': '\\u003e',
	'&': '\\u0026',
	'\u2028': '\\u2028',
	'\u2029': '\\u2029',
};

/** Encodes as Go's `json.Marshal`: no blanks, fields in order, HTML characters and bytes that are no UTF-8 escaped. */
export function goJson(value: GoJson): string {
	switch (typeof value) {
		case 'string': {
			return `"${splitAtEscapes(value)
				.map((part, index) => (index % 2 === 0 ? escapeText(part) : '\\ufffd'))
				.join('')}"`;
		}

		case 'number':
		case 'bigint':
		case 'boolean': {
			return String(value);
		}

		case 'object': {
			return isList(value) ? `[${value.map(item => goJson(item)).join(',')}]` : encodeStruct(value);
		}
	}
}

function escapeText(text: string): string {
	return JSON.stringify(text)
		.slice(1, -1)
		.replace(/[<>&\u2028\u2029]/g, char => htmlUnsafe[char] ?? char);
}

function isList(value: readonly GoJson[] | GoStruct): value is readonly GoJson[] {
	return Array.isArray(value);
}

function encodeStruct(struct: GoStruct): string {
	const fields: string[] = [];
	for (const [name, value] of Object.entries(struct)) {
		if (value !== undefined) {
			fields.push(`${goJson(name)}:${goJson(value)}`);
		}
	}

	return `{${fields.join(',')}}`;
}

/** `omitempty`: a zero number, '', false and an empty list become `undefined`. */
export function omitEmpty<T extends string | number | bigint | boolean | readonly GoJson[]>(
	value: T | undefined,
): T | undefined {
	if (value === undefined || value === '' || value === false || value === 0 || value === 0n) {
		return undefined;
	}

	return Array.isArray(value) && value.length === 0 ? undefined : value;
}
