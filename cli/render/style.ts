import {Chalk, type ChalkInstance, supportsColor} from 'chalk';

/** The few ways cachecast marks text; everything is plain where colour is not wanted. */
export interface Style {
	readonly hit: (text: string) => string;
	readonly miss: (text: string) => string;
	readonly cascade: (text: string) => string;
	readonly unknown: (text: string) => string;
	readonly dim: (text: string) => string;
	readonly bold: (text: string) => string;
	readonly error: (text: string) => string;
	readonly warning: (text: string) => string;
}

/** What decides on colour. */
export interface ColorWish {
	readonly env: NodeJS.ProcessEnv;
	/** `--color` or `--no-color`; undefined when neither was given. */
	readonly flag?: boolean;
	readonly isTty: boolean;
}

/**
 * Colours for one stream. A flag beats the environment; chalk itself does not know NO_COLOR (no-color.org: any value
 * that is not empty), and FORCE_COLOR beats it.
 */
export function createStyle(wish: ColorWish): Style {
	const chalk = new Chalk({level: colorLevel(wish)});
	return {
		hit: chalk.green,
		miss: chalk.red.bold,
		cascade: chalk.red,
		unknown: chalk.yellow,
		dim: chalk.dim,
		bold: chalk.bold,
		error: chalk.red.bold,
		warning: chalk.yellow.bold,
	};
}

function colorLevel({env, flag, isTty}: ColorWish): ChalkInstance['level'] {
	if (flag !== undefined) {
		return flag ? 1 : 0;
	}

	const force = env['FORCE_COLOR'];
	if (force !== undefined) {
		return force === '0' || force === 'false' ? 0 : 1;
	}

	if (env['NO_COLOR'] || env['TERM'] === 'dumb' || !isTty) {
		return 0;
	}

	return supportsColor === false ? 0 : supportsColor.level;
}
