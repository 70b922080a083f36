import {findDockerfiles, type Problem, pinImages, readSources} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import type {RegistryFlags} from '../registry-options.ts';
import {pinJson} from '../render/pin-json.ts';
import {renderPins} from '../render/pin-text.ts';
import type {CommandContext} from './command-context.ts';
import {diffOf, tellFailures, writeAll} from './fix-pins.ts';
import {type BuildOptionFlags, lintOptions} from './lint-options.ts';
import {lintSettings, policyOf, type SettingFlags} from './lint-settings.ts';
import {openClient} from './open-client.ts';

/** The flags of `pin`, as commander hands them over. */
export interface PinCommandFlags extends BuildOptionFlags, RegistryFlags, Pick<SettingFlags, 'config'> {
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
	const [options] = lintOptions(flags, command) ?? [];
	const settings = await lintSettings(flags, command);
	const client = await openClient(flags, command);
	if (options === undefined || settings.kind === 'failed' || client === undefined) {
		return exitCode.usage;
	}

	const {ignored} = settings.config;
	// Whatever lint asks for: a tag alone is no pin.
	const policy = {...policyOf(settings.config), pin: 'digest' as const};
	const found = findDockerfiles(args.length === 0 ? ['Dockerfile'] : args, {...command, ignored});
	const read = await readSources(found.files, command);
	const problems: readonly Problem[] = [...found.problems, ...(read.kind === 'failed' ? read.problems : [])];
	if (read.kind === 'failed' || problems.length > 0) {
		return problems.reduce((_, problem) => command.fail(problem), exitCode.usage as number);
	}

	const wish = {options, policy, client, update: flags.update === true};
	const files = await Promise.all(read.sources.map(source => pinImages(source, wish)));
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
