import {
	type ContextRead,
	describeCause,
	describeChange,
	type FileStory,
	type firstCauses,
	type KeyPart,
	type KeyPartInput,
	keyParts,
	type Plan,
	type StepForecast,
	type StepStory,
	stageLabel,
	stepText,
} from '../../planner/index.ts';
import {formatBytes} from './amounts.ts';
import {stepCostText} from './cost-words.ts';
import type {Style} from './style.ts';

/** What a step's forecast is called where it has none. */
const words = {hit: 'hit', miss: 'miss', unknown: 'unknown', none: 'not built'} as const;

/** Every first cause of a plan, with how many steps follow it. */
export function renderCauses(plan: Plan, causes: ReturnType<typeof firstCauses>, style: Style): string {
	if (causes.length === 0) {
		return 'Every step hits.\n';
	}

	if (causes.every(({forecast}) => forecast.cause?.kind === 'cold')) {
		return `No cache yet: all ${causes.length} steps run.\n`;
	}

	const lines = causes.map(({forecast, followers}) => {
		const follow = followers === 0 ? '' : style.dim(` (${followers} more ${followers === 1 ? 'follows' : 'follow'})`);
		return `${headOf(plan, forecast, style)}\n  ${outcomeText(forecast, style)}${follow}`;
	});
	return `${lines.join('\n')}\n`;
}

/** All that is known of one step. */
export function renderStory(plan: Plan, story: StepStory, style: Style, withKey: boolean): string {
	const {forecast, chain, reads, standsOn, usedBy} = story;
	const first = chain.at(-1);
	const cost = stepCostText(forecast, plan.cost);
	const lines = [
		outcomeText(forecast, style),
		...(chain.length > 1 ? [`follows: ${chain.map(one => `line ${lineOf(one)}`).join(' → ')}`] : []),
		...(first === undefined ? [] : [`first cause: line ${lineOf(first)}: ${outcomeText(first, style)}`]),
		...(cost === undefined ? [] : [`cost: ${cost}`]),
		...reads.map(readText),
		...(standsOn.length > 0 ? [`stands on: ${stepList(plan, standsOn)}`] : []),
		...(usedBy.length > 0 ? [`used by: ${stepList(plan, usedBy)}`] : []),
		...(forecast.key === undefined ? [] : [`key: ${forecast.key}`]),
		...(withKey ? keyParts(plan, forecast.step).flatMap(part => partLines(plan, part, style)) : []),
	];
	return `${headOf(plan, forecast, style)}\n${lines.map(line => `  ${line}\n`).join('')}`;
}

/** Where a file stands to a build. */
export function renderFile({path, isThere, role, ignoredBy, readers, rebuilt}: FileStory, style: Style): string {
	const pattern =
		ignoredBy === undefined
			? []
			: [
					`left out of the context by "${ignoredBy.pattern}"${ignoredBy.line === undefined ? ' (cachecast leaves its caches out)' : `, line ${ignoredBy.line} of ${ignoredBy.file}`}`,
				];
	const roles = {
		dockerfile: ['the Dockerfile: a step is rebuilt where its own instruction changes'],
		'ignore-file': ['the ignore file: a step is rebuilt where it lets in or leaves out something that the step reads'],
		context: [],
	}[role];
	const read = readers.map(step => `line ${step.instruction.range.start.line}: ${stepText(step)}`);
	const lines = [
		...(isThere ? [] : ['not there']),
		...roles,
		...pattern,
		...(read.length > 0
			? ['read by:', ...read.map(line => `  ${line}`)]
			: ignoredBy === undefined && isThere
				? ['no step of the target reads it']
				: []),
		...(rebuilt.length === 0
			? ['nothing is rebuilt if it changes']
			: [
					`rebuilt if it ${isThere ? 'changes' : 'comes'}:`,
					...rebuilt.map(one => {
						const {cause, change, step} = one;
						const why = cause?.kind === 'parent' || change === 'unknown' ? describeChange(one) : undefined;
						const note = why === undefined ? '' : style.dim(` (${why})`);
						return `  line ${step.instruction.range.start.line}: ${stepText(step)}${note}`;
					}),
				]),
	];
	return `${style.bold(path)}\n${lines.map(line => `  ${line}\n`).join('')}`;
}

function headOf({graph}: Plan, {step}: StepForecast, style: Style): string {
	const stage = graph.stages[step.stage];
	const place = `line ${step.instruction.range.start.line}${stage === undefined ? '' : ` of ${stageLabel(stage)}`}`;
	return `${style.bold(place)}: ${step.trigger ? 'ONBUILD ' : ''}${stepText(step)}`;
}

function outcomeText({outcome, cause, skipped}: StepForecast, style: Style): string {
	const paint = {hit: style.hit, miss: style.miss, unknown: style.unknown, none: style.dim}[outcome];
	const why = skipped ? 'need not run' : cause === undefined ? undefined : describeCause(cause);
	return `${paint(words[outcome])}${why === undefined ? '' : `: ${why}`}`;
}

function lineOf({step}: StepForecast): number {
	return step.instruction.range.start.line;
}

const mostNamed = 10;

function readText({context, files}: ContextRead): string {
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	const names = files.slice(0, mostNamed).map(({path}) => path);
	const more = files.length > mostNamed ? ` and ${files.length - mostNamed} more` : '';
	const of = context === undefined ? 'the context' : `--build-context ${context}`;
	return `reads: ${files.length} ${files.length === 1 ? 'file' : 'files'} of ${of}, ${formatBytes(bytes)}: ${names.join(', ')}${more}`;
}

function stepList({graph}: Plan, forecasts: readonly StepForecast[]): string {
	return forecasts
		.map(one => {
			const stage = graph.stages[one.step.stage];
			return `line ${lineOf(one)}${stage === undefined ? '' : ` of ${stageLabel(stage)}`} (${words[one.outcome]})`;
		})
		.join(', ');
}

function partLines(plan: Plan, {kind, unknown, definitions, inputs}: KeyPart, style: Style): readonly string[] {
	return [
		style.bold(kind),
		...(unknown === undefined ? [] : [`  not known before the build: ${unknown}`]),
		...definitions.flatMap(({digest, record, readable, masked}) => [
			`  record ${record}`,
			`  definition ${digest}, of${masked ? ' (values of build arguments masked)' : ''}:`,
			...JSON.stringify(readable, undefined, 2)
				.split('\n')
				.map(line => `    ${line}`),
		]),
		...inputs.flatMap((input, at) => inputLines(plan, input, at)),
	];
}

function inputLines({stages}: Plan, {kind, step, selector, content}: KeyPartInput, at: number): readonly string[] {
	const owner = stages.flatMap(({steps}) => steps).find(one => one.step.id === step);
	const what = owner === undefined ? kind : `line ${lineOf(owner)} (${kind})`;
	return [
		`  input ${at}: ${what}${selector === undefined ? '' : `, selector ${selector}`}`,
		...(content === undefined
			? []
			: [
					`    content ${content.digest ?? `not known before the build${content.reason === undefined ? '' : `: ${content.reason}`}`}`,
					...(content.selectors.length === 0 ? ['    of all of it'] : []),
					...content.selectors.map(({path, include, exclude}) => {
						const patterns = [...include.map(one => `+${one}`), ...exclude.map(one => `-${one}`)].join(' ');
						return `    of ${path}${patterns === '' ? '' : ` ${patterns}`}`;
					}),
				]),
	];
}
