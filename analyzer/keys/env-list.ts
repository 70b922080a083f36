import type {Environment} from '../dockerfile/expand.ts';

/**
 * The environment of a build step in *last assignment order*: assigning a name again moves it to the end
 * (BuildKit client/llb/meta.go EnvList). The order is part of every RUN's key.
 */
export interface EnvList extends Environment {
	set(name: string, value: string): EnvList;
	/** `K=V` entries in order. */
	entries(): readonly string[];
}

/** An environment made of `K=V` entries, assigned one after the other. */
export function envList(entries: readonly string[] = []): EnvList {
	const values = new Map<string, string>();
	for (const entry of entries) {
		const [name, value] = splitEntry(entry);
		values.delete(name);
		values.set(name, value);
	}

	return fromMap(values);
}

/** Splits `K=V` at the first `=`; an entry without one has the value ''. */
export function splitEntry(entry: string): readonly [name: string, value: string] {
	const at = entry.indexOf('=');
	return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

function fromMap(values: ReadonlyMap<string, string>): EnvList {
	return {
		get: name => values.get(name),
		names: () => [...values.keys()],
		entries: () => [...values].map(([name, value]) => `${name}=${value}`),
		set(name, value) {
			const next = new Map(values);
			next.delete(name);
			next.set(name, value);
			return fromMap(next);
		},
	};
}
