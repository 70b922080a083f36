import {type BuildReport, type Engine, writeLedgers} from '../../planner/index.ts';
import type {CommandContext} from './command-context.ts';
import type {PlannedBuild} from './plan-build.ts';

/** Notes beside each cache that was written what its steps were made of; what fails is a warning. */
export async function noteLedgers(
	{planners, request, client, writer}: PlannedBuild,
	engine: Engine,
	report: BuildReport,
	{streams, errorStyle}: CommandContext,
): Promise<void> {
	const {cacheTo, cwd} = request;
	const problems = await writeLedgers({
		planners,
		report,
		wish: {cacheTo, cwd, exportDefault: engine.info.canExportCache || cacheTo.length > 0},
		client,
		...(writer !== undefined && {writer}),
		now: new Date(),
	});
	for (const problem of problems) {
		const loss = 'what the steps were made of was not noted beside the cache';
		streams.err(`${errorStyle.warning('warning')} ${loss}: ${problem}\n`);
	}
}
