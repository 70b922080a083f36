import {createHash, hash} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';
import nodePath from 'node:path';
import type {FileContent} from '../files/file-tree.ts';
import {orFail} from './context-problem.ts';

// One buffer for all files: never a whole big file in memory.
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

/** The bytes of a context's file, read each time they are asked for. Throws `ContextFailure` where the file system refuses. */
export function diskContent(directory: string, path: string, size: number): FileContent {
	const read = (use: (descriptor: number) => void): void => {
		if (size === 0) {
			return;
		}

		const descriptor = orFail(path, () => openSync(nodePath.join(directory, path), 'r'));
		try {
			use(descriptor);
		} finally {
			closeSync(descriptor);
		}
	};

	return {
		digest(header) {
			// Most files fit into the buffer, and are hashed by one call.
			if (header.length + size <= buffer.length) {
				buffer.set(header);
				let end = header.length;
				read(descriptor => {
					const last = end + size;
					for (let length = -1; length !== 0 && end < last; end += length) {
						length = orFail(path, () => readSync(descriptor, buffer, end, last - end, null));
					}
				});
				return hash('sha256', buffer.subarray(0, end));
			}

			const large = createHash('sha256').update(header);
			read(descriptor => {
				for (;;) {
					const length = orFail(path, () => readSync(descriptor, buffer, 0, buffer.length, null));
					if (length === 0) {
						break;
					}

					large.update(buffer.subarray(0, length));
				}
			});
			return large.digest('hex');
		},
		head(limit) {
			let bytes = new Uint8Array();
			read(descriptor => {
				const target = Buffer.alloc(Math.min(limit, size));
				bytes = target.subarray(
					0,
					orFail(path, () => readSync(descriptor, target, 0, target.length, 0)),
				);
			});
			return bytes;
		},
	};
}
