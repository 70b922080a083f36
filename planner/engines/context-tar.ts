import {createReadStream} from 'node:fs';
import {lstat, readlink} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough, pipeline, type Readable} from 'node:stream';
import {pipeline as piped} from 'node:stream/promises';
import {type Headers, type Pack, pack} from '../tar.ts';

/** Files to send as a build context. */
export interface ContextFiles {
	readonly contextDir: string;
	/** Slash-separated, relative to the context, a folder before what is in it. */
	readonly paths: Iterable<string>;
	/** Files from elsewhere: name in the tar and where they are. */
	readonly extra: readonly {readonly name: string; readonly file: string}[];
}

/**
 * Packs a context into a tar, as a stream that fails when a file cannot be read or changes while it is read. Owners
 * are 0:0, as BuildKit's client sends them (BuildKit client/solve.go), so that steps get the same content keys.
 */
export function packContext(files: ContextFiles): Readable {
	const tar = pack();
	fill(tar, files).then(
		() => tar.finalize(),
		(error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
	);
	// A stream of Node's own: one of tar-stream fails along with the connection it is piped to.
	return pipeline(tar, new PassThrough(), () => {});
}

async function fill(tar: Pack, {contextDir, paths, extra}: ContextFiles): Promise<void> {
	for (const name of paths) {
		await add(tar, name, path.join(contextDir, name));
	}
	for (const {name, file} of extra) {
		await add(tar, name, file);
	}
}

async function add(tar: Pack, name: string, file: string): Promise<void> {
	const stats = await lstat(file);
	const header: Headers = {name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0};
	if (stats.isDirectory()) {
		await entry(tar, {...header, type: 'directory'});
	} else if (stats.isSymbolicLink()) {
		await entry(tar, {...header, type: 'symlink', linkname: await readlink(file)});
	} else if (stats.isFIFO()) {
		await entry(tar, {...header, type: 'fifo'});
	} else if (stats.isFile()) {
		await piped(createReadStream(file), tar.entry({...header, type: 'file', size: stats.size}));
	} else if (stats.isSocket()) {
		// BuildKit's client sends a socket as an empty file (fsutil stat.go).
		await entry(tar, {...header, type: 'file', size: 0});
	}
}

function entry(tar: Pack, header: Headers): Promise<void> {
	return new Promise((resolve, reject) => {
		tar.entry(header, error => (error ? reject(error) : resolve()));
	});
}
