/** A map that is never changed: `set` gives another one. */
export interface VersionedMap<Value> {
	get(key: string): Value | undefined;
	set(key: string, value: Value): VersionedMap<Value>;
	/** In no order that means anything. */
	entries(): readonly (readonly [key: string, value: Value])[];
}

/**
 * A map whose versions share one table: the one used last owns it, each other knows in what one key it differs from its
 * neighbour. Setting and reading along a chain of versions is done at once however large the map, as a Dockerfile needs
 * it; going back costs a step for each version between (Baker's trick).
 */
export function versionedMap<Value>(entries: Iterable<readonly [string, Value]> = []): VersionedMap<Value> {
	return versionOf({version: {kind: 'owner', table: new Map(entries)}});
}

type Version<Value> =
	| {readonly kind: 'owner'; readonly table: Map<string, Value>}
	| {readonly kind: 'differs'; readonly key: string; readonly value: Value | undefined; readonly from: Holder<Value>};

interface Holder<Value> {
	version: Version<Value>;
}

function versionOf<Value>(holder: Holder<Value>): VersionedMap<Value> {
	return {
		get: key => own(holder).get(key),
		set(key, value) {
			const table = own(holder);
			const next: Holder<Value> = {version: {kind: 'owner', table}};
			holder.version = {kind: 'differs', key, value: table.get(key), from: next};
			table.set(key, value);
			return versionOf(next);
		},
		entries: () => [...own(holder)],
	};
}

/** Moves the table to this version. */
function own<Value>(holder: Holder<Value>): Map<string, Value> {
	const way: Holder<Value>[] = [];
	let at = holder;
	while (at.version.kind === 'differs') {
		way.push(at);
		at = at.version.from;
	}

	const {table} = at.version;
	for (const next of way.reverse()) {
		if (next.version.kind === 'differs') {
			const {key, value} = next.version;
			at.version = {kind: 'differs', key, value: table.get(key), from: next};
			if (value === undefined) {
				table.delete(key);
			} else {
				table.set(key, value);
			}
		}

		next.version = {kind: 'owner', table};
		at = next;
	}

	return table;
}
