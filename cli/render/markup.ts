import {printable} from './columns.ts';

/** Text of others in HTML, SVG or a quoted attribute of them. */
export function markup(text: string): string {
	return printable(text).replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`);
}
