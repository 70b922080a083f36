import {didYouMean, type StageGraph} from '../../analyzer/index.ts';
import type {Problem} from '../workspace.ts';

/** One `--max-age`: how old a record may be that a step is taken from. */
export interface AgeLimit {
	/** As the user wrote it: `7d`. */
	readonly text: string;
	readonly ms: number;
	/** The stage it is for, as written; absent: every stage that has no limit of its own. */
	readonly stage?: string;
}

/** The limits of a build, and the moment that ages are counted from, in milliseconds since the epoch. */
export interface MaxAge {
	readonly limits: readonly AgeLimit[];
	readonly now: number;
}

export type AgeFlag =
	| {readonly kind: 'limit'; readonly limit: AgeLimit}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

const second = 1000;
const units: Readonly<Record<string, number>> = {
	s: second,
	m: 60 * second,
	h: 3600 * second,
	d: 24 * 3600 * second,
	w: 7 * 24 * 3600 * second,
};

/** Parses `7d` or `STAGE=7d`: a whole number and s, m, h, d or w. */
export function parseAgeFlag(flag: string): AgeFlag {
	const at = flag.lastIndexOf('=');
	const stage = at === -1 ? undefined : flag.slice(0, at);
	const text = flag.slice(at + 1);
	const [, count = '', unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
	const ms = Number(count) * (units[unit] ?? Number.NaN);
	if (stage === '' || count === '' || !Number.isSafeInteger(ms)) {
		return {
			kind: 'invalid',
			message: `"${flag}" is no age`,
			hint: 'write a whole number with s, m, h, d or w behind it, for one stage behind its name: 7d, deps=12h',
		};
	}

	return {kind: 'limit', limit: {text, ms, ...(stage !== undefined && {stage})}};
}

/** The limit of a stage: the last one given for its name (whatever the case), else the last one for all. */
export function limitOf(name: string | undefined, limits: readonly AgeLimit[]): AgeLimit | undefined {
	const own = limits.findLast(({stage}) => stage !== undefined && stage.toLowerCase() === name?.toLowerCase());
	return own ?? limits.findLast(({stage}) => stage === undefined);
}

/**
 * The periods of the limits that a moment is in: another text as soon as a build may have made a stage anew for its age.
 * No cache is read for it, so it is not told when a record was made: a period is a day, or a shorter limit itself.
 */
export function agePeriods({limits, now}: MaxAge): readonly string[] {
	const day = units['d'] ?? 0;
	return limits
		.map(({stage = '', text, ms}) => `${stage}=${text} ${Math.floor(now / Math.max(1, Math.min(ms, day)))}`)
		.sort();
}

/** A limit for a stage that is not there would go unnoticed, so it is a mistake. */
export function unknownStage(limits: readonly AgeLimit[], {stages}: StageGraph): Problem | undefined {
	const names = stages.flatMap(({name}) => name ?? []);
	const wrong = limits.find(({stage}) => stage !== undefined && !names.some(one => same(one, stage)))?.stage;
	if (wrong === undefined) {
		return undefined;
	}

	return {
		message: `--max-age names the stage "${wrong}", which the Dockerfile does not have`,
		hint: didYouMean(wrong, names) ?? (names.length > 0 ? `it has ${names.join(', ')}` : 'its stages have no names'),
	};
}

function same(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}
