import nodePath from 'node:path';
import {openRegistry, planSince, selectSteps} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {planRequest} from '../options.ts';
import {registryWish} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {sinceJson, sinceSchemaVersion} from '../render/since-json.ts';
import {renderSince} from '../render/since-text.ts';
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

	if (!['tree', 'text', 'json'].includes(flags.format)) {
		return command.fail({
			message: `--since is not shown as ${flags.format}`,
			hint: 'use --format tree or json',
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
			streams.out(
				flags.format === 'json'
					? `${JSON.stringify(sinceJson(report, place), undefined, '\t')}\n`
					: renderSince(report, place, style, streams.columns),
			);
			const isSame = result.report.plans
				.flatMap(({steps}) => steps)
				.every(({change}) => change === 'same' || change === 'none');
			return flags.detailedExitcode === true && !isSame ? exitCode.changes : exitCode.ok;
		}
	}
}
