/** Cuts a stream of UTF-8 bytes into lines, without their ends; the last one need not have one. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
	const decoder = new TextDecoder();
	let rest = '';
	for await (const chunk of stream) {
		const lines = `${rest}${decoder.decode(chunk, {stream: true})}`.split(/\r?\n/);
		rest = lines.pop() ?? '';
		yield* lines;
	}
	rest += decoder.decode();
	if (rest !== '') {
		yield rest;
	}
}
