/** The start of a program, or a question to an engine, for whoever looks for what is slow; nothing secret is in it. */
export type OnAsk = (text: string) => void;

// As describeCacheSpec has it.
const secretNames = /(,)([^=,]*(?:token|secret|password|access_key|credential)[^=,]*)=[^,]*/gi;

/** A command line without values of build arguments, keys of caches, and logins in addresses. */
export function shownCommand(command: string, args: readonly string[]): string {
	const shown = args.map(arg =>
		arg
			.replace(/^(--build-arg=[^=]*)=.*$/s, '$1=***')
			.replace(/^--cache-(?:from|to)=.*$/s, text => text.replace(secretNames, '$1$2=***'))
			.replace(/(:\/\/)[^/@\s]*@/g, '$1***@'),
	);
	return [command, ...shown].join(' ');
}
