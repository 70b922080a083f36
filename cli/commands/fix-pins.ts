import {
	type BuildOptions,
	type LintedFile,
	type LintPolicy,
	type PinnedFile,
	pinImages,
	type RegistryClient,
	writePinned,
} from '../../planner/index.ts';
import {renderPins} from '../render/pin-text.ts';
import {unifiedDiff} from '../render/unified-diff.ts';
import type {CommandContext} from './command-context.ts';

const pinRules: readonly string[] = ['pin/no-tag', 'pin/latest-tag', 'pin/no-digest', 'pin/partial-version'];

/** What `lint --fix` did. */
export interface Fixed {
	readonly isWritten: boolean;
	/** What it would do; empty where it did it. */
	readonly diff: string;
}

export const nothingFixed: Fixed = {isWritten: false, diff: ''};

/** Pins what lint found to be unpinned: in the files, or as a diff. */
export async function applyFixes(
	files: readonly LintedFile[],
	wish: FixWish,
	writes: boolean,
	command: CommandContext,
): Promise<Fixed> {
	const fixed = await fixPins(files, wish);
	const changed = fixed.filter(({changes}) => changes.length > 0);
	tellFailures(fixed, command);
	if (!writes) {
		return {isWritten: false, diff: await diffOf(changed, command)};
	}

	const isWritten = await writeAll(changed, command);
	if (isWritten) {
		command.talk.say(renderPins(changed, command.errorStyle));
	}

	return {isWritten, diff: ''};
}

interface FixWish {
	readonly options: BuildOptions;
	readonly policy: LintPolicy;
	readonly client: RegistryClient;
}

// Those that lint found to be unpinned, and no others; nothing is written.
function fixPins(files: readonly LintedFile[], wish: FixWish): Promise<readonly PinnedFile[]> {
	return Promise.all(
		files.map(({source, findings}) => {
			const places = new Set(
				findings.filter(({rule}) => pinRules.includes(rule)).map(({range}) => JSON.stringify(range)),
			);
			return pinImages(source, {...wish, update: false, only: range => places.has(JSON.stringify(range))});
		}),
	);
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
