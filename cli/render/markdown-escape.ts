import {printable} from './columns.ts';

/**
 * Text of others in Markdown. Everything that could be syntax of Markdown, a table or HTML is written as a numeric
 * entity. GitHub looks for mentions and references in what comes of it: a blank without width keeps these apart.
 */
export function markdownText(text: string): string {
	return entities(text).replace(/&#(?:64|35);/g, found => `${found}&#8203;`);
}

/** The same in code, where GitHub looks for no mentions. */
export function markdownCode(text: string): string {
	return `<code>${entities(text)}</code>`;
}

function entities(text: string): string {
	return (
		printable(text)
			.replace(/[\t\n]/g, ' ')
			// Quotes, brackets and = mean nothing where nothing else does.
			.replace(/[!#$%&*+:;<>?@[-`{-~]|(?<=www)\.|^[-+=\d]/gi, character => `&#${character.charCodeAt(0)};`)
	);
}
