import {type Digest, isDigest} from '../../analyzer/index.ts';

/** What an entry of an archive is: only these may be in one. */
export type ArchiveName =
	| {readonly kind: 'blob'; readonly digest: Digest}
	| {readonly kind: 'file'; readonly name: 'index.json' | 'oci-layout'}
	| {readonly kind: 'folder'}
	| {readonly kind: 'refused'; readonly problem: string};

/** Reads a name and a type as tars have them. Nothing is ever written under a name that came from outside. */
export function archiveName(name: string, type: string | null | undefined): ArchiveName {
	const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
	if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory') {
		return refused(`${shown} is neither a file nor a folder`);
	}

	if (name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.includes('\\')) {
		return refused(`${shown} is an absolute name or none of a tar`);
	}

	const parts = name.split('/').filter((part, index) => part !== '' && (part !== '.' || index > 0));
	if (parts.includes('..') || parts.includes('.')) {
		return refused(`${shown} leads out of the archive`);
	}

	const path = parts.join('/');
	if (type === 'directory') {
		return ['', 'blobs', 'blobs/sha256'].includes(path)
			? {kind: 'folder'}
			: refused(`folder ${shown} is none of a cache`);
	}

	if (path === 'index.json' || path === 'oci-layout') {
		return {kind: 'file', name: path};
	}

	const digest = parts.length === 3 && parts[0] === 'blobs' && parts[1] === 'sha256' ? `sha256:${parts[2]}` : '';
	return isDigest(digest) ? {kind: 'blob', digest} : refused(`file ${shown} is none of a cache`);
}

function refused(problem: string): ArchiveName {
	return {kind: 'refused', problem};
}
