import {parseCsv} from './csv.ts';
import {parseBool} from './go-values.ts';
import {quote} from './quote.ts';
import {didYouMean} from './suggest.ts';

/** `--device=` of RUN: the name of a CDI device. */
export interface RunDevice {
	readonly name: string;
	readonly required: boolean;
}

export type DeviceResult =
	| {readonly kind: 'parsed'; readonly device: RunDevice}
	| {readonly kind: 'failed'; readonly message: string; readonly hint?: string};

/** Reads `vendor/class=name,required` (BuildKit instructions/commands_rundevice.go ParseDevice). */
export function parseDevice(text: string): DeviceResult {
	const csv = parseCsv(text);
	if (csv.kind === 'failed') {
		return csv;
	}

	let name = '';
	let required = false;
	for (const field of csv.fields) {
		const [key = '', ...rest] = field.split('=');
		const option = key.toLowerCase();
		const value = rest.length === 0 ? undefined : rest.join('=');
		if (option === 'required') {
			const flag = parseBool(value ?? 'true');
			if (flag === undefined) {
				return {kind: 'failed', message: `invalid value ${quote(value ?? '')} for device option "required"`};
			}

			required = flag;
		} else if (option === 'name' && value !== undefined) {
			if (name !== '') {
				return {kind: 'failed', message: `the device name is already ${quote(name)}`};
			}

			name = value;
		} else if (name === '') {
			name = field;
		} else if (value === undefined) {
			return {kind: 'failed', message: `device option ${quote(field)} must be a key=value pair`};
		} else {
			const hint = didYouMean(option, ['name', 'required']);
			const message = `unknown device option ${quote(option)}`;
			return hint === undefined ? {kind: 'failed', message} : {kind: 'failed', message, hint};
		}
	}

	return {kind: 'parsed', device: {name, required}};
}
