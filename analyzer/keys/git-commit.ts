import type {Dialect} from './dialect.ts';
import {isCommit} from './remote-source.ts';
import {type RemoteRef, type RemoteTable, remoteKey} from './remotes.ts';
import type {GitVertex} from './vertex.ts';

/** The commit, or tag, that a git source's key is made of, with the name that is in the key when `.git` is kept. */
export type GitCommit =
	| {readonly kind: 'commit'; readonly id: string; readonly name: string}
	| {readonly kind: 'unknown'; readonly cause: string};

/** Decides which commit a build would take (BuildKit source/git/source.go resolveMetadata, before v0.26 CacheKey). */
export function commitOf(vertex: GitVertex, dialect: Dialect, remotes: RemoteTable): GitCommit {
	const {ref, subdir, written} = vertex;
	// v0.28 writes the folder of a key in its shortest form, v0.26 as it was given.
	if (dialect.gitTags === 'peeled-unless-kept' && /^\.?\/|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)/.test(subdir)) {
		return {
			kind: 'unknown',
			cause: `${written} names a folder that BuildKit versions write differently; leave "./", "/" at its ends and ".." out`,
		};
	}

	const pinned = pinnedCommit(vertex, dialect);
	if (pinned !== undefined) {
		return pinned;
	}

	const found = remotes.get(remoteKey(vertex));
	if (found?.kind === 'unresolved') {
		return {kind: 'unknown', cause: `${written} cannot be asked for its commit: ${found.reason}`};
	}

	if (found?.kind !== 'refs') {
		const short = /^[0-9a-f]{7,}$/.test(ref) ? 'a commit counts as one only with all its digits; ' : '';
		const cause = `which commit ${written} is at is known only when it is asked; ${short}pin it with #COMMIT, or use --online`;
		return {kind: 'unknown', cause};
	}

	const commit = listedCommit(vertex, found.ref, found.lines, dialect);
	if (commit === undefined || !isCommit(commit.id)) {
		return {kind: 'unknown', cause: `${written} has no such branch or tag: the build will fail`};
	}

	return commit.ids.some(id => id.startsWith(vertex.checksum))
		? {kind: 'commit', id: commit.id, name: dialect.keptGitRef === 'none' ? '' : commit.name}
		: {kind: 'unknown', cause: `${written} is not at the commit that its checksum names: the build will fail`};
}

function pinnedCommit(
	{ref, checksum, keepGitDir, fetchByCommit}: GitVertex,
	{trustsGitChecksum, keptGitRef, gitTags}: Dialect,
): GitCommit | undefined {
	if (trustsGitChecksum && isCommit(checksum) && !keepGitDir) {
		return {kind: 'commit', id: checksum, name: ''};
	}

	if (isCommit(ref)) {
		return {kind: 'commit', id: ref, name: keptGitRef === 'always' ? ref : ''};
	}

	if (gitTags !== 'peeled-unless-kept' || !isCommit(checksum)) {
		return undefined;
	}

	if (fetchByCommit) {
		return {
			kind: 'commit',
			id: checksum,
			name: ref === '' ? checksum : ref.startsWith('refs/') ? ref : `refs/heads/${ref}`,
		};
	}

	// A branch is at the checksum, or the build fails. What may be a tag may also be known by the tag's own id.
	const isBranch = ref.startsWith('refs/heads/') || (ref === '' && !keepGitDir);
	return isBranch ? {kind: 'commit', id: checksum, name: ref} : undefined;
}

interface ListedCommit {
	readonly id: string;
	readonly name: string;
	/** Ids that a checksum may name. */
	readonly ids: readonly string[];
}

function listedCommit(
	{keepGitDir}: GitVertex,
	ref: string,
	lines: readonly RemoteRef[],
	{gitTags}: Dialect,
): ListedCommit | undefined {
	const listed = (id: string | undefined, name: string): ListedCommit | undefined =>
		id === undefined ? undefined : {id, name, ids: [id]};
	if (gitTags === 'first') {
		return listed(lines[0]?.id, '');
	}

	const idOf = (name: string) => lines.findLast(line => line.name === name)?.id;
	const headName = withPrefix('refs/heads/', ref);
	const tagName = withPrefix('refs/tags/', ref);
	const partial = withPrefix('refs/', ref);
	const head = idOf(headName);
	const tag = idOf(tagName);
	const commit = idOf(`${tagName}^{}`);
	const exact = partial === headName || partial === tagName ? undefined : idOf(partial);
	// As for git checkout, a branch goes before a tag of the same name.
	const branch = listed(exact, partial) ?? listed(head, headName);
	if (branch !== undefined || tag === undefined) {
		return branch;
	}

	const takesCommit = commit !== undefined && (gitTags === 'peeled' || !keepGitDir);
	const id = takesCommit ? commit : tag;
	return {id, name: tagName, ids: gitTags === 'peeled' ? [id] : [tag, commit ?? tag]};
}

function withPrefix(prefix: string, ref: string): string {
	return ref.startsWith(prefix) ? ref : `${prefix}${ref}`;
}
