/** Sorted texts, each without what it has in common with the one before. */
export interface FrontCoded {
	/** How many characters are those of the text before. */
	readonly shared: readonly number[];
	/** The rest of each. */
	readonly paths: readonly string[];
}

/** Front-codes texts: two columns that compress to a third of what the texts do. */
export function frontCoded(texts: readonly string[]): FrontCoded {
	const shared = texts.map((text, at) => {
		const before = texts[at - 1] ?? '';
		let same = 0;
		while (same < text.length && same < before.length && text[same] === before[same]) {
			same++;
		}

		return same;
	});
	return {shared, paths: texts.map((text, at) => text.slice(shared[at]))};
}

/** The longest text that is read: longer than any path may be. */
const mostLength = 1 << 16;

/** The texts again; nothing where the columns are not those of front-coded texts. */
export function fromFrontCoded({shared, paths}: FrontCoded): readonly string[] | undefined {
	const texts: string[] = [];
	for (const [at, rest] of paths.entries()) {
		const before = texts[at - 1] ?? '';
		const same = shared[at];
		if (
			same === undefined ||
			!Number.isInteger(same) ||
			same < 0 ||
			same > before.length ||
			same + rest.length > mostLength
		) {
			return undefined;
		}

		texts.push(before.slice(0, same) + rest);
	}

	return shared.length === paths.length ? texts : undefined;
}
