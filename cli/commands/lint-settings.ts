import {
	extendConfig,
	type FailLevel,
	findConfig,
	type LevelSetting,
	type LintConfig,
	type LintPolicy,
	lintRules,
	loadConfig,
	noConfig,
	ruleLevels,
	unknownRules,
} from '../../planner/index.ts';
import type {UsageError} from '../options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import type {CommandContext} from './command-context.ts';

/** The flags that say what the configuration file can say too. */
export interface SettingFlags {
	readonly rule?: readonly string[];
	readonly failOn?: FailLevel;
	readonly pin?: LintPolicy['pin'];
	/** `false`: none is read. */
	readonly config?: string | false;
}

export type LintSettings = {readonly kind: 'settings'; readonly config: LintConfig} | {readonly kind: 'failed'};

/** What counts: the configuration file, and on top of it the flags. What is wrong with either is told. */
export async function lintSettings(flags: SettingFlags, command: CommandContext): Promise<LintSettings> {
	const levels = levelFlags(flags.rule ?? []);
	if (levels.kind === 'usage') {
		command.fail(levels);
		return {kind: 'failed'};
	}

	const file = await readFile(flags.config, command);
	return file === undefined
		? {kind: 'failed'}
		: {
				kind: 'settings',
				config: extendConfig(file, {
					...noConfig,
					levels: levels.levels,
					...(flags.failOn !== undefined && {failOn: flags.failOn}),
					...(flags.pin !== undefined && {pinPolicy: flags.pin}),
				}),
			};
}

async function readFile(flag: string | false | undefined, command: CommandContext): Promise<LintConfig | undefined> {
	if (flag === false) {
		return noConfig;
	}

	const search = flag === undefined ? findConfig(command.cwd) : {kind: 'found' as const, file: flag};
	if (search.kind === 'failed') {
		command.fail(search.problem);
		return undefined;
	}

	if (search.kind === 'none') {
		return noConfig;
	}

	const loaded = await loadConfig(search.file, command.cwd);
	switch (loaded.kind) {
		case 'loaded': {
			return loaded.config;
		}

		case 'unreadable': {
			command.fail(loaded.problem);
			return undefined;
		}

		case 'invalid': {
			command.streams.err(renderDiagnostics(loaded.diagnostics, loaded.sources, command.errorStyle));
			return undefined;
		}
	}
}

type LevelFlags = {readonly kind: 'levels'; readonly levels: readonly LevelSetting[]} | UsageError;

/** `RULE=LEVEL`, in the order given: the last one counts. */
function levelFlags(flags: readonly string[]): LevelFlags {
	const known = lintRules.map(({name}) => name);
	const levels: LevelSetting[] = [];
	for (const flag of flags) {
		const at = flag.lastIndexOf('=');
		const rules = flag.slice(0, Math.max(at, 0));
		const level = ruleLevels.find(one => one === flag.slice(at + 1));
		if (at === -1 || level === undefined) {
			return {
				kind: 'usage',
				message: `--rule "${flag}" says no level`,
				hint: 'write RULE=off, RULE=info, RULE=warning or RULE=error',
			};
		}

		const unknown = unknownRules(rules, known);
		if (unknown !== undefined) {
			return {kind: 'usage', ...unknown};
		}

		levels.push({rules, level});
	}

	return {kind: 'levels', levels};
}

/** How far images must be pinned, for the day of the run. */
export function policyOf({pinPolicy = 'digest', waivers}: LintConfig): LintPolicy {
	return {pin: pinPolicy, waived: waivers, today: new Date().toISOString().slice(0, 10)};
}
