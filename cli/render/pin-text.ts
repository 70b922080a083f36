import type {PinChange, PinnedFile} from '../../planner/index.ts';
import {printable} from './columns.ts';
import type {Style} from './style.ts';

/** One line for each image that changes: place, name, old and new digest, and how much younger the new one is. */
export function renderPins(files: readonly PinnedFile[], style: Style): string {
	return files
		.flatMap(({source, changes}) => changes.map(change => `${lineOf(source.path, change, style)}\n`))
		.join('');
}

function lineOf(file: string, {range, image, from, to, days}: PinChange, style: Style): string {
	const place = style.bold(printable(`${file}:${range.start.line}:${range.start.column}`));
	const digests = from === undefined ? short(to) : `${short(from)} → ${short(to)}`;
	const age = days === undefined ? '' : style.dim(`, ${ageOf(days)}`);
	return `${place} ${printable(image)} ${digests}${age}`;
}

function ageOf(days: number): string {
	const count = Math.abs(days);
	return days === 0 ? 'of the same day' : `${count} day${count === 1 ? '' : 's'} ${days > 0 ? 'newer' : 'older'}`;
}

function short(digest: string): string {
	const [algorithm = '', hex = ''] = digest.split(':');
	return `${algorithm}:${hex.slice(0, 12)}`;
}
