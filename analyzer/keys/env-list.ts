import type {Environment} from '../dockerfile/expand.ts';
import {type VersionedMap, versionedMap} from './versioned-map.ts';

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
	const assigned = entries.map((entry, order) => {
		const [name, value] = splitEntry(entry);
		return [name, {value, order}] as const;
	});
	return fromMap(versionedMap(assigned), entries.length);
}

/** Splits `K=V` at the first `=`; an entry without one has the value ''. */
export function splitEntry(entry: string): readonly [name: string, value: string] {
	const at = entry.indexOf('=');
	return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

interface Assigned {
	readonly value: string;
	/** Which assignment it was, counted from 0. */
	readonly order: number;
}

function fromMap(values: VersionedMap<Assigned>, next: number): EnvList {
	let sorted: readonly (readonly [string, Assigned])[] | undefined;
	let entries: readonly string[] | undefined;
	const inOrder = () => {
		sorted ??= values.entries().toSorted(([, a], [, b]) => a.order - b.order);
		return sorted;
	};
	return {
		get: name => values.get(name)?.value,
		names: () => inOrder().map(([name]) => name),
		entries: () => {
			entries ??= inOrder().map(([name, {value}]) => `${name}=${value}`);
			return entries;
		},
		set: (name, value) => fromMap(values.set(name, {value, order: next}), next + 1),
	};
}
