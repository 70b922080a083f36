import {openPlanner, openRegistry, type Plan} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {planJson, planSchemaVersion} from '../render/plan-json.ts';
import {renderPlan} from '../render/plan-text.ts';
import type {CommandContext} from './command-context.ts';

export interface PlanCommandFlags extends PlanFlags, RegistryFlags {
	readonly format: 'text' | 'json';
	readonly detailedExitcode?: boolean;
}

/** `cachecast plan`: what will hit, what will miss, and why. Nothing is built and nothing written. */
export async function runPlan(context: string, flags: PlanCommandFlags, command: CommandContext): Promise<number> {
	const {streams, style, errorStyle} = command;
	const parsed = planRequest(context, flags, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	const access = registryWish(flags, command);
	if (access.kind === 'usage') {
		return command.fail(access);
	}

	const registry = await openRegistry(access.wish);
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	const opened = await openPlanner(parsed.request, registry.client);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const source = opened.kind === 'mistakes' ? opened.workspace.dockerfile : opened.planner.workspace.dockerfile;
	const result =
		opened.kind === 'mistakes'
			? ({kind: 'failed', diagnostics: opened.diagnostics} as const)
			: await opened.planner.plan(flags.target);
	const place = {dockerfile: source.path, context};
	if (result.kind === 'failed') {
		if (flags.format === 'json') {
			const mistakes = mistakesJson(planSchemaVersion, place, result.diagnostics);
			streams.out(`${JSON.stringify(mistakes, undefined, '\t')}\n`);
		}

		streams.err(renderDiagnostics(result.diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(planJson(result.plan, place), undefined, '\t')}\n`
			: renderPlan(result.plan, place, style, streams.columns),
	);
	return flags.detailedExitcode === true && needsWork(result.plan) ? exitCode.changes : exitCode.ok;
}

function needsWork({summary}: Plan): boolean {
	return summary.miss + summary.unknown > 0;
}
