import {
	type Actual,
	type BuildCost,
	type BuildReport,
	type BuiltStep,
	buildCost,
	type CacheChange,
	formatPlatform,
	type PublishedTag,
	type SourceFile,
	stepText,
} from '../../planner/index.ts';
import {formatBytes, formatSeconds} from './amounts.ts';
import {printable} from './columns.ts';
import {renderExcerpt} from './excerpt.ts';
import type {Style} from './style.ts';

/** What came of a build, in a few lines: how right the forecast was, each hit that was none, and what became of tags. */
export function renderReport(report: BuildReport, style: Style, tags: readonly PublishedTag[]): string {
	const {agreement, steps, seconds, outcome, caches, pulled} = report;
	const {right, decided, falseHits, builderCache, undecided} = agreement;
	const asides = [
		...(builderCache > 0 ? [`${builderCache} more in the builder’s own cache`] : []),
		...(undecided > 0 ? [`${undecided} undecided`] : []),
	];
	const verdict = `forecast ${right}/${decided} right${asides.length > 0 ? ` (${asides.join(', ')})` : ''}`;
	const wrong = steps.filter(step => step.verdict === 'false-hit');
	return [
		...wrong.map(step => `${style.error('false hit')} ${place(step)} ${stepText(step.forecast.step)}`),
		`${(falseHits > 0 ? style.miss : style.hit)(verdict)}${style.dim(`, ${seconds.toFixed(1)} s`)}`,
		...(pulled.layers > 0
			? [`pulled ${formatBytes(pulled.bytes)} (${pulled.layers} layer${pulled.layers === 1 ? '' : 's'})`]
			: []),
		...costLines(buildCost(steps)),
		...caches.flatMap(change => cacheLines(change, style)),
		...(outcome.kind === 'built' && outcome.imageDigest !== undefined ? [`image ${outcome.imageDigest}`] : []),
		...tagLines(tags),
		'',
	].join('\n');
}

function costLines(cost: BuildCost | undefined): readonly string[] {
	return cost === undefined
		? []
		: [
				`steps that ran: estimated ${formatSeconds(cost.estimated)}, took ${formatSeconds(cost.actual)} (${cost.steps} with a history)`,
			];
}

function cacheLines({dir, added, removed, problem}: CacheChange, style: Style): readonly string[] {
	return [
		style.dim(`cache ${dir}: ${formatBytes(added)} added, ${formatBytes(removed)} removed`),
		...(problem === undefined ? [] : [`${style.warning('warning')} cache ${dir}: ${printable(problem)}`]),
	];
}

/** The same of a build for which nothing had to be built. */
export function renderReused({steps, seconds}: BuildReport, style: Style, tags: readonly PublishedTag[]): string {
	const count = `${steps.length} step${steps.length === 1 ? '' : 's'}`;
	const verdict = `nothing to build: ${count} cached, and the registry has the image`;
	return [`${style.hit(verdict)}${style.dim(`, ${seconds.toFixed(1)} s`)}`, ...tagLines(tags), ''].join('\n');
}

function tagLines(tags: readonly PublishedTag[]): readonly string[] {
	return tags.map(
		({tag, state, digest}) => `${state.padEnd('unchanged'.length)} ${tag}${digest === undefined ? '' : ` ${digest}`}`,
	);
}

function place({forecast}: BuiltStep): string {
	return `line ${forecast.step.instruction.range.start.line}`;
}

/** Why a build ended: the step, its line in the Dockerfile and the last lines it printed. */
export function renderFailure({outcome, steps, failedTarget}: BuildReport, source: SourceFile, style: Style): string {
	switch (outcome.kind) {
		case 'built': {
			return '';
		}

		case 'aborted': {
			return `${style.error('interrupted')} caches are as they were\n`;
		}

		case 'lost': {
			return `${style.error('error')} the engine went away: ${outcome.message}; caches are as they were\n`;
		}

		case 'failed': {
			const failed = steps.flatMap(({forecast, actual}) => (actual.kind === 'failed' ? [{forecast, actual}] : []))[0];
			if (failed === undefined) {
				return `${style.error('error')} building ${failedTarget?.title ?? ''} failed: ${outcome.message}\n`;
			}

			const {range} = failed.forecast.step.instruction;
			const at = `${source.path}:${range.start.line}:${range.start.column}`;
			return [
				`${style.bold(at)} ${style.error('error')} ${failureText(failed.actual)}`,
				renderExcerpt(source, range, style),
				...failed.actual.output.map(line => `  ${style.dim('│')} ${line}`),
				...emulationHint(failed, failedTarget, style),
				'',
			].join('\n');
		}
	}
}

// What the kernel says of a program for another processor where nothing emulates that.
function emulationHint(
	{forecast: {step}, actual}: {readonly forecast: BuiltStep['forecast']; readonly actual: FailedActual},
	target: BuildReport['failedTarget'],
	style: Style,
): readonly string[] {
	if (target === undefined || !actual.output.some(line => line.includes('exec format error'))) {
		return [];
	}

	const platform = formatPlatform(target.plan.graph.stages[step.stage]?.platform ?? target.plan.platform);
	const hint = `the builder may be unable to run programs of ${platform}: give it QEMU, or use --platform=$BUILDPLATFORM in FROM`;
	return [`  ${style.dim('hint:')} ${hint}`];
}

type FailedActual = Extract<Actual, {readonly kind: 'failed'}>;

function failureText({message}: FailedActual): string {
	return message.split('\n')[0] ?? message;
}
