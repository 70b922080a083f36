// Bytes that are no UTF-8 stand in a text as the lone surrogates U+DC80 to U+DCFF, one for each byte, as Python's
// "surrogateescape" has it: so nothing is lost, and every such byte is one character, as it is for Go.
const firstEscape = 0xdc00;

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** Reads a Dockerfile's bytes as text; `encodeSource` gives the same bytes back. */
export function decodeSource(bytes: Uint8Array): string {
	try {
		return strict.decode(bytes);
	} catch {
		return decodeLoosely(bytes);
	}
}

/** The bytes of a text that `decodeSource` made, or of any well-formed one. */
export function encodeSource(text: string): Uint8Array {
	return Buffer.concat(
		splitAtEscapes(text).map((part, index) =>
			index % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - firstEscape),
		),
	);
}

/** The text with U+FFFD for every byte that is no UTF-8, as Go writes it once it has read a text character by character. */
export function withoutEscapes(text: string): string {
	return text.replace(everyEscape, '\ufffd');
}

/** Cuts a text at its escaped bytes, which stand at the odd places of the result. */
export function splitAtEscapes(text: string): readonly string[] {
	return text.split(oneEscape);
}

/** The first byte that is no UTF-8, and where it stands in the text. */
export function firstEscapedByte(text: string): {readonly at: number; readonly byte: number} | undefined {
	const at = text.search(oneEscape);
	return at === -1 ? undefined : {at, byte: text.charCodeAt(at) - firstEscape};
}

const oneEscape = /([\udc80-\udcff])/u;
const everyEscape = /[\udc80-\udcff]/gu;

function decodeLoosely(bytes: Uint8Array): string {
	const parts: string[] = [];
	let start = 0;
	for (let at = 0; at < bytes.length; ) {
		const length = sequenceLength(bytes, at);
		if (length === 0) {
			parts.push(strict.decode(bytes.subarray(start, at)), String.fromCharCode(firstEscape + (bytes[at] ?? 0)));
			start = at + 1;
		}

		at += Math.max(1, length);
	}

	return [...parts, strict.decode(bytes.subarray(start))].join('');
}

// Length of the UTF-8 sequence that begins here, 0 where none does (the Unicode Standard, table 3-7; Go unicode/utf8).
function sequenceLength(bytes: Uint8Array, at: number): number {
	const first = bytes[at] ?? 0;
	if (first < 0x80) {
		return 1;
	}

	const length =
		first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
	const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
	const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
	for (let index = 1; index < length; index++) {
		const byte = bytes[at + index] ?? 0;
		if (byte < (index === 1 ? lowest : 0x80) || byte > (index === 1 ? highest : 0xbf)) {
			return 0;
		}
	}

	return length;
}
