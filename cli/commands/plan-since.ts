import nodePath from 'node:path';
import {openRegistry, planSince, selectSteps} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {planRequest} from '../options.ts';
import {registryWish} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {renderMarkdown} from '../render/markdown.ts';
import {shownSince} from '../render/shown-since.ts';
import {isSinceFormat, renderSinceAs, sinceFormats} from '../render/since-formats.ts';
import {sinceSchemaVersion} from '../render/since-json.ts';
import {addToSummary} from '../step-summary.ts';
import type {CommandContext} from './command-context.ts';
import type {PlanCommandFlags} from './plan.ts';

/** `cachecast plan --since`: what the change since a revision of git rebuilds. Reads no cache and asks no engine; the work tree keeps as it is. `why`: only the steps that `only` names, or every first cause. */
export async function runPlanSince(
	context: string,
	flags: PlanCommandFlags,
	command: CommandContext,
	why?: {readonly only: string | undefined; readonly until?: string},
): Promise<number> {
	const {streams, style, errorStyle, cwd, env} = command;
	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (!isSinceFormat(flags.format)) {
		return command.fail({
			message: `--since is not shown as ${flags.format}`,
			hint: `use --format ${sinceFormats.join(', ')}`,
		});
	}

	const unused = aboutCaches(flags);
	if (unused !== undefined) {
		return command.fail({
			message: `${unused} has no meaning with --since, which reads no cache`,
			hint: `leave ${unused} out, or plan against the cache without --since`,
		});
	}

	const access = registryWish(flags, command);
	if (access.kind === 'usage') {
		return command.fail(access);
	}

	const registry = await openRegistry(access.wish);
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	const result = await planSince(parsed.request, nodePath.resolve(cwd, context), registry.client, {
		env,
		...(typeof flags.since === 'string' && {revision: flags.since}),
		...(why?.until !== undefined && {until: why.until}),
	});
	switch (result.kind) {
		case 'failed': {
			return command.fail(result.problem);
		}

		case 'mistakes': {
			const source = result.workspace.dockerfile;
			if (flags.format === 'json') {
				const json = mistakesJson(sinceSchemaVersion, {dockerfile: source.path, context}, result.diagnostics);
				streams.out(`${JSON.stringify(json, undefined, '\t')}\n`);
			}

			streams.err(renderDiagnostics(result.diagnostics, new Map([[source.path, source]]), errorStyle));
			return exitCode.findings;
		}

		case 'compared': {
			const selected = why === undefined ? result : selectSteps(result.report, why.only);
			if (selected.kind === 'failed') {
				return command.fail(selected.problem);
			}

			const {report} = selected;
			const place = {dockerfile: result.workspace.dockerfile.path, context};
			streams.out(await renderSinceAs(flags.format, report, place, style, streams));
			if (why === undefined) {
				await addToSummary(() => renderMarkdown(shownSince(report, place)), flags, command);
			}

			const isSame = result.report.plans
				.flatMap(({steps}) => steps)
				.every(({change}) => change === 'same' || change === 'none');
			return flags.detailedExitcode === true && !isSame ? exitCode.changes : exitCode.ok;
		}
	}
}

// What of the flags is only about caches; the default of a list is an empty one.
function aboutCaches(flags: PlanCommandFlags): string | undefined {
	const given: readonly (readonly [flag: string, isGiven: boolean])[] = [
		['--cache-from', flags.cacheFrom.length > 0],
		['--no-cache', !flags.cache],
		['--no-cache-filter', flags.noCacheFilter.length > 0],
		['--max-age', (flags.maxAge ?? []).length > 0],
		['--verify-blobs', flags.verifyBlobs === true],
		['--require-cached', flags.requireCached === true],
	];
	return given.find(([, isGiven]) => isGiven)?.[0];
}
