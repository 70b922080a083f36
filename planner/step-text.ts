import type {Step} from '../analyzer/index.ts';

/**
 * A step's instruction on one line, blanks folded, as people and logs want it; never a build argument's value, nor a URL's login. Control
 * characters become visible: a Dockerfile must not drive the terminal.
 */
export function stepText({instruction}: Pick<Step, 'instruction'>): string {
	const text = visible(withoutLogins(instruction.text.replace(/\s+/g, ' ').trim()));
	const [first] = instruction.heredocs;
	const body = first?.content.trim().split('\n') ?? [];
	return first === undefined ? text : `${text} (${visible(body[0] ?? '')}${body.length > 1 ? '…' : ''})`;
}

// A password in a URL, as in ADD https://user:password@host/.
function withoutLogins(text: string): string {
	return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*@/gi, '$1');
}

function visible(text: string): string {
	return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
