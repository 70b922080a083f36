import type {Range} from '../../analyzer/index.ts';

/** A value of a configuration file with the place it stands at. */
export type ConfigValue = ConfigScalar | ConfigList | ConfigMap;

export interface ConfigScalar {
	readonly kind: 'scalar';
	readonly value: string | number | boolean | null;
	readonly range: Range;
}

export interface ConfigList {
	readonly kind: 'list';
	readonly items: readonly ConfigValue[];
	readonly range: Range;
}

export interface ConfigMap {
	readonly kind: 'map';
	readonly entries: readonly ConfigEntry[];
	readonly range: Range;
}

export interface ConfigEntry {
	readonly name: string;
	readonly nameRange: Range;
	readonly value: ConfigValue;
}

/** Something that is wrong at one place of a configuration file. */
export interface ConfigProblem {
	readonly message: string;
	readonly range: Range;
	readonly hint?: string;
}

/** What a value is, for messages. */
export function describeValue(value: ConfigValue): string {
	return value.kind === 'scalar' ? JSON.stringify(value.value) : value.kind === 'list' ? 'a list' : 'a table';
}
