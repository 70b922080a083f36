import {
	type ChangedStep,
	describeChange,
	formatPlatform,
	type SincePlan,
	type SinceReport,
	stageLabel,
} from '../../planner/index.ts';
import {type Drawing, drawStages} from './drawing/drawing.ts';
import type {PlanPlace} from './plan-json.ts';
import type {Shown, ShownStage, ShownStep} from './shown.ts';
import {commitName, countChanges} from './since-text.ts';
import {baseText, type Standing, stepLine} from './step-words.ts';

/** What a change rebuilds as pages and comments show it. */
export function shownSince({revision, until, notes, plans}: SinceReport, place: PlanPlace): readonly Shown[] {
	const between = `since ${commitName(revision)}${until === undefined ? '' : ` until ${commitName(until)}`}`;
	return plans.map((one): Shown => {
		const {plan, steps} = one;
		const target = plan.graph.stages[plan.graph.target];
		const stages = stagesOf(one);
		return {
			subject: `${place.dockerfile} → ${target === undefined ? '' : stageLabel(target)} ${between}`,
			...(plans.length > 1 && {platform: formatPlatform(plan.platform)}),
			summary: countsText(steps, true),
			notes: notes.map(note => `note: ${note}`),
			column: 'Change',
			fate: 'be rebuilt',
			stages,
			drawing: drawSince(one, stages),
		};
	});
}

function stagesOf({plan, steps}: SincePlan): readonly ShownStage[] {
	return plan.stages.flatMap(({stage}) => {
		const own = steps.filter(({step}) => step.stage === stage.index);
		return own.length === 0
			? []
			: [
					{
						index: stage.index,
						label: stageLabel(stage),
						base: baseText(stage.base, plan.graph),
						counts: countsText(own, false),
						steps: own.map(shownStep),
					},
				];
	});
}

function shownStep(changed: ChangedStep): ShownStep {
	const {step, change, unkept} = changed;
	const why = describeChange(changed);
	return {
		line: step.instruction.range.start.line,
		text: stepLine(step),
		standing: standingOf(changed),
		word: change === 'none' ? '' : change,
		...(why !== undefined && {why}),
		facts: unkept.length === 0 ? [] : [['Not in git', unkept.join(', ')]],
	};
}

function standingOf({change, cause}: ChangedStep): Standing {
	switch (change) {
		case 'same': {
			return 'hit';
		}

		case 'rebuilt': {
			return cause?.kind === 'parent' ? 'follows' : 'miss';
		}

		default: {
			return change;
		}
	}
}

function countsText(steps: readonly ChangedStep[], withNone: boolean): string {
	const counts = Object.entries(countChanges(steps)).filter(([, count]) => withNone || count > 0);
	return counts.map(([change, count]) => `${count} ${change}`).join(', ') || 'nothing to build';
}

function drawSince({plan}: SincePlan, stages: readonly ShownStage[]): Drawing {
	const drawing = drawStages(plan.graph, ({index}) => {
		const stage = stages.find(one => one.index === index);
		const all = new Set(stage?.steps.map(({standing}) => standing));
		const standing = (['miss', 'follows', 'unknown', 'hit'] as const).find(one => all.has(one)) ?? 'none';
		return stage === undefined ? undefined : {standing, details: [stage.counts]};
	});
	return {...drawing, words: {hit: 'same', miss: 'rebuilt'}};
}
