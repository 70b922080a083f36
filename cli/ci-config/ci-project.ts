/** What the configurations of all CIs are filled in with. */
export interface CiProject {
	/** The context and, where it is not the usual one, `-f`, as words of a shell. */
	readonly words: string;
	/** What tells the project's Dockerfiles apart in keys. */
	readonly name: string;
	readonly defaultBranch: string;
	/** The version of cachecast to install. */
	readonly version: string;
}

/** Where the configurations keep the layers: the default cache, which never becomes part of a context. */
export const cacheDir = '.cachecast/cache';

/** The command that builds every stage, with the layers in a folder. */
export function buildCommand({words}: CiProject): string {
	return `cachecast build ${words} --cache-from type=local,src=${cacheDir} --cache-to type=local,dest=${cacheDir}`;
}

/** The same with the layers in a registry, for a comment: without the steps that restore and save the folder. */
export function registryComment({words}: CiProject, place: string): readonly string[] {
	return [
		`Or keep the layers in a registry: log in to it, leave out what restores and saves ${cacheDir}, and build with`,
		`  cachecast build ${words} --cache-from type=registry,ref=${place}:cache --cache-to type=registry,ref=${place}:cache`,
		`Add -t ${place}:TAG --push to push the image too.`,
	];
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
	return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Lines as comments at an indent. */
export function comments(lines: readonly string[], indent: string): string {
	return lines.map(line => `${indent}# ${line}`).join('\n');
}
