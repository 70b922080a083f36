import type {Dialect} from './dialect.ts';
import type {EnvList} from './env-list.ts';

/** What SOURCE_DATE_EPOCH comes to. */
export type Epoch =
	| {readonly kind: 'none'}
	| {readonly kind: 'time'; readonly nanoseconds: bigint}
	/** Decided in the build only. */
	| {readonly kind: 'open'; readonly cause: string};

/**
 * SOURCE_DATE_EPOCH: the build argument in seconds, since 0.29 the default of a global ARG too. From 0.30 on it may also
 * name a context or stage whose time is taken (BuildKit dockerui/config.go parseSourceDateEpoch, dockerfile2llb/epoch.go).
 */
export function epochOf(buildArgs: ReadonlyMap<string, string>, globalArgs: EnvList, {hasGlobalEpoch}: Dialect): Epoch {
	const text = buildArgs.get('SOURCE_DATE_EPOCH') ?? (hasGlobalEpoch ? globalArgs.get('SOURCE_DATE_EPOCH') : undefined);
	if (text === undefined || text === '') {
		return {kind: 'none'};
	}

	return /^[+-]?\d+$/.test(text)
		? {kind: 'time', nanoseconds: BigInt(text.replace('+', '')) * 1_000_000_000n}
		: {kind: 'open', cause: `SOURCE_DATE_EPOCH is "${text}", and what time that stands for is known only in the build`};
}
