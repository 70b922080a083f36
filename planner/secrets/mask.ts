/** Puts `***` in place of secrets, in whole texts and in texts that come in pieces. */
export interface Mask {
	whole(text: string): string;
	/** A text of its own that comes in pieces. */
	pieces(): MaskedPieces;
}

export interface MaskedPieces {
	/** What can be shown of the text so far: an end that may be the beginning of a secret is held back. */
	add(piece: string): string;
	/** What was held back, when nothing more will come. */
	end(): string;
}

const shortest = 4;
const cover = '***';

/**
 * A mask over the values of secrets. A value is masked line by line, since a key of many lines is printed in lines too,
 * the longest first. Lines with fewer than 4 characters are left alone: they are in every text.
 * Takes time linear in the text, however many lines there are, unless very many begin alike.
 */
export function maskOf(values: readonly string[]): Mask {
	const lines = new Set(values.flatMap(value => value.split(/[\r\n]+/)).map(line => line.trim()));
	const needles = [...lines].filter(line => line.length >= shortest).sort((a, b) => b.length - a.length);
	const byBeginning = new Map<string, string[]>();
	for (const needle of needles) {
		const beginning = needle.slice(0, shortest);
		byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), needle]);
	}

	const longest = needles[0]?.length ?? 0;
	const mayGoOn = (text: string, at: number): boolean => {
		const length = text.length - at;
		const candidates = length < shortest ? needles : (byBeginning.get(text.slice(at, at + shortest)) ?? []);
		return candidates.some(needle => needle.length > length && needle.startsWith(text.slice(at)));
	};
	const apply = (text: string, isWhole: boolean): {readonly shown: string; readonly held: string} => {
		let shown = '';
		let from = 0;
		for (let at = 0; at < text.length; ) {
			if (!isWhole && text.length - at < longest && mayGoOn(text, at)) {
				return {shown: shown + text.slice(from, at), held: text.slice(at)};
			}

			const found = byBeginning.get(text.slice(at, at + shortest))?.find(needle => text.startsWith(needle, at));
			if (found === undefined) {
				at += 1;
				continue;
			}

			shown += text.slice(from, at) + cover;
			at += found.length;
			from = at;
		}

		return {shown: shown + text.slice(from), held: ''};
	};
	const whole = (text: string) => (needles.length === 0 ? text : apply(text, true).shown);
	return {
		whole,
		pieces() {
			let held = '';
			return {
				add(piece) {
					const result = needles.length === 0 ? {shown: piece, held} : apply(held + piece, false);
					held = result.held;
					return result.shown;
				},
				end() {
					const rest = whole(held);
					held = '';
					return rest;
				},
			};
		},
	};
}
