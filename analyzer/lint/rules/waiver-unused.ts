import type {WaiverRule} from '../rule.ts';

/** A waiver that waives nothing hides the next finding, which nobody has thought about. */
export const waiverUnused: WaiverRule = {
	kind: 'waivers',
	name: 'waiver/unused',
	severity: 'info',
	summary: 'A waiver should waive something',
	check: ({unused}) =>
		unused.map(({text, range}) => ({message: `"${text}" is not found here`, range, hint: 'delete the waiver'})),
};
