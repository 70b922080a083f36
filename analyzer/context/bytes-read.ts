import type {FileTree} from '../files/file-tree.ts';
import type {Dialect} from '../keys/dialect.ts';
import {contentDigester} from './content-digest.ts';
import type {Selector} from './selector.ts';

/** How many bytes of files a content key is made of; none is read. */
export function bytesRead(tree: FileTree, selectors: readonly Selector[], dialect: Dialect): number {
	let bytes = 0;
	const counting: FileTree = {
		...tree,
		// What is known counts too.
		memo: undefined,
		content: ({size}) => ({
			digest() {
				bytes += size;
				return '';
			},
			head: () => new Uint8Array(),
		}),
	};
	contentDigester(counting)(selectors, dialect);
	return bytes;
}
