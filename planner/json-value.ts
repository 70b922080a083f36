/** A JSON object from outside: nothing is known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a JSON text, or undefined when it is none (no JSON value is undefined). Bytes are read as UTF-8. */
export function parseJson(text: string | Uint8Array): unknown {
	try {
		return JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text));
	} catch {
		return undefined;
	}
}

/** The value when it is an object (not an array, not null). */
export function asObject(value: unknown): JsonObject | undefined {
	return isObject(value) ? value : undefined;
}

/** An object's own member; undefined when there is none, or the value is no object. */
export function member(value: unknown, name: string): unknown {
	return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The value when it is an array. */
export function asArray(value: unknown): readonly unknown[] | undefined {
	return Array.isArray(value) ? value : undefined;
}

/** The value when it is a text. */
export function asString(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

/** The value when it is an array of texts. */
export function asStrings(value: unknown): readonly string[] | undefined {
	return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined;
}

/** The members of an object whose values are texts; none when it is no object. */
export function stringMembers(value: unknown): Readonly<Record<string, string>> {
	const members: Record<string, string> = {};
	for (const [name, member] of Object.entries(asObject(value) ?? {})) {
		if (typeof member === 'string') {
			members[name] = member;
		}
	}

	return members;
}

function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
