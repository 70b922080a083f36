import {type FileContent, OpenContent} from '../../analyzer/index.ts';

/** Larger user files are not kept. */
export const maxKeptBytes: number = 1 << 20;

/** The bytes of a file in a layer: only digests of them, and of /etc/passwd and /etc/group their text. */
export interface LayerContent extends FileContent {
	/** Headers of which a digest is wanted and not known yet. */
	readonly wanted: ReadonlySet<string>;
	/** Takes what reading the layer has brought. */
	learn(headers: ReadonlyMap<string, string>): void;
	keep(bytes: Uint8Array): void;
}

/** A header as a key of a map. */
export function headerKey(header: Uint8Array): string {
	return Buffer.from(header).toString('latin1');
}

/** Content that is asked for before it is there: what is asked for is noted, `onWanted` told. */
export function layerContent(onWanted: () => void): LayerContent {
	const digests = new Map<string, string>();
	const wanted = new Set<string>();
	let text: Uint8Array | undefined;
	return {
		wanted,
		digest(header) {
			const key = headerKey(header);
			const known = digests.get(key);
			if (known === undefined) {
				wanted.add(key);
				onWanted();
				throw new OpenContent('a layer is not read to the end yet');
			}

			return known;
		},
		head() {
			if (text === undefined) {
				throw new OpenContent('a file of an image is too large to be looked into');
			}

			return text;
		},
		learn(headers) {
			for (const [key, digest] of headers) {
				digests.set(key, digest);
				wanted.delete(key);
			}
		},
		keep(bytes) {
			text = bytes;
		},
	};
}
