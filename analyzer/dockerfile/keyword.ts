/** The instructions of a Dockerfile, in lower case (BuildKit command/command.go). */
export type Keyword =
	| 'add'
	| 'arg'
	| 'cmd'
	| 'copy'
	| 'entrypoint'
	| 'env'
	| 'expose'
	| 'from'
	| 'healthcheck'
	| 'label'
	| 'maintainer'
	| 'onbuild'
	| 'run'
	| 'shell'
	| 'stopsignal'
	| 'user'
	| 'volume'
	| 'workdir';

const KEYWORDS: ReadonlySet<string> = new Set<Keyword>([
	'add',
	'arg',
	'cmd',
	'copy',
	'entrypoint',
	'env',
	'expose',
	'from',
	'healthcheck',
	'label',
	'maintainer',
	'onbuild',
	'run',
	'shell',
	'stopsignal',
	'user',
	'volume',
	'workdir',
]);

/** All keywords as they are usually written. */
export const keywordNames: readonly string[] = Array.from(KEYWORDS, name => name.toUpperCase());

/** The instruction `text` names in any case, or undefined. */
export function keywordOf(text: string): Keyword | undefined {
	const name = text.toLowerCase();
	return isKeyword(name) ? name : undefined;
}

function isKeyword(name: string): name is Keyword {
	return KEYWORDS.has(name);
}
