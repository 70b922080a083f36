import {parseArgs} from 'node:util';

/** What the fuzz program was asked for. */
export interface FuzzOptions {
	/** How long to look for finds; the linear section comes on top. */
	readonly seconds: number;
	/** With the seed of a find, its target finds it again at once. */
	readonly seed: number;
	/** One target only. */
	readonly target?: string;
	/** Only the hostile shapes with this in their name; then nothing else is done. */
	readonly shape?: string;
	/** A folder to write the inputs of finds to. */
	readonly save?: string;
}

/** Reads the command line; throws with a sentence on what is wrong with it. */
export function fuzzOptions(argv: readonly string[]): FuzzOptions {
	const {values} = parseArgs({
		args: [...argv],
		options: {
			seconds: {type: 'string', default: '60'},
			seed: {type: 'string'},
			target: {type: 'string'},
			shape: {type: 'string'},
			save: {type: 'string'},
		},
	});
	return {
		seconds: wholeNumber('--seconds', values.seconds),
		seed: values.seed === undefined ? Date.now() & 0x7f_ff_ff_ff : wholeNumber('--seed', values.seed),
		...(values.target !== undefined && {target: values.target}),
		...(values.shape !== undefined && {shape: values.shape}),
		...(values.save !== undefined && {save: values.save}),
	};
}

function wholeNumber(name: string, text: string): number {
	if (!/^\d{1,10}$/.test(text)) {
		throw new Error(`${name} must be a whole number, not "${text}"`);
	}

	return Number(text);
}
