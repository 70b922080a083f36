import type {StageGraph} from '../../planner/index.ts';
import {describeCause, type Origin, type Step, type StepForecast, stageLabel, stepText} from '../../planner/index.ts';

/** How a step is shown: `follows` is a miss that another one brings about. */
export type Standing = 'hit' | 'miss' | 'follows' | 'unknown' | 'none';

/** The sign of each: colour is never the only one. */
export const marks: Readonly<Record<Standing, string>> = {hit: '✔', miss: '✖', follows: '↳', unknown: '?', none: '·'};

/** How a forecast is shown. */
export function standingOf({outcome, cause}: StepForecast): Standing {
	return outcome === 'miss' && cause?.kind === 'parent' ? 'follows' : outcome;
}

/** The outcome as a word; nothing for what is not cached at all. */
export function outcomeWord({outcome}: StepForecast): string {
	return outcome === 'none' ? '' : outcome;
}

/** A step on one line. */
export function stepLine(step: Step): string {
	return `${step.trigger ? 'ONBUILD ' : ''}${stepText(step)}`;
}

/** Why a step comes to what it does; nothing where there is nothing to say. */
export function whyOf({cause, skipped}: StepForecast): string | undefined {
	if (skipped) {
		return 'need not run: no layers in the cache, and nothing that runs takes any';
	}

	return cause === undefined ? undefined : describeCause(cause);
}

/** What a stage stands on, as people call it. */
export function baseText(base: Origin, {stages}: Pick<StageGraph, 'stages'>): string {
	const by = base.kind === 'stage' || base.context === undefined ? '' : ` (--build-context ${base.context})`;
	switch (base.kind) {
		case 'stage': {
			const stage = stages[base.index];
			return stage === undefined ? '' : stageLabel(stage);
		}

		case 'scratch': {
			return `scratch${by}`;
		}

		case 'image': {
			return `${base.reference}${by}`;
		}

		case 'folder': {
			return `a folder${by}`;
		}

		case 'remote': {
			return `${base.location}${by}`;
		}
	}
}
