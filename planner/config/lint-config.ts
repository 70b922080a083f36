import type {LevelSetting, LintPolicy, WaivedImage} from '../../analyzer/index.ts';

/** From which severity on findings make the exit code 1. */
export const failLevels = ['error', 'warning', 'info', 'none'] as const;
export type FailLevel = (typeof failLevels)[number];

/** What an image must have at least. */
export const pinPolicies: readonly LintPolicy['pin'][] = ['digest', 'semver', 'tag'];

/** Files that are left out of what folders and globs find. */
export interface IgnoredFiles {
	/** The absolute folder that the patterns are for. */
	readonly folder: string;
	/** As in a .gitignore. */
	readonly patterns: readonly string[];
}

/** What configuration files say about `lint`, with what they extend. */
export interface LintConfig {
	/** The later ones count. */
	readonly levels: readonly LevelSetting[];
	readonly failOn?: FailLevel;
	readonly pinPolicy?: LintPolicy['pin'];
	readonly waivers: readonly WaivedImage[];
	readonly ignored: readonly IgnoredFiles[];
}

/** Without any file. */
export const noConfig: LintConfig = {levels: [], waivers: [], ignored: []};

/** One configuration on top of another. */
export function extendConfig(base: LintConfig, own: LintConfig): LintConfig {
	return {
		...base,
		...own,
		levels: [...base.levels, ...own.levels],
		waivers: [...base.waivers, ...own.waivers],
		ignored: [...base.ignored, ...own.ignored],
	};
}
