import {splitEntry} from './env-list.ts';
import {type VersionedMap, versionedMap} from './versioned-map.ts';

/** Env of an image config, in first-definition order: assigning a name again leaves it where it is. */
export interface ConfigEnv {
	has(name: string): boolean;
	set(name: string, value: string): ConfigEnv;
	/** `K=V` entries in order. */
	entries(): readonly string[];
}

/** The Env of an image as it is: a name that an image lists twice stays there twice, and `set` changes the first. */
export function configEnv(entries: readonly string[]): ConfigEnv {
	const seen = new Set<string>();
	const placed = entries.map((entry, order) => {
		const [name] = splitEntry(entry);
		// No name holds a "=", so that this is nobody's.
		const key = seen.has(name) ? `=${order}` : name;
		seen.add(name);
		return [key, {entry, order}] as const;
	});
	return fromMap(versionedMap(placed), entries.length);
}

interface Placed {
	readonly entry: string;
	readonly order: number;
}

function fromMap(placed: VersionedMap<Placed>, next: number): ConfigEnv {
	return {
		has: name => placed.get(name) !== undefined,
		set(name, value) {
			const order = placed.get(name)?.order ?? next;
			return fromMap(placed.set(name, {entry: `${name}=${value}`, order}), next + 1);
		},
		entries: () =>
			placed
				.entries()
				.toSorted(([, a], [, b]) => a.order - b.order)
				.map(([, {entry}]) => entry),
	};
}
