import {readFile} from 'node:fs/promises';
import nodePath from 'node:path';
import {
	type BuildOptions,
	type Diagnostic,
	decodeSource,
	type LintKnowledge,
	lintSource,
	type SourceFile,
} from '../analyzer/index.ts';
import {lintContext} from './lint-context.ts';
import {namedImages} from './pins/named-images.ts';
import type {Problem} from './workspace.ts';

/** One Dockerfile and what was found in it, in the order of its lines. */
export interface LintedFile {
	/** Its path as the user gave it. */
	readonly source: SourceFile;
	readonly findings: readonly Diagnostic[];
	/** Images of which no registry told whether they are served and up to date. */
	readonly unchecked: readonly UncheckedImage[];
}

/** Why, in one sentence. */
export interface UncheckedImage {
	readonly image: string;
	readonly reason: string;
}

/** The files in the order given, or every file that cannot be read. */
export type LintFilesResult =
	| {readonly kind: 'linted'; readonly files: readonly LintedFile[]}
	| {readonly kind: 'failed'; readonly problems: readonly Problem[]};

/** Where files are read from. */
export interface LintSurroundings {
	readonly cwd: string;
	readonly readStdin: () => Promise<Uint8Array>;
}

/** What is known besides the files. */
export interface LintFilesKnowledge {
	readonly known?: LintKnowledge;
	/** Asks registries about the images of a file. */
	readonly lookUp?: (source: SourceFile) => Promise<LintKnowledge>;
}

/**
 * Reads Dockerfiles, relative to `cwd`, `-` being standard input, and lints each for the same options, once for each
 * platform that is built; what is found for several of them is told once.
 */
export async function lintFiles(
	paths: readonly string[],
	surroundings: LintSurroundings,
	options: BuildOptions | readonly BuildOptions[],
	{known = {}, lookUp}: LintFilesKnowledge = {},
): Promise<LintFilesResult> {
	const read = await readSources(paths, surroundings);
	if (read.kind === 'failed') {
		return read;
	}

	const files = read.sources.map(async (source, index): Promise<LintedFile> => {
		const context = await lintContext(source, paths[index] ?? '-', surroundings.cwd);
		const looked = await lookUp?.(source);
		const platforms = [options].flat();
		const findings = platforms.flatMap(one => lintSource(source, one, {...known, ...context, ...looked}));
		const unchecked = looked === undefined ? notAsked(source, platforms) : unanswered(looked);
		return {source, findings: onceInOrder(findings), unchecked};
	});
	return {kind: 'linted', files: await Promise.all(files)};
}

function onceInOrder(findings: readonly Diagnostic[]): readonly Diagnostic[] {
	const byText = new Map(findings.map(finding => [JSON.stringify(finding), finding]));
	return [...byText.values()].toSorted(
		({range: {start: a}}, {range: {start: b}}) => a.line - b.line || a.column - b.column,
	);
}

function notAsked(source: SourceFile, options: readonly BuildOptions[]): readonly UncheckedImage[] {
	const reason = 'registries are asked with --online only';
	return Array.from(namedImages(source, options).references, image => ({image, reason}));
}

function unanswered({registry = new Map()}: LintKnowledge): readonly UncheckedImage[] {
	return [...registry].flatMap(([image, facts]) => (facts.kind === 'open' ? [{image, reason: facts.reason}] : []));
}

/** The texts of files in the order given, without byte order marks, or every file that cannot be read. */
export async function readSources(
	paths: readonly string[],
	surroundings: LintSurroundings,
): Promise<
	| {readonly kind: 'read'; readonly sources: readonly SourceFile[]}
	| {readonly kind: 'failed'; readonly problems: readonly Problem[]}
> {
	const read = await Promise.all(paths.map(path => readSource(path, surroundings)));
	const problems = read.flatMap(one => (one.kind === 'failed' ? [one.problem] : []));
	return problems.length > 0
		? {kind: 'failed', problems}
		: {kind: 'read', sources: read.flatMap(one => (one.kind === 'read' ? [one.source] : []))};
}

type Read = {readonly kind: 'read'; readonly source: SourceFile} | {readonly kind: 'failed'; readonly problem: Problem};

async function readSource(path: string, {cwd, readStdin}: LintSurroundings): Promise<Read> {
	try {
		const text = decodeSource(await (path === '-' ? readStdin() : readFile(nodePath.resolve(cwd, path))));
		return {kind: 'read', source: {path: path === '-' ? 'stdin' : path, text: text.replace(/^\ufeff/, '')}};
	} catch (error) {
		return {kind: 'failed', problem: problemOf(path, error instanceof Error && 'code' in error ? error.code : error)};
	}
}

function problemOf(path: string, code: unknown): Problem {
	if (code === 'ENOENT') {
		return {message: `there is no Dockerfile at "${path}"`, hint: 'name the files to lint: cachecast lint FILES…'};
	}

	return code === 'EISDIR'
		? {message: `"${path}" is a folder`, hint: `name the file in it: ${nodePath.join(path, 'Dockerfile')}`}
		: {message: `the Dockerfile "${path}" cannot be read: ${String(code)}`};
}
