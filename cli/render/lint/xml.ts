import {printable} from '../columns.ts';

/** A text inside an attribute or an element; what XML 1.0 has no character for is shown as U+FFFD. */
export function xmlText(text: string): string {
	return printable(text)
		.replaceAll(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll('\t', '&#9;');
}

/** ` name="value"` for each attribute. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number>>): string {
	return Object.entries(attributes)
		.map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
		.join('');
}
