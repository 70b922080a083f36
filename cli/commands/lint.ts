import {findDockerfiles, lintFiles, type Severity} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type ActionsFlags, annotate, annotationOf} from '../github-actions.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {packageVersion} from '../package-file.ts';
import type {RegistryFlags} from '../registry-options.ts';
import {withCostNotes} from '../render/lint/cost-notes.ts';
import {formatLint, type LintFormat} from '../render/lint/formats.ts';
import {lintMarkdown} from '../render/lint/markdown.ts';
import {addToSummary} from '../step-summary.ts';
import type {CommandContext} from './command-context.ts';
import {lintLedgers} from './lint-ledgers.ts';
import {explainRule, listRules, pageOfRule} from './lint-rules.ts';
import {lintSettings, policyOf, type SettingFlags} from './lint-settings.ts';

/** The flags of `lint`, as commander hands them over. */
export interface LintCommandFlags
	extends Pick<PlanFlags, 'buildArg' | 'target' | 'platform'>,
		Partial<RegistryFlags>,
		ActionsFlags,
		SettingFlags {
	readonly format: LintFormat;
	readonly list?: boolean;
	readonly explain?: string;
	readonly cacheFrom?: readonly string[];
}

/**
 * `cachecast lint`: what is wrong with Dockerfiles or could be better. Every finding, whatever its severity, makes the
 * exit code 1 unless it is told which should; a file that cannot be read makes it 2, and then nothing is linted.
 */
export async function runLint(
	args: readonly string[],
	flags: LintCommandFlags,
	command: CommandContext,
): Promise<number> {
	if (flags.list === true) {
		return listRules(flags.format, command);
	}

	if (flags.explain !== undefined) {
		return explainRule(flags.explain, command);
	}

	const unused = {buildContext: [], noCacheFilter: [], cache: true, addHost: [], ulimit: []};
	const {buildArg, target, platform, cacheFrom = []} = flags;
	const wanted = {
		buildArg,
		cacheFrom,
		...(target !== undefined && {target}),
		...(platform !== undefined && {platform}),
	};
	const parsed = planRequest('.', {...unused, ...wanted}, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (parsed.request.morePlatforms !== undefined) {
		return command.fail({message: 'one --platform at a time can be linted', hint: 'run lint once for each of them'});
	}

	const settings = await lintSettings(flags, command);
	if (settings.kind === 'failed') {
		return exitCode.usage;
	}

	const ledgers = await lintLedgers(parsed.request.cacheFrom, flags, command);
	if (ledgers === undefined) {
		return exitCode.usage;
	}

	const {levels, ignored, failOn = 'info'} = settings.config;
	const policy = policyOf(settings.config);
	const found = findDockerfiles(args.length === 0 ? ['Dockerfile'] : args, {...command, ignored});
	const result = await lintFiles(found.files, command, parsed.request.options, {levels, policy});
	const problems = [...found.problems, ...(result.kind === 'failed' ? result.problems : [])];
	if (result.kind === 'failed' || problems.length > 0) {
		for (const problem of problems) {
			command.fail(problem);
		}

		return exitCode.usage;
	}

	const {streams, style} = command;
	const files = withCostNotes(result.files, ledgers);
	const findings = files.flatMap(one => one.findings);
	const failing = severities.slice(0, failOn === 'none' ? 0 : severities.indexOf(failOn) + 1);
	const report = {files, failing, version: packageVersion(), pageOfRule};
	if (flags.format === 'github' && streams.command !== undefined) {
		for (const finding of findings) {
			streams.command(annotationOf(finding));
		}
	} else {
		streams.out(formatLint(flags.format, report, style));
		annotate(findings, flags, streams);
	}

	await addToSummary(() => lintMarkdown(files), flags, command);
	return findings.some(({severity}) => failing.includes(severity)) ? exitCode.findings : exitCode.ok;
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];
