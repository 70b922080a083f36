import {readdir} from 'node:fs/promises';
import type {Attributes, IgnoreMatcher} from '../analyzer/index.ts';
import {type AttributeReader, attributeReaders} from './attribute-readers.ts';
import {runTool} from './run-tool.ts';

/** The extended attributes of a context's files, by path; or why they were not looked at. */
export type AttributesResult =
	| {readonly kind: 'read'; readonly attributes: Attributes}
	| {readonly kind: 'unchecked'; readonly reason: string};

/** For files that are sent without any. */
export const noAttributes: AttributesResult = {kind: 'read', attributes: new Map()};

/** Reads the attributes of a context's files, after its ignore file. */
export type ReadAttributes = (dir: string, matcher: IgnoreMatcher | undefined) => Promise<AttributesResult>;

const timeoutMs = 60_000;

/** A reader that finds its program by `env`. */
export function createReadAttributes(env: NodeJS.ProcessEnv): ReadAttributes {
	return (dir, matcher) => readAttributes(dir, matcher, env);
}

/**
 * Reads the extended attributes below a folder, which Node cannot: one run of whatever program is there that can.
 * Folders at its top that the ignore file leaves out whole are passed over. From Windows none are sent (fsutil
 * stat_windows.go).
 */
export async function readAttributes(
	dir: string,
	matcher: IgnoreMatcher | undefined,
	env: NodeJS.ProcessEnv,
	readers: readonly AttributeReader[] = attributeReaders,
): Promise<AttributesResult> {
	if (process.platform === 'win32') {
		return noAttributes;
	}

	const ignored = await ignoredFolders(dir, matcher);
	for (const reader of readers) {
		const [command = '', ...args] = reader.command(dir, ignored);
		const output = await runTool(command, args, env, timeoutMs);
		if (output !== undefined) {
			return {kind: 'read', attributes: reader.parse(output, dir)};
		}
	}

	return {
		kind: 'unchecked',
		reason: 'no program is there that reads them; install getfattr (package attr), perl or python3',
	};
}

async function ignoredFolders(dir: string, matcher: IgnoreMatcher | undefined): Promise<readonly string[]> {
	const entries = matcher === undefined ? [] : await readdir(dir, {withFileTypes: true}).catch(() => []);
	return entries
		.filter(entry => entry.isDirectory() && matcher?.matches(entry.name).excluded === true)
		.map(entry => entry.name)
		.filter(name => matcher?.mayHoldIncluded(name) !== true);
}
