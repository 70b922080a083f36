import {cleanPath} from '../keys/go-path.ts';
import {type Draft, draftOf, type Place} from './draft.ts';
import {OpenContent} from './file-tree.ts';
import {type FileNode, plainFolder} from './snapshot.ts';

/** One entry of a layer's tar. */
export interface LayerEntry {
	/** As the tar has it. */
	readonly name: string;
	/** `hard-link`: another name of what `node.link` names. */
	readonly kind: FileNode['kind'] | 'hard-link';
	readonly node: FileNode;
}

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/**
 * Lays a layer over the snapshot of those below it (OCI image-spec layer.md, containerd pkg/archive/tar.go applyNaive).
 * Throws `OpenContent` for what layers do not do that builders write, and where engines would differ.
 */
export function applyLayer(below: FileNode, entries: readonly LayerEntry[]): FileNode {
	const draft = draftOf(below);
	const layer: Layer = {draft, added: new Set(), whitedOut: new Set()};
	for (const entry of entries) {
		applyEntry(layer, entry);
	}

	return draft.root();
}

/** What a layer did so far; places as paths. */
interface Layer {
	readonly draft: Draft;
	readonly added: Set<string>;
	readonly whitedOut: Set<string>;
}

function applyEntry(layer: Layer, entry: LayerEntry): void {
	const place = placeOf(entry.name);
	const name = place.at(-1);
	if (name === undefined) {
		checkRoot(layer.draft, entry.node);
		return;
	}

	const folder = place.slice(0, -1);
	if (name === opaque) {
		prune(layer, folder);
		return;
	}

	if (name.startsWith(whiteout + whiteout)) {
		throw new OpenContent(`a layer has the unusual entry ${entry.name}`);
	}

	if (name.startsWith(whiteout)) {
		removeEntry(layer, [...folder, name.slice(whiteout.length)]);
		return;
	}

	makeImplied(layer.draft, folder);
	const path = place.join('/');
	if (layer.whitedOut.has(path)) {
		throw new OpenContent(`a layer both removes and adds /${path}`);
	}

	const known = layer.draft.at(place);
	const node = entry.kind === 'hard-link' ? linked(layer, entry) : entry.node;
	const joins = known?.kind === 'directory' && node.kind === 'directory';
	layer.draft.put(place, joins ? {...node, children: known.children} : node);
	layer.added.add(path);
}

function placeOf(name: string): Place {
	return cleanPath(`/${name}`)
		.split('/')
		.filter(part => part !== '');
}

// containerd passes an entry of the root over, other engines apply it.
function checkRoot(draft: Draft, {mode, uid, gid, xattrs}: FileNode): void {
	if (mode !== plainFolder.mode || uid !== 0 || gid !== 0 || (xattrs?.size ?? 0) > 0) {
		draft.put([], {...draft.root(), doubt: 'an image sets the mode of its root'});
	}
}

function removeEntry({draft, added, whitedOut}: Layer, place: Place): void {
	const path = place.join('/');
	if (added.has(path)) {
		throw new OpenContent(`a layer both adds and removes /${path}`);
	}

	whitedOut.add(path);
	if (draft.at(place) !== undefined) {
		draft.remove(place);
	}
}

// An opaque folder hides what layers below have in it, wherever the mark stands in the tar.
function prune(layer: Layer, folder: Place): void {
	for (const [name, node] of [...(layer.draft.at(folder)?.children ?? [])]) {
		const place = [...folder, name];
		if (!layer.added.has(place.join('/'))) {
			layer.draft.remove(place);
		} else if (node.kind === 'directory') {
			prune(layer, place);
		}
	}
}

// A folder without an entry of its own keeps what it was; with none below, engines differ in its mode.
function makeImplied(draft: Draft, folder: Place): void {
	for (const [index] of folder.entries()) {
		const place = folder.slice(0, index + 1);
		const known = draft.at(place);
		if (known === undefined) {
			draft.put(place, {...plainFolder, doubt: `an image has /${place.join('/')} without an entry of its own`});
		} else if (known.kind !== 'directory') {
			throw new OpenContent(`a layer puts something into /${place.join('/')}, which is no folder`);
		}
	}
}

function linked({draft, added}: Layer, {name, node}: LayerEntry): FileNode {
	const place = placeOf(node.link);
	const target = draft.at(place);
	if (target === undefined || target.kind === 'directory' || !added.has(place.join('/'))) {
		throw new OpenContent(`a layer has the hard link ${name} to something that is not in it`);
	}

	if (target.mode === node.mode && target.uid === node.uid && target.gid === node.gid) {
		return target;
	}

	const doubtful = {...target, doubt: `a layer has several owners or modes for the hard link ${name}`};
	draft.put(place, doubtful);
	return doubtful;
}
