import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';

/** A file's text, or a file with its mode, a link, or a folder with its mode. */
export type TreeEntry =
	| string
	| {readonly text: string; readonly mode: number}
	| {readonly link: string}
	| {readonly folderMode: number};

/** Writes a tree with exact modes, whatever the umask (files 0644, folders 0755 unless said), and removes it after the test. */
export function temporaryTree(t: ExecutionContext, entries: Readonly<Record<string, TreeEntry>>): string {
	const root = mkdtempSync(path.join(os.tmpdir(), 'cachecast-tree-'));
	t.teardown(() => rmSync(root, {recursive: true, force: true}));
	writeTree(root, entries);
	return root;
}

/** Adds to a tree, or overwrites files of it. */
export function writeTree(root: string, entries: Readonly<Record<string, TreeEntry>>): void {
	for (const [name, entry] of Object.entries(entries)) {
		const file = path.join(root, name);
		makeFolder(root, path.dirname(name));
		if (typeof entry !== 'string' && 'link' in entry) {
			symlinkSync(entry.link, file);
		} else if (typeof entry !== 'string' && 'folderMode' in entry) {
			makeFolder(root, name);
			chmodSync(file, entry.folderMode);
		} else {
			const {text, mode} = typeof entry === 'string' ? {text: entry, mode: 0o644} : entry;
			writeFileSync(file, text);
			chmodSync(file, mode);
		}
	}
}

function makeFolder(root: string, name: string): void {
	const parts = name === '.' ? [] : name.split('/');
	for (const [index] of parts.entries()) {
		const folder = path.join(root, ...parts.slice(0, index + 1));
		if (mkdirSync(folder, {recursive: true}) !== undefined) {
			chmodSync(folder, 0o755);
		}
	}
}
