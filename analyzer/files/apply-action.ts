import {createHash} from 'node:crypto';
import {encodeSource} from '../dockerfile/source-bytes.ts';
import {joinPath} from '../keys/go-path.ts';
import type {FileAction} from '../keys/vertex.ts';
import {copyFiles} from './copy-files.ts';
import {type Draft, makeFolders} from './draft.ts';
import type {FileContent, FileTree} from './file-tree.ts';
import {ownerIds} from './owner.ts';
import {fileNode} from './snapshot.ts';

/** What an action reads besides the snapshot it changes. */
export interface ActionInputs {
	/** What the first action began on, for the names of owners; absent: scratch. */
	readonly base: FileTree | undefined;
	readonly source: FileTree | undefined;
}

/** Does one action of a file operation to a snapshot (BuildKit solver/llbsolver/file/backend.go). Throws `OpenContent`. */
export function applyAction(draft: Draft, action: FileAction, {base, source}: ActionInputs): void {
	switch (action.kind) {
		case 'mkdir': {
			const owner = action.owner === undefined ? undefined : ownerIds(action.owner, base);
			const place = draft.resolve(action.path);
			const above = action.makeParents ? place : place.slice(0, -1);
			makeFolders(draft, above, action.mode, owner);
			makeFolders(draft, place, action.mode, owner);
			break;
		}

		case 'mkfile': {
			const bytes = encodeSource(action.data);
			const attributes = {mode: action.mode & 0o777, uid: 0, gid: 0, size: bytes.length};
			draft.put(draft.resolve(joinPath('/', action.path)), fileNode(attributes, inlineContent(bytes)));
			break;
		}

		case 'copy': {
			if (source !== undefined) {
				copyFiles(draft, source, action, action.owner === undefined ? undefined : ownerIds(action.owner, base));
			}
		}
	}
}

function inlineContent(bytes: Uint8Array): FileContent {
	return {
		digest: header => createHash('sha256').update(header).update(bytes).digest('hex'),
		head: limit => bytes.subarray(0, limit),
	};
}
