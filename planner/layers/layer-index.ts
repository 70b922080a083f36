import {createHash, type Hash} from 'node:crypto';
import {type Digest, type LayerEntry, tarsumHeader} from '../../analyzer/index.ts';
import type {Headers} from '../tar.ts';
import {headerKey, type LayerContent, layerContent, maxKeptBytes} from './layer-content.ts';
import {type FileSink, type LayerReading, readLayer} from './read-layer.ts';

/** What is known of a layer: its entries, and digests of its files. */
export interface LayerIndex {
	readonly entries: readonly LayerEntry[];
	/** A digest is wanted that has not been computed: under another owner or mode than the layer's own. */
	isWanting(): boolean;
	/** Reads the layer once more for the digests that are wanted. */
	complete(chunks: AsyncIterable<Uint8Array>): Promise<LayerReading>;
}

export type LayerIndexResult =
	| {readonly kind: 'indexed'; readonly index: LayerIndex}
	| Extract<LayerReading, {readonly kind: 'failed'}>;

const keptFiles = /^(?:\.?\/)?etc\/(?:passwd|group)$/;
const attributePrefix = 'SCHILY.xattr.';
const maxDeviceNumber = 0xfff;

/** Reads a layer for the first time: its entries, and of every file the digest under its own owner and mode. */
export async function indexLayer(chunks: AsyncIterable<Uint8Array>, diffId: Digest): Promise<LayerIndexResult> {
	const entries: LayerEntry[] = [];
	const contents = new Map<number, LayerContent>();
	const wanting = new Set<number>();
	let problem: string | undefined;
	const reading = await readLayer(chunks, diffId, {
		entry(header, position) {
			const parsed = parseEntry(header);
			if (typeof parsed === 'string') {
				problem ??= parsed;
				return undefined;
			}

			if (parsed.kind !== 'file') {
				entries.push(parsed);
				return undefined;
			}

			const content = layerContent(() => wanting.add(position));
			contents.set(position, content);
			const entry = {...parsed, node: {...parsed.node, content}};
			entries.push(entry);
			const keep = keptFiles.test(header.name) && entry.node.size <= maxKeptBytes;
			const own = entry.node.doubt === undefined ? [headerKey(tarsumHeader({...entry.node, path: header.name}))] : [];
			return fileSink(content, own, keep);
		},
	});
	if (reading.kind === 'failed' || problem !== undefined) {
		return reading.kind === 'failed' ? reading : {kind: 'failed', reason: problem ?? ''};
	}

	return {
		kind: 'indexed',
		index: {
			entries,
			isWanting: () => wanting.size > 0,
			async complete(again) {
				const positions = new Set(wanting);
				wanting.clear();
				return readLayer(again, diffId, {
					entry(_, position) {
						const content = positions.has(position) ? contents.get(position) : undefined;
						return content === undefined ? undefined : fileSink(content, [...content.wanted], false);
					},
				});
			},
		},
	};
}

function fileSink(content: LayerContent, headers: readonly string[], keep: boolean): FileSink {
	const hashes: readonly (readonly [string, Hash])[] = headers.map(header => [
		header,
		createHash('sha256').update(Buffer.from(header, 'latin1')),
	]);
	const kept: Uint8Array[] = [];
	return {
		bytes(chunk) {
			for (const [, hash] of hashes) {
				hash.update(chunk);
			}

			if (keep) {
				kept.push(Uint8Array.from(chunk));
			}
		},
		end() {
			content.learn(new Map(hashes.map(([header, hash]) => [header, hash.digest('hex')])));
			if (keep) {
				content.keep(Buffer.concat(kept));
			}
		},
	};
}

const kinds: Readonly<Record<string, LayerEntry['kind']>> = {
	file: 'file',
	link: 'hard-link',
	symlink: 'symlink',
	directory: 'directory',
	fifo: 'fifo',
	'character-device': 'device',
	'block-device': 'block-device',
};

/** An entry of a layer, or why the layer cannot be used. */
function parseEntry(header: Headers): LayerEntry | string {
	const {name, type, linkname} = header;
	const pax = paxOf(header);
	const kind = kinds[type ?? ''];
	if (kind === undefined || Object.keys(pax).some(key => key.startsWith('GNU.sparse.') || key === 'hdrcharset')) {
		return 'a layer has an entry of an unusual type';
	}

	const link = linkname ?? '';
	if (`${name}${link}`.includes('\ufffd')) {
		return 'a layer has names that are no UTF-8';
	}

	const [major, minor] = [header.devmajor ?? 0, header.devminor ?? 0];
	const isDevice = kind === 'device' || kind === 'block-device';
	if (isDevice && (major > maxDeviceNumber || minor > maxDeviceNumber || (major === 0 && minor === 0))) {
		return 'a layer has an unusual device';
	}

	const xattrs = Object.entries(pax).flatMap(([key, value]) =>
		key.startsWith(attributePrefix) ? [[key.slice(attributePrefix.length), value] as const] : [],
	);
	const doubt = xattrs.some(([, value]) => value.includes('\ufffd'))
		? `an image has extended attributes of ${name} that are no UTF-8`
		: undefined;
	return {
		name,
		kind,
		node: {
			kind: kind === 'hard-link' ? 'file' : kind,
			mode: kind === 'symlink' ? 0o777 : (header.mode ?? 0) & 0o7777,
			uid: Number(pax['uid'] ?? header.uid ?? 0),
			gid: Number(pax['gid'] ?? header.gid ?? 0),
			size: kind === 'file' ? Number(header.size ?? 0) : 0,
			link: kind === 'symlink' || kind === 'hard-link' ? link : '',
			device: isDevice ? (minor & 0xff) | (major << 8) | ((minor & 0xf00) << 12) : 0,
			children: new Map(),
			...(xattrs.length > 0 && {xattrs: new Map(xattrs.map(([key, value]) => [key, Buffer.from(value)]))}),
			...(doubt !== undefined && {doubt}),
		},
	};
}

// tar-stream hands the records of a PAX header on, which its types do not say.
function paxOf(
	header: Headers & {readonly pax?: Readonly<Record<string, string>> | null},
): Readonly<Record<string, string>> {
	return header.pax ?? {};
}
