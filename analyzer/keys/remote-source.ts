import type {Dialect} from './dialect.ts';
import {type GitQuery, readGitQuery} from './git-query.ts';
import {basePath, cleanPath} from './go-path.ts';
import {cut, parseSourceUrl} from './source-url.ts';

/** What a git repository is asked for. */
export interface GitSource {
	/** URL or `user@host:path`, without what follows `?` and `#`. */
	readonly remote: string;
	/** Branch, tag or commit; '': the default branch. */
	readonly ref: string;
	/** Folder of the repository; '': the whole. */
	readonly subdir: string;
	/** A commit, perhaps shortened, that must be found; '': none. */
	readonly checksum: string;
	/** Absent: not said. */
	readonly keepGitDir?: boolean;
	readonly skipSubmodules: boolean;
	/** The checksum is taken for the commit, without asking what the reference points at. */
	readonly fetchByCommit: boolean;
}

/** One source of an ADD, as it is told apart by its spelling. */
export type RemoteSource =
	/** A path of the context. */
	| {readonly kind: 'local'}
	| {readonly kind: 'http'; readonly fileName: string}
	| {readonly kind: 'git'; readonly git: GitSource}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint?: string};

const gitProtocols = new Set(['http', 'https', 'ssh', 'git']);

// BuildKit util/sshutil/scpurl.go.
const scpStyle = /^([\w-]+@[a-z0-9.-]+:[^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;

/** Tells what a source of ADD is (BuildKit dockerfile2llb/convert_copy.go dispatchCopy, dfgitutil/git_ref.go ParseGitRef). */
export function parseRemoteSource(text: string, dialect: Dialect): RemoteSource {
	const git = gitSource(text, dialect);
	if (git?.kind === 'git' && dialect.refusesGitSources) {
		const hint = 'name a frontend that does in the first line of the file: # syntax=docker/dockerfile:1.6';
		return {kind: 'invalid', message: 'the frontend inside this BuildKit does not add git repositories', hint};
	}

	return git ?? (/^https?:\/\//.test(text) ? {kind: 'http', fileName: fileName(text)} : {kind: 'local'});
}

/** A URL or git repository in the place of a build context (buildx build/utils.go IsRemoteURL, dfgitutil.ParseGitRef). */
export function isRemote(source: string): boolean {
	return /^(?:https?|git|ssh):\/\//.test(source) || /^git@[^/]+:/.test(source) || source.startsWith('github.com/');
}

/** Whether a text is a whole commit id (BuildKit util/gitutil IsCommitSHA). */
export function isCommit(text: string): boolean {
	return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

// `github.com/…` without a protocol is a path for ADD, although it is a repository as a build context.
function gitSource(text: string, dialect: Dialect): RemoteSource | undefined {
	if (!dialect.hasGitSources) {
		return undefined;
	}

	const url = parseSourceUrl(text);
	if (url !== undefined) {
		const isHttp = url.scheme === 'http' || url.scheme === 'https';
		return gitProtocols.has(url.scheme) && (!isHttp || url.path.endsWith('.git'))
			? withOptions(url.plain, url.query, url.fragment, dialect)
			: undefined;
	}

	const match = text.includes('://') ? null : scpStyle.exec(text);
	if (match === null) {
		return undefined;
	}

	const [, remote = '', query = '', fragment = ''] = match;
	return withOptions(remote, query, fragment, dialect);
}

function withOptions(plain: string, query: string, fragment: string, dialect: Dialect): RemoteSource {
	const [ref, subdir = ''] = cut(fragment, ':');
	const options: GitQuery = {ref, subdir, checksum: ''};
	// Older frontends leave a query to git.
	const read = dialect.hasGitQueries
		? readGitQuery(new URLSearchParams(query), options)
		: ({kind: 'query', query: options} as const);
	if (read.kind === 'invalid') {
		return read;
	}

	const remote = dialect.hasGitQueries || query === '' ? plain : `${plain}?${query}`;
	const {keepGitDir, submodules, fetchByCommit, ...others} = read.query;
	return {
		kind: 'git',
		git: {
			remote,
			...others,
			subdir: ['.', '/'].includes(cleanPath(others.subdir)) ? '' : others.subdir,
			...(keepGitDir !== undefined && {keepGitDir}),
			skipSubmodules: submodules === false,
			fetchByCommit: fetchByCommit === true,
		},
	};
}

function fileName(url: string): string {
	const base = basePath(parseSourceUrl(url)?.path ?? '');
	return base === '.' || base === '/' ? '__unnamed__' : base;
}
