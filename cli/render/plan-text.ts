import {
	type CacheReading,
	type Cause,
	type DialectChoice,
	describeCacheSpec,
	type Frontend,
	formatPlatform,
	lastReleaseOf,
	type PinState,
	type Plan,
	type PlannedStage,
	type StepForecast,
	stageLabel,
} from '../../planner/index.ts';
import {formatAge, formatBytes} from './amounts.ts';
import {hanging, type Width} from './columns.ts';
import {costLines} from './cost-text.ts';
import {movingText} from './cost-words.ts';
import type {PlanPlace} from './plan-json.ts';
import {baseText, marks, outcomeWord, standingOf, stepLine, whyOf} from './step-words.ts';
import type {Style} from './style.ts';

/** Stages that need not be printed in full. */
export interface StagesShown {
	/** They were printed before, with the plan of another target: they are left out. */
	readonly shown?: ReadonlySet<number>;
	/** They are as in the plan for another platform, which is named. */
	readonly alike?: ReadonlyMap<number, string>;
}

/**
 * A plan for people: caches, then each stage with a line per step, then what it comes to.
 */
export function renderPlan(
	plan: Plan,
	place: PlanPlace,
	style: Style,
	width: Width,
	{shown = new Set(), alike = new Map()}: StagesShown = {},
): string {
	const target = plan.graph.stages[plan.graph.target];
	const head = [
		`${style.bold(place.dockerfile)} → ${style.bold(target === undefined ? '' : stageLabel(target))} ${style.dim(`(${formatPlatform(plan.platform)}, keys as BuildKit ${dialectText(plan.dialect)})`)}`,
		...frontendLines(plan.frontend, style),
		...plan.caches
			.filter(({reading, used}) => used || reading.kind !== 'found')
			.map(({reading}) => renderCache(reading, style)),
		...plan.images.flatMap(({reference, pin}) => (pin === undefined ? [] : renderPin(reference, pin, style))),
		...plan.unusedContexts.map(({name, hint}) =>
			style.miss(
				`--build-context ${name} is not used: the Dockerfile names nothing of that name${hint === undefined ? '' : `; ${hint}`}`,
			),
		),
	];
	const stages = plan.stages
		.filter(({stage}) => !shown.has(stage.index))
		.map(stage => renderStage(stage, plan, alike.get(stage.stage.index), style, width));
	return `${[head.join('\n'), ...stages, renderSummary(plan, style).join('\n')].join('\n\n')}\n`;
}

function dialectText({dialect, from = dialect, by, version}: DialectChoice): string {
	const last = lastReleaseOf(dialect);
	const range = last === undefined ? `${from.since}+` : last === from.since ? last : `${from.since}–${last}`;
	switch (by) {
		case 'given': {
			return `${version ?? range} as given`;
		}

		case 'engine': {
			return `${version ?? range}, the builder’s`;
		}

		case 'cache': {
			return `${range}, as the cache was written`;
		}

		case 'default': {
			return `${range}, assumed`;
		}
	}
}

function frontendLines(frontend: Frontend, style: Style): readonly string[] {
	switch (frontend.kind) {
		case 'builtin': {
			return [];
		}

		case 'dockerfile': {
			return frontend.isFloating
				? [`syntax ${frontend.image} ${style.dim('(its tag moves: taken as the newest)')}`]
				: [`syntax ${frontend.image}`];
		}

		case 'unknown': {
			return [`syntax ${frontend.image} ${style.unknown('(not known here, so nothing of it is)')}`];
		}
	}
}

function renderCache(reading: CacheReading, style: Style): string {
	const name = describeCacheSpec(reading.spec, 'from');
	switch (reading.kind) {
		case 'found': {
			return `cache  ${name} ${style.dim(`(${reading.config.records.length} records)`)}`;
		}

		case 'missing': {
			return `cache  ${name} ${style.unknown('(not there yet: cold)')}`;
		}

		case 'unreadable':
		case 'unsupported': {
			return `cache  ${name} ${style.miss(`(${reading.reason})`)}`;
		}
	}
}

function renderPin(reference: string, pin: PinState, style: Style): readonly string[] {
	const pinned = reference.slice(reference.indexOf('@') + 1).slice(0, 19);
	switch (pin.kind) {
		case 'current': {
			return [];
		}

		case 'behind': {
			return [`base   ${pin.tag} ${style.miss(`(pinned ${pinned}… is behind: the tag is ${pin.digest} now)`)}`];
		}

		case 'open': {
			return [`base   ${pin.tag} ${style.unknown(`(whether ${pinned}… is behind is not known: ${pin.reason})`)}`];
		}
	}
}

function renderStage(
	{stage, steps}: PlannedStage,
	plan: Plan,
	alike: string | undefined,
	style: Style,
	room: Width,
): string {
	const isTarget = stage.index === plan.graph.target;
	const role = isTarget ? ' target' : stage.needed ? '' : ' not needed for this target';
	const title = `${style.bold(stageLabel(stage))} ${style.dim(`${stage.replaced ? 'is' : 'from'} ${baseText(stage.base, plan.graph)}`)}${style.dim(role)}`;
	if (alike !== undefined) {
		return `${title}${style.dim(`: the same steps as for ${alike}`)}`;
	}

	const width = String(Math.max(0, ...steps.map(({step}) => step.instruction.range.start.line))).length;
	return [title, ...steps.map(step => renderStep(step, width, style, room))].join('\n');
}

const outcomeWidth = 'unknown'.length;

function renderStep(forecast: StepForecast, lineWidth: number, style: Style, width: Width): string {
	const {step, outcome} = forecast;
	const line = String(step.instruction.range.start.line).padStart(lineWidth);
	const paint = outcomeStyle(forecast, style);
	const mark = marks[standingOf(forecast)];
	const word = outcomeWord(forecast);
	const text = stepLine(step);
	const age = ageOf(forecast);
	const room = Math.max(30, width.columns - lineWidth - outcomeWidth - 6 - age.length);
	const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
	const first = `  ${style.dim(line)} ${paint(`${mark} ${word.padEnd(outcomeWidth)}`)} ${outcome === 'none' ? style.dim(shown) : shown}${age === '' ? '' : style.dim(age)}`;
	const note = noteOf(forecast);
	return note === undefined ? first : `${first}\n${hanging(note, lineWidth + outcomeWidth + 6, width, paint)}`;
}

// The time is that of the printing: a plan is read at once or as JSON.
function ageOf({outcome, result}: StepForecast): string {
	const age =
		outcome !== 'hit' || result?.createdAt === undefined ? undefined : formatAge(result.createdAt, Date.now());
	return age === undefined ? '' : `  ${age} old`;
}

function noteOf(forecast: StepForecast): string | undefined {
	const {cause, skipped} = forecast;
	const why = whyOf(forecast);
	if (skipped || cause === undefined) {
		return why;
	}

	// What holds for every step alike is said once, above.
	return cause.kind === 'cold' || (cause.kind === 'no-cache' && cause.filter !== true)
		? undefined
		: cause.kind === 'age'
			? `miss (${why})`
			: `${causeLead(cause)}${why}`;
}

function causeLead(cause: Cause): string {
	return cause.kind === 'parent' ? '' : 'because: ';
}

function outcomeStyle({outcome, cause}: StepForecast, style: Style): (text: string) => string {
	switch (outcome) {
		case 'hit': {
			return style.hit;
		}

		case 'miss': {
			return cause?.kind === 'parent' ? style.cascade : style.miss;
		}

		case 'unknown': {
			return style.unknown;
		}

		case 'none': {
			return style.dim;
		}
	}
}

function renderSummary(plan: Plan, style: Style): readonly string[] {
	const {summary, stages, cost} = plan;
	const counts = [
		style.hit(`${summary.hit} hit`),
		(summary.miss > 0 ? style.miss : style.dim)(`${summary.miss} miss`),
		(summary.unknown > 0 ? style.unknown : style.dim)(`${summary.unknown} unknown`),
	].join(', ');
	const firsts = stages
		.flatMap(({steps}) => steps)
		.filter(({outcome, cause}) => outcome === 'miss' && cause !== undefined && cause.kind !== 'parent');
	const cascade = summary.miss - firsts.length;
	const isPlain =
		firsts.length === 0 ||
		firsts.every(({cause}) => cause?.kind === 'cold' || (cause?.kind === 'no-cache' && cause.filter !== true));
	const lines = firsts.map(({step}) => `line ${step.instruction.range.start.line}`);
	const follow = cascade > 0 ? `; ${cascade} more follow${cascade === 1 ? 's' : ''}` : '';
	const {best, worst, pull} = summary;
	return [
		`${style.bold('Plan:')} ${counts}.${isPlain ? '' : ` First cause: ${lines.join(', ')}${follow}.`}`,
		...(summary.unknown > 0
			? [`${best.miss} to run if all that is unknown hits, ${worst.miss} if none of it does.`]
			: []),
		...(pull.bytes > 0
			? [
					`Up to ${formatBytes(pull.bytes)} to pull for hits (${pull.layers} layer${pull.layers === 1 ? '' : 's'}, base images included)${movingText(pull.bytes, cost, 'pull')}.`,
				]
			: []),
		...costLines(plan),
	];
}
