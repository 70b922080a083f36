import {
	type FailLevel,
	findDockerfiles,
	type LintedFile,
	lintFiles,
	lookUpFacts,
	type Problem,
	type Severity,
	type SourceFile,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type ActionsFlags, annotate, annotationOf} from '../github-actions.ts';
import {packageVersion} from '../package-file.ts';
import type {RegistryFlags} from '../registry-options.ts';
import {withCostNotes} from '../render/lint/cost-notes.ts';
import {formatLint, type LintFormat} from '../render/lint/formats.ts';
import {lintMarkdown} from '../render/lint/markdown.ts';
import {addToSummary} from '../step-summary.ts';
import type {CommandContext} from './command-context.ts';
import {applyFixes, nothingFixed} from './fix-pins.ts';
import {lintLedgers} from './lint-ledgers.ts';
import {type BuildOptionFlags, lintOptions} from './lint-options.ts';
import {explainRule, listRules, pageOfRule} from './lint-rules.ts';
import {lintSettings, policyOf, type SettingFlags} from './lint-settings.ts';
import {openClient} from './open-client.ts';

/** The flags of `lint`, as commander hands them over. */
export interface LintCommandFlags extends BuildOptionFlags, ActionsFlags, SettingFlags, Partial<RegistryFlags> {
	readonly format: LintFormat;
	readonly list?: boolean;
	readonly explain?: string;
	/** Ask registries about images. */
	readonly online?: boolean;
	readonly fix?: boolean;
	readonly write?: boolean;
	/** Caches whose ledgers know what steps took. */
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

	const wrong = wrongFlags(flags);
	if (wrong !== undefined) {
		return command.fail(wrong);
	}

	const options = lintOptions(flags, command);
	const settings = options === undefined ? {kind: 'failed' as const} : await lintSettings(flags, command);
	if (options === undefined || settings.kind === 'failed') {
		return exitCode.usage;
	}

	const registries = {registryCa: [], registryMirror: [], insecureRegistry: [], registryCache: true, ...flags};
	const asks = flags.online === true || flags.fix === true;
	const client = asks ? await openClient(registries, command) : undefined;
	const ledgers = await lintLedgers(flags.cacheFrom ?? [], registries, command);
	if (ledgers === undefined || (asks && client === undefined)) {
		return exitCode.usage;
	}

	const {levels, ignored} = settings.config;
	const policy = policyOf(settings.config);
	const found = findDockerfiles(args.length === 0 ? ['Dockerfile'] : args, {...command, ignored});
	const lookUp =
		flags.online === true && client !== undefined
			? (source: SourceFile) => lookUpFacts(source, {options, client, cwd: command.cwd})
			: undefined;
	const knowledge = {known: {levels, policy}, ...(lookUp !== undefined && {lookUp})};
	const lint = () => lintFiles(found.files, command, options, knowledge);
	const first = await lint();
	const problems = [...found.problems, ...(first.kind === 'failed' ? first.problems : [])];
	if (first.kind === 'failed' || problems.length > 0) {
		return failAll(problems, command);
	}

	const fix = flags.fix === true && client !== undefined ? {options: options[0], policy, client} : undefined;
	const fixed = fix === undefined ? nothingFixed : await applyFixes(first.files, fix, flags.write === true, command);
	const last = fixed.isWritten ? await lint() : first;
	return last.kind === 'failed'
		? failAll(last.problems, command)
		: report(
				withCostNotes(last.files, ledgers),
				{...flags, failOn: settings.config.failOn ?? 'info'},
				fixed.diff,
				command,
			);
}

function wrongFlags({fix, write, online, offline, format}: LintCommandFlags): Problem | undefined {
	if (online === true && offline === true) {
		return {message: '--offline and --online exclude each other', hint: 'give one of the two'};
	}

	if (write === true && fix !== true) {
		return {message: '--write is for --fix', hint: 'add --fix'};
	}

	return fix === true && write !== true && !['pretty', 'text', 'compact'].includes(format)
		? {message: `--fix prints a diff, which is no ${format}`, hint: 'add --write, or leave --format out'}
		: undefined;
}

function failAll(problems: readonly Problem[], command: CommandContext): number {
	for (const problem of problems) {
		command.fail(problem);
	}

	return exitCode.usage;
}

/** Prints what was found, and gives the exit code for it. */
async function report(
	files: readonly LintedFile[],
	flags: LintCommandFlags & {readonly failOn: FailLevel},
	diff: string,
	command: CommandContext,
): Promise<number> {
	const {streams, style} = command;
	const {failOn, format} = flags;
	tellUnchecked(files, flags, command);
	const findings = files.flatMap(one => one.findings);
	const failing = severities.slice(0, failOn === 'none' ? 0 : severities.indexOf(failOn) + 1);
	if (format === 'github' && streams.command !== undefined) {
		for (const finding of findings) {
			streams.command(annotationOf(finding));
		}
	} else {
		const text = formatLint(format, {files, failing, version: packageVersion(), pageOfRule}, style);
		streams.out(diff === '' ? text : `${text}\n${diff}`);
		annotate(findings, flags, streams);
	}

	await addToSummary(() => lintMarkdown(files), flags, command);
	return findings.some(({severity}) => failing.includes(severity)) ? exitCode.findings : exitCode.ok;
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** What registries did not tell; or that nobody asked them about what is pinned. */
function tellUnchecked(
	files: readonly LintedFile[],
	{online, format}: LintCommandFlags,
	{talk, errorStyle}: CommandContext,
): void {
	if (online === true) {
		for (const {source, unchecked} of files) {
			for (const {image, reason} of unchecked) {
				talk.say(`${errorStyle.warning('not checked')} ${source.path}: ${image}: ${reason}\n`);
			}
		}
	} else if (['pretty', 'text'].includes(format)) {
		const count = files.flatMap(({unchecked}) => unchecked).filter(({image}) => image.includes('@')).length;
		const what = count === 1 ? '1 pinned image is' : `${count} pinned images are`;
		talk.say(
			count === 0 ? '' : `${errorStyle.dim(`not checked: whether ${what} still served and up to date (--online)`)}\n`,
		);
	}
}
