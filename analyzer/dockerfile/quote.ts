/** Longer texts are cut: a message is one line. */
const MAX_LENGTH = 60;

/** A text of the user in double quotes, for a message; control characters are shown, not sent to the terminal. */
export function quote(text: string): string {
	const chars = Array.from(text.slice(0, 2 * MAX_LENGTH));
	const shown =
		text.length > MAX_LENGTH && chars.length > MAX_LENGTH ? [...chars.slice(0, MAX_LENGTH - 1), '…'] : chars;
	return `"${shown.join('').replace(/\p{Cc}/gu, escapeControl)}"`;
}

function escapeControl(char: string): string {
	return `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
}
