import {lintFiles} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type ActionsFlags, annotate} from '../github-actions.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {lintJson} from '../render/lint-json.ts';
import {lintMarkdown} from '../render/lint-markdown.ts';
import {renderLint} from '../render/lint-text.ts';
import {addToSummary} from '../step-summary.ts';
import type {CommandContext} from './command-context.ts';

/** The flags of `lint`, as commander hands them over. */
export interface LintCommandFlags extends Pick<PlanFlags, 'buildArg' | 'target' | 'platform'>, ActionsFlags {
	readonly format: 'text' | 'json';
}

/**
 * `cachecast lint`: what is wrong with Dockerfiles or could be better. Every finding, whatever its severity, makes the
 * exit code 1; a file that cannot be read makes it 2, and then nothing is linted.
 */
export async function runLint(
	files: readonly string[],
	{format, ...flags}: LintCommandFlags,
	command: CommandContext,
): Promise<number> {
	const {streams, style} = command;
	const unused = {buildContext: [], cacheFrom: [], noCacheFilter: [], cache: true, addHost: [], ulimit: []};
	const parsed = planRequest('.', {...unused, ...flags}, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (parsed.request.morePlatforms !== undefined) {
		return command.fail({message: 'one --platform at a time can be linted', hint: 'run lint once for each of them'});
	}

	const result = await lintFiles(files.length === 0 ? ['Dockerfile'] : files, command, parsed.request.options);
	if (result.kind === 'failed') {
		for (const problem of result.problems) {
			command.fail(problem);
		}

		return exitCode.usage;
	}

	streams.out(
		format === 'json'
			? `${JSON.stringify(lintJson(result.files), undefined, '\t')}\n`
			: renderLint(result.files, style),
	);
	annotate(
		result.files.flatMap(({findings}) => findings),
		flags,
		streams,
	);
	await addToSummary(() => lintMarkdown(result.files), flags, command);
	return result.files.some(({findings}) => findings.length > 0) ? exitCode.findings : exitCode.ok;
}
