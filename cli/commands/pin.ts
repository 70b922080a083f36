import {
	findDockerfiles,
	openRegistry,
	type PinnedFile,
	type PinWish,
	type Problem,
	pinImages,
	readSources,
	writePinned,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {type RegistryFlags, registryWish} from '../registry-options.ts';
import {pinJson} from '../render/pin-json.ts';
import {renderPins} from '../render/pin-text.ts';
import {unifiedDiff} from '../render/unified-diff.ts';
import type {CommandContext} from './command-context.ts';
import {lintSettings, policyOf, type SettingFlags} from './lint-settings.ts';

/** The flags of `pin`, as commander hands them over. */
export interface PinCommandFlags
	extends Pick<PlanFlags, 'buildArg' | 'target' | 'platform'>,
		RegistryFlags,
		Pick<SettingFlags, 'config'> {
	readonly update?: boolean;
	readonly write?: boolean;
	readonly format: 'text' | 'json';
}

/**
 * `cachecast pin`: puts the digest behind every image's tag, or moves pins forward. Without `--write` it prints the diff and
 * exits 1 where there is one. An image that cannot be pinned makes the exit code 1 too.
 */
export async function runPin(
	args: readonly string[],
	flags: PinCommandFlags,
	command: CommandContext,
): Promise<number> {
	const wish = await pinWish(flags, command);
	if (wish === undefined) {
		return exitCode.usage;
	}

	const {ignored, ...pins} = wish;
	const found = findDockerfiles(args.length === 0 ? ['Dockerfile'] : args, {...command, ignored});
	const read = await readSources(found.files, command);
	const problems: readonly Problem[] = [...found.problems, ...(read.kind === 'failed' ? read.problems : [])];
	if (read.kind === 'failed' || problems.length > 0) {
		return problems.reduce((_, problem) => command.fail(problem), exitCode.usage as number);
	}

	const files = await Promise.all(
		read.sources.map(source => pinImages(source, {...pins, update: flags.update === true})),
	);
	const changed = files.filter(({changes}) => changes.length > 0);
	const {streams, style} = command;
	const isWritten = flags.write === true && (await writeAll(changed, command));
	if (flags.format === 'json') {
		streams.out(`${JSON.stringify(pinJson(files, isWritten), undefined, '\t')}\n`);
	} else if (flags.write === true) {
		streams.out(renderPins(changed, style));
	} else {
		streams.out(await diffOf(changed, command));
		streams.err(renderPins(changed, command.errorStyle));
	}

	tellFailures(files, command);
	const isDone = changed.length === 0 || isWritten;
	return isDone && files.every(({failures}) => failures.length === 0) ? exitCode.ok : exitCode.findings;
}

/** What may be pinned and how it is looked up; nothing where the flags or the configuration are wrong, which is told. */
export async function pinWish(
	flags: Omit<PinCommandFlags, 'update' | 'write' | 'format'> & SettingFlags,
	command: CommandContext,
): Promise<
	(Omit<PinWish, 'update'> & {readonly ignored: Parameters<typeof findDockerfiles>[1]['ignored']}) | undefined
> {
	const unused = {buildContext: [], cacheFrom: [], noCacheFilter: [], cache: true, addHost: [], ulimit: []};
	const {buildArg, target, platform} = flags;
	const wanted = {buildArg, ...(target !== undefined && {target}), ...(platform !== undefined && {platform})};
	const parsed = planRequest('.', {...unused, ...wanted}, command);
	const access = registryWish(flags, command);
	const [usage] = [parsed, access].filter(one => one.kind === 'usage');
	if (parsed.kind === 'usage' || access.kind === 'usage') {
		command.fail(usage ?? {message: 'wrong flags'});
		return undefined;
	}

	const settings = await lintSettings(flags, command);
	if (settings.kind === 'failed') {
		return undefined;
	}

	const registry = await openRegistry({...access.wish, onRequest: command.talk.debug});
	if (registry.kind === 'failed') {
		command.fail(registry.problem);
		return undefined;
	}

	return {
		options: parsed.request.options,
		policy: policyOf(settings.config),
		client: registry.client,
		ignored: settings.config.ignored,
	};
}

/** Writes files that change; tells which could not be written. */
export async function writeAll(files: readonly PinnedFile[], command: CommandContext): Promise<boolean> {
	let isWritten = true;
	for (const file of files) {
		const problem =
			file.source.path === 'stdin'
				? {message: 'what came by standard input cannot be written', hint: 'leave --write out, and apply the diff'}
				: await writePinned(file, command.cwd);
		if (problem !== undefined) {
			command.fail(problem);
			isWritten = false;
		}
	}

	return isWritten;
}

/** The changes of files, one diff after the other. */
export async function diffOf(files: readonly PinnedFile[], {style}: CommandContext): Promise<string> {
	const diffs = files.map(({source, text}) => unifiedDiff(source.path, source.text, text, style));
	return (await Promise.all(diffs)).join('');
}

/** Tells of each image that could not be pinned. */
export function tellFailures(files: readonly PinnedFile[], {streams, errorStyle}: CommandContext): void {
	for (const {source, failures} of files) {
		for (const {range, image, reason} of failures) {
			const {line, column} = range.start;
			streams.err(`${errorStyle.warning('not pinned')} ${source.path}:${line}:${column} ${image}: ${reason}\n`);
		}
	}
}
