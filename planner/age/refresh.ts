import type {StageGraph, Step} from '../../analyzer/index.ts';
import type {Cause} from '../cause.ts';
import {type NoCache, type NoCacheStages, namelessStages} from '../ignores-cache.ts';
import type {AgeLimit} from './max-age.ts';

/** A step that would, or might, be taken from a record that is too old. */
export interface OldStep {
	readonly step: string;
	readonly stage: number;
	readonly line: number;
	readonly limit: AgeLimit;
	/** No cache says when it ran, which is as bad. */
	readonly untold: boolean;
}

/** What is kept from the cache because of steps that are too old. */
export interface Refresh {
	readonly stages: NoCacheStages;
	readonly old: readonly OldStep[];
}

export const noRefresh: Refresh = {stages: false, old: []};

/**
 * The names of the stages that run again because of these steps. BuildKit has no age (moby/buildkit#4294), but a whole
 * stage can be kept from the cache by its name (`--no-cache-filter`): all RUN, COPY and ADD of it run, and that is what
 * is forecast for them. Stages without a name are one to BuildKit. The Docker Engine API knows all stages or none.
 */
export function stagesToRefresh(old: readonly OldStep[], {stages}: StageGraph, viaEngineApi: boolean): NoCache {
	return old.length > 0 && (viaEngineApi || [...new Set(old.map(({stage}) => stages[stage]?.name ?? namelessStages))]);
}

/** Both in one, as a builder is told. */
export function bothNoCache(one: NoCache, other: NoCache): NoCache {
	if (one === true || other === true) {
		return true;
	}

	const names = [...new Set([one, other].flatMap(value => (typeof value === 'boolean' ? [] : value)))];
	return names.length > 0 && names;
}

/** Why a step of a refreshed stage runs: its own record, or the first of its stage, or of whatever goes with it. */
export function ageCause({id, stage}: Step, {old}: Refresh): Cause {
	const own = old.find(({step}) => step === id);
	const first = own ?? old.find(one => one.stage === stage) ?? old[0];
	return {
		kind: 'age',
		limit: first?.limit.text ?? '',
		...(first?.untold && {untold: true}),
		...(own === undefined && first !== undefined && {step: first.step, line: first.line}),
	};
}
