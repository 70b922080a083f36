import nodePath from 'node:path';
import {
	compilePatterns,
	decodeSource,
	type IgnoreMatcher,
	isRemote,
	parseIgnoreFile,
	type SourceFile,
	withoutLogin,
} from '../analyzer/index.ts';
import {diskFiles, type SourceFiles} from './source-files.ts';

/** A build context and the Dockerfile that goes with it, read from disk. */
export interface Workspace {
	/** Absolute path of the context. */
	readonly contextDir: string;
	/** Absolute path of the Dockerfile; absent when it came by standard input. */
	readonly dockerfilePath?: string;
	readonly dockerfile: SourceFile;
	/** The ignore file in force; absent where there is none. */
	readonly ignoreFile?: SourceFile;
	/** Patterns in force, those of cachecast's own folders last. */
	readonly ignore: readonly string[];
	/** cachecast's caches inside the context, left out of it whatever the ignore file says. */
	readonly ownIgnore: readonly string[];
	readonly matcher: IgnoreMatcher | undefined;
}

/** Something the user asked for that is not there or cannot be used: one sentence, and what to do. */
export interface Problem {
	readonly message: string;
	readonly hint?: string;
}

export type WorkspaceResult =
	| {readonly kind: 'opened'; readonly workspace: Workspace}
	| {readonly kind: 'failed'; readonly problem: Problem};

export interface WorkspaceRequest {
	/** The context as the user wrote it, relative to `cwd`. */
	readonly context: string;
	/** `-f`, relative to `cwd`; `-` is standard input; absent: `Dockerfile` in the context. */
	readonly file?: string;
	readonly cwd: string;
	readonly readStdin: () => Promise<Uint8Array>;
	/** Absolute folders of local caches: they must not become part of the context they lie in. */
	readonly cacheDirs: readonly string[];
	/** Where they are read; absent: the disk. */
	readonly files?: SourceFiles;
}

/**
 * Finds and reads the Dockerfile and the ignore file. `NAME.dockerignore` next to a Dockerfile NAME wins over the
 * context's `.dockerignore` (BuildKit frontend/dockerui/config.go).
 */
export async function openWorkspace(request: WorkspaceRequest): Promise<WorkspaceResult> {
	const {context, file, cwd, cacheDirs, files = diskFiles} = request;
	const unsupported = unsupportedInput(context, file);
	if (unsupported !== undefined) {
		return {kind: 'failed', problem: unsupported};
	}

	const contextDir = nodePath.resolve(cwd, context);
	const kind = await files.kindOf(contextDir);
	if (kind !== 'folder') {
		return failed(
			`the context "${context}" is ${kind === undefined ? 'not there' : 'not a folder'}`,
			'name the folder the build may read, for example "."',
		);
	}

	const found = await readDockerfile(contextDir, request);
	if (found.kind === 'failed') {
		return found;
	}

	const {path, text} = found;
	const ignoreFile = await readFirst(
		[...(path === undefined ? [] : [`${path}.dockerignore`]), nodePath.join(contextDir, '.dockerignore')],
		one => `the ignore file "${one}"`,
		files,
	);
	if (ignoreFile.kind === 'failed') {
		return ignoreFile;
	}

	const ownIgnore = cacheDirs.flatMap(dir => patternFor(contextDir, dir));
	const ignore = [...parseIgnoreFile(ignoreFile.kind === 'found' ? ignoreFile.text : ''), ...ownIgnore];
	const compiled = compilePatterns(ignore);
	if (compiled.kind === 'failed') {
		return failed(
			`the ignore file has a malformed pattern "${compiled.pattern}": ${compiled.message}`,
			'close every [ with ]',
		);
	}

	return {
		kind: 'opened',
		workspace: {
			contextDir,
			...(path !== undefined && {dockerfilePath: path}),
			dockerfile: {path: shownPath(path, request), text},
			...(ignoreFile.kind === 'found' && {ignoreFile: {path: ignoreFile.path ?? '', text: ignoreFile.text}}),
			ignore,
			ownIgnore,
			matcher: ignore.length === 0 ? undefined : compiled.matcher,
		},
	};
}

// What buildx takes and a plan cannot: said in a word on what to do instead.
function unsupportedInput(context: string, file: string | undefined): Problem | undefined {
	if (context === '-') {
		return {
			message: 'a context from standard input cannot be planned: its files are part of the cache keys',
			hint: 'unpack it into a folder; a Dockerfile alone is read with -f - and a folder as the context',
		};
	}

	if (isRemote(context)) {
		return {
			message: `the context "${withoutLogin(context)}" is remote; cachecast reads contexts from a folder`,
			hint: /\.git(?:#|$)|^(?:git|ssh)|^github\.com/.test(context)
				? 'clone it first: the content of its files is part of the cache keys'
				: 'download and unpack it first: the content of its files is part of the cache keys',
		};
	}

	return file !== undefined && /^https?:\/\//.test(file)
		? {
				message: `the Dockerfile "${withoutLogin(file)}" is remote`,
				hint: 'download it, or pipe it in: curl -fsSL URL | cachecast plan -f - .',
			}
		: undefined;
}

// What messages call the Dockerfile: as the user gave it, `stdin` as BuildKit says.
function shownPath(path: string | undefined, {file, cwd}: WorkspaceRequest): string {
	if (path === undefined) {
		return 'stdin';
	}

	const shown = nodePath.relative(cwd, path);
	return file ?? (shown.startsWith('..') ? path : shown);
}

type Found =
	| {readonly kind: 'found'; readonly path?: string; readonly text: string}
	| {readonly kind: 'failed'; readonly problem: Problem};

async function readDockerfile(
	contextDir: string,
	{file, cwd, readStdin, files = diskFiles}: WorkspaceRequest,
): Promise<Found> {
	if (file === '-') {
		return {kind: 'found', text: decodeSource(await readStdin())};
	}

	const candidates =
		file === undefined
			? ['Dockerfile', 'dockerfile'].map(name => nodePath.join(contextDir, name))
			: [nodePath.resolve(cwd, file)];
	const found = await readFirst(candidates, path => `the Dockerfile "${file ?? path}"`, files);
	if (found.kind !== 'absent') {
		return found;
	}

	const shown = file ?? nodePath.join(nodePath.relative(cwd, contextDir) || '.', 'Dockerfile');
	return failed(`there is no Dockerfile at "${shown}"`, 'name it with -f, or give the folder it lies in');
}

// The first of the files that is there. One that is there and cannot be read is told, never passed over.
async function readFirst(
	paths: readonly string[],
	describe: (path: string) => string,
	files: SourceFiles,
): Promise<Found | {readonly kind: 'absent'}> {
	for (const path of paths) {
		try {
			return {kind: 'found', path, text: decodeSource(await files.readFile(path))};
		} catch (error) {
			const code = codeOf(error);
			if (code !== 'ENOENT') {
				return failed(`${describe(path)} cannot be read: ${code}`);
			}
		}
	}

	return {kind: 'absent'};
}

// A cache inside the context would change the very content it is keyed by.
function patternFor(contextDir: string, dir: string): readonly string[] {
	const relative = nodePath.relative(contextDir, dir).replaceAll(nodePath.sep, '/');
	return relative === '' || relative.startsWith('..') ? [] : [relative.replace(/[\\*?[\]!#]/g, '\\$&')];
}

function failed(message: string, hint?: string): {readonly kind: 'failed'; readonly problem: Problem} {
	return {kind: 'failed', problem: hint === undefined ? {message} : {message, hint}};
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
