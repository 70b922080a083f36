import {type Dirent, lstatSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {gitIn, partsOf} from '../revisions/git-command.ts';
import {type GitPatterns, gitPatterns} from './git-patterns.ts';

/** Folders that hold the code of others. */
const never = new Set(['.git', 'node_modules']);

/**
 * The files below an absolute folder, relative to it with forward slashes, in order: those that git knows or would add,
 * and where there is no repository, or no git, all that no .gitignore leaves out. Links are not followed.
 */
export function listFiles(folder: string, env: NodeJS.ProcessEnv): readonly string[] {
	const listed = gitIn(folder, env)(['ls-files', '-coz', '--exclude-standard']);
	const files =
		listed.kind === 'ok' ? partsOf(listed.stdout).filter(file => isFile(path.join(folder, file))) : undefined;
	return [...new Set(files ?? walk(folder, '', []))]
		.filter(file => !file.split('/').some(part => never.has(part)))
		.sort((a, b) => (a < b ? -1 : 1));
}

// What was deleted is in the index still, and a submodule is a folder.
function isFile(file: string): boolean {
	return lstatSync(file, {throwIfNoEntry: false})?.isFile() === true;
}

interface Layer {
	/** Of the .gitignore, relative to the top; empty, or with a slash behind. */
	readonly prefix: string;
	readonly patterns: GitPatterns;
}

function walk(top: string, prefix: string, above: readonly Layer[]): readonly string[] {
	const entries = entriesOf(path.join(top, prefix));
	const own = entries.some(({name}) => name === '.gitignore') ? readPatterns(path.join(top, prefix)) : undefined;
	const layers = own === undefined ? above : [{prefix, patterns: own}, ...above];
	return entries.flatMap(entry => {
		const file = `${prefix}${entry.name}`;
		if (entry.isDirectory()) {
			return never.has(entry.name) || isLeftOut(`${file}/`, layers) ? [] : walk(top, `${file}/`, layers);
		}

		return entry.isFile() && !isLeftOut(file, layers) ? [file] : [];
	});
}

// The nearest .gitignore that says something counts.
function isLeftOut(file: string, layers: readonly Layer[]): boolean {
	for (const {prefix, patterns} of layers) {
		const said = patterns(file.slice(prefix.length));
		if (said !== undefined) {
			return said === 'out';
		}
	}

	return false;
}

// What may not be read holds nothing for us.
function entriesOf(folder: string): readonly Dirent[] {
	try {
		return readdirSync(folder, {withFileTypes: true});
	} catch {
		return [];
	}
}

function readPatterns(folder: string): GitPatterns | undefined {
	try {
		return gitPatterns(readFileSync(path.join(folder, '.gitignore'), 'utf8'));
	} catch {
		return undefined;
	}
}
