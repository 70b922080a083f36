import {cutTo} from '../columns.ts';
import {marks} from '../step-words.ts';
import type {DrawnNode} from './drawing.ts';

/** The lines of a node: its sign and name, then what else is known of it; each cut to what a box can hold. */
export function labelLines({label, details, standing, isTarget, isUnneeded, kind}: DrawnNode): readonly string[] {
	const sign = standing === undefined ? '' : `${marks[standing]} `;
	const role = isTarget ? ['target'] : isUnneeded && kind === 'stage' ? ['not needed'] : [];
	return [`${sign}${label}`, ...details, ...role].map(line => cutTo(line, 48));
}
