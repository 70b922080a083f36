import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {decodeSource, encodeSource} from '../../analyzer/index.ts';
import type {Problem} from '../workspace.ts';
import type {PinnedFile} from './pin-images.ts';

/**
 * Writes a pinned file where it was read, its byte order mark and bytes that are no UTF-8 kept. Says what is wrong when
 * that cannot be, or when the file has changed since.
 */
export async function writePinned({source, text}: PinnedFile, cwd: string): Promise<Problem | undefined> {
	const file = path.resolve(cwd, source.path);
	try {
		const before = decodeSource(await readFile(file));
		const [mark = ''] = /^\ufeff/.exec(before) ?? [];
		if (before.slice(mark.length) !== source.text) {
			return {message: `"${source.path}" has changed since it was read`, hint: 'run it again'};
		}

		await writeFile(file, encodeSource(`${mark}${text}`));
		return undefined;
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		return {message: `"${source.path}" cannot be written: ${code}`};
	}
}
