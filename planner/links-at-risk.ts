import type {CacheConfig, CacheLink} from './caches/cache-config.ts';
import type {RecordIndex} from './record-index.ts';

// More ends than any build makes: sets of them are no longer told apart.
const endLimit = 4096;

/**
 * The same cache as BuildKit from 0.25 on may load it. It walks from each end, a record nothing is linked to, in no
 * certain order, and marks what it has met anew each time. A record that an earlier walk has added gives its links to
 * only one of those that a later walk adds; its other links of that walk are lost (cache/remotecache/v1/cachestorage.go
 * addItemToStorage). So a link can be lost where its record has another link on the way to the same end, and stands
 * below a further end without what either of them leads to.
 */
export function withLinksAtRisk(index: RecordIndex): RecordIndex {
	const {records} = index.config;
	const uses = usesOf(index.config);
	const ends = new Map([...uses.keys()].filter(position => uses[position]?.length === 0).map((end, at) => [end, at]));
	if (ends.size < 2) {
		return index;
	}

	const above = ends.size > endLimit ? undefined : endsAbove(uses, ends);
	const known = new Map<string, boolean>();
	const isAtRisk = (position: number, at: number, {link, selector}: CacheLink): boolean => {
		const others = (uses[link] ?? []).filter(
			use => use.record !== position || use.input !== at || use.selector !== selector,
		);
		if (above === undefined || others.length === 0) {
			return others.length > 0;
		}

		const [all = 0n, own = 0n] = [above[link], above[position]];
		return others.some(({record}) => {
			const other = above[record] ?? 0n;
			return (own & other) !== 0n && (all & ~(own | other)) !== 0n;
		});
	};
	return {
		...index,
		mayLose(position, at, link) {
			const key = `${position} ${at} ${link.link} ${link.selector ?? ''}`;
			const result = known.get(key) ?? (records[position] !== undefined && isAtRisk(position, at, link));
			known.set(key, result);
			return result;
		},
	};
}

interface Use {
	readonly record: number;
	readonly input: number;
	readonly selector: string | undefined;
}

// For each record the links to it.
function usesOf({records}: CacheConfig): readonly (readonly Use[])[] {
	const uses: Use[][] = records.map(() => []);
	for (const [record, {inputs}] of records.entries()) {
		for (const [input, links] of inputs.entries()) {
			for (const {link, selector} of links) {
				uses[link]?.push({record, input, selector});
			}
		}
	}

	return uses;
}

// For each record the ends above it, a bit each.
function endsAbove(uses: readonly (readonly Use[])[], ends: ReadonlyMap<number, number>): readonly bigint[] {
	const above: (bigint | undefined)[] = uses.map(() => undefined);
	for (const start of uses.keys()) {
		const pending = [start];
		for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
			const open = (uses[top] ?? []).filter(({record}) => above[record] === undefined);
			if (above[top] !== undefined || open.length === 0) {
				pending.pop();
				const end = ends.get(top);
				above[top] ??= (uses[top] ?? []).reduce(
					(bits, {record}) => bits | (above[record] ?? 0n),
					end === undefined ? 0n : 1n << BigInt(end),
				);
			} else {
				pending.push(...open.map(({record}) => record));
			}
		}
	}

	return above.map(bits => bits ?? 0n);
}
