import {
	type ChangedStep,
	describeChange,
	formatPlatform,
	type SincePlan,
	type SinceReport,
	stageLabel,
	stepText,
} from '../../planner/index.ts';
import {hanging, type Width} from './columns.ts';
import type {PlanPlace} from './plan-json.ts';
import type {Style} from './style.ts';

/** How many steps of each kind a change leaves; steps that BuildKit does not build are not counted. */
export interface ChangeCounts {
	readonly same: number;
	readonly rebuilt: number;
	readonly unknown: number;
}

/** Counts what became of steps. */
export function countChanges(steps: readonly ChangedStep[]): ChangeCounts {
	const count = (wanted: ChangedStep['change']) => steps.filter(({change}) => change === wanted).length;
	return {same: count('same'), rebuilt: count('rebuilt'), unknown: count('unknown')};
}

/** What a change rebuilds, for people. */
export function renderSince(
	{revision, until, notes, plans}: SinceReport,
	place: PlanPlace,
	style: Style,
	width: Width,
): string {
	const head = [
		`${style.bold(place.dockerfile)} since ${style.bold(commitName(revision))}${until === undefined ? '' : ` until ${style.bold(commitName(until))}`}`,
		...notes.map(note => style.unknown(`note: ${note}`)),
	];
	return `${[head.join('\n'), ...plans.map(plan => renderPlan(plan, plans.length > 1, style, width))].join('\n\n')}\n`;
}

/** A commit by the name it was asked for with, and the beginning of its id. */
export function commitName({name, commit}: SinceReport['revision']): string {
	const id = commit.slice(0, 12);
	return commit.startsWith(name) ? id : `${name} (${id})`;
}

function renderPlan({plan, steps}: SincePlan, isOneOfSeveral: boolean, style: Style, room: Width): string {
	const width = String(Math.max(0, ...steps.map(({step}) => step.instruction.range.start.line))).length;
	const stages = plan.stages
		.filter(({stage}) => steps.some(({step}) => step.stage === stage.index))
		.map(({stage}) => {
			const platform = isOneOfSeveral ? style.dim(` ${formatPlatform(plan.platform)}`) : '';
			const own = steps.filter(({step}) => step.stage === stage.index);
			return [
				`${style.bold(stageLabel(stage))}${platform}`,
				...own.map(one => renderStep(one, width, style, room)),
			].join('\n');
		});
	const {same, rebuilt, unknown} = countChanges(steps);
	const counts = [
		style.hit(`${same} same`),
		(rebuilt > 0 ? style.miss : style.dim)(`${rebuilt} rebuilt`),
		(unknown > 0 ? style.unknown : style.dim)(`${unknown} unknown`),
	].join(', ');
	return [...stages, `${style.bold('Change:')} ${counts}.`].join('\n\n');
}

const wordWidth = 'rebuilt'.length;
const marks = {same: '✔', rebuilt: '✖', unknown: '?', none: '·'} as const;

function renderStep(changed: ChangedStep, lineWidth: number, style: Style, width: Width): string {
	const {step, change, cause} = changed;
	const isCascade = change === 'rebuilt' && cause?.kind === 'parent';
	const paint = {
		same: style.hit,
		rebuilt: isCascade ? style.cascade : style.miss,
		unknown: style.unknown,
		none: style.dim,
	}[change];
	const line = style.dim(String(step.instruction.range.start.line).padStart(lineWidth));
	const text = `${step.trigger ? 'ONBUILD ' : ''}${stepText(step)}`;
	const room = Math.max(30, width.columns - lineWidth - wordWidth - 6);
	const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
	const first = `  ${line} ${paint(`${isCascade ? '↳' : marks[change]} ${(change === 'none' ? '' : change).padEnd(wordWidth)}`)} ${change === 'none' ? style.dim(shown) : shown}`;
	const reason = describeChange(changed);
	return reason === undefined ? first : `${first}\n${hanging(reason, lineWidth + wordWidth + 6, width, paint)}`;
}
