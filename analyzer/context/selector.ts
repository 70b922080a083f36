/** Which part of an input counts for a content key (BuildKit solver/llbsolver/ops/opsutils/contenthash.go Selector). */
export interface Selector {
	/** Absolute path, perhaps with wildcards. */
	readonly path: string;
	/** The path itself may contain wildcards that select several entries. */
	readonly wildcard: boolean;
	/** A link as the last element is followed. */
	readonly followLinks: boolean;
	readonly include: readonly string[];
	readonly exclude: readonly string[];
	readonly required: readonly string[];
}

/** A selector that is nothing but a path. */
export function pathSelector(path: string, followLinks: boolean): Selector {
	return {path, wildcard: false, followLinks, include: [], exclude: [], required: []};
}

/** Whether more than one plain path is selected. */
export function hasPatterns(selector: Selector): boolean {
	return selector.wildcard || selector.include.length > 0 || selector.exclude.length > 0;
}

/** Whether a name holds `*`, `?` or `[` outside an escape (BuildKit ops/file.go containsWildcards). */
export function containsWildcards(name: string): boolean {
	for (let index = 0; index < name.length; index++) {
		const char = name[index];
		if (char === '\\') {
			index++;
		} else if (char === '*' || char === '?' || char === '[') {
			return true;
		}
	}

	return false;
}

/** Drops every path that lies below another one of the list, and sorts (BuildKit ops/exec.go dedupePaths). */
export function dedupePaths(paths: readonly string[]): readonly string[] {
	const isBelow = (path: string, parent: string) => path.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
	// With the slash as the lowest character a path stands right before what lies below it.
	const inOrder = Array.from(new Set(paths), path => ({path, order: path.replaceAll('/', '\0')})).sort((a, b) =>
		a.order < b.order ? -1 : Number(a.order > b.order),
	);
	const kept: string[] = [];
	for (const {path} of inOrder) {
		const last = kept.at(-1);
		if (last === undefined || !isBelow(path, last)) {
			kept.push(path);
		}
	}

	return kept.sort(compareBytes);
}

/** The selectors of one input as they are hashed: plain paths deduplicated, all sorted by path (ops/file.go dedupeSelectors). */
export function dedupeSelectors(selectors: readonly Selector[]): readonly Selector[] {
	const plain = (followLinks: boolean) =>
		dedupePaths(selectors.filter(one => !hasPatterns(one) && one.followLinks === followLinks).map(one => one.path)).map(
			path => pathSelector(path, followLinks),
		);
	const all = [...plain(false), ...plain(true), ...selectors.filter(one => hasPatterns(one))];
	return all.sort((a, b) => compareBytes(a.path, b.path));
}

/** Orders texts by their UTF-8 bytes, as Go compares strings. */
export function compareBytes(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
