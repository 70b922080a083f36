import {createHash} from 'node:crypto';
import {Readable, Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import zlib from 'node:zlib';
import type {Digest} from '../../analyzer/index.ts';
import {extract, type Headers} from '../tar.ts';

/** What is done with the entries of a layer's tar, in order. */
export interface LayerVisitor {
	/** Called for each entry; what it returns gets the bytes of a file, piece by piece, and is told of their end. */
	entry(header: Headers, position: number): FileSink | undefined;
}

export interface FileSink {
	bytes(chunk: Uint8Array): void;
	end(): void;
}

export type LayerReading = {readonly kind: 'read'} | {readonly kind: 'failed'; readonly reason: string};

/**
 * Reads a layer, as a tar or compressed with gzip or zstd, and checks that it is the one that its uncompressed digest
 * names. Nothing is kept of it but what the visitor keeps. Never throws.
 */
export async function readLayer(
	chunks: AsyncIterable<Uint8Array>,
	diffId: Digest,
	visitor: LayerVisitor,
): Promise<LayerReading> {
	try {
		const {start, all} = await peek(chunks);
		const hash = createHash('sha256');
		const tee = new Transform({
			transform(chunk: Uint8Array, _, done) {
				hash.update(chunk);
				done(null, chunk);
			},
		});
		const tar = extract();
		let position = 0;
		tar.on('entry', (header, stream, next) => {
			const sink = visitor.entry(header, position);
			position++;
			stream.on('data', (chunk: Uint8Array) => sink?.bytes(chunk));
			stream.on('end', () => {
				sink?.end();
				next();
			});
		});
		const decompress = decompression(start);
		if (decompress === 'unknown') {
			return {kind: 'failed', reason: 'this Node cannot read layers compressed with zstd'};
		}

		await (decompress === 'none'
			? pipeline(Readable.from(all), tee, tar)
			: pipeline(Readable.from(all), decompress, tee, tar));
		return hash.digest('hex') === diffId.slice('sha256:'.length)
			? {kind: 'read'}
			: {kind: 'failed', reason: 'a layer is not what its image says'};
	} catch (error) {
		return {
			kind: 'failed',
			reason: `a layer cannot be read: ${error instanceof Error ? error.message : String(error)}`,
		};
	}
}

// The first bytes say how a layer is compressed; media types are not always right.
function decompression(start: Uint8Array): Transform | 'none' | 'unknown' {
	const magic = Buffer.from(start.subarray(0, 4)).toString('hex');
	if (magic.startsWith('1f8b')) {
		return zlib.createGunzip();
	}

	if (magic !== '28b52ffd') {
		return 'none';
	}

	// Node has zstd since 22.15.
	const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
	const stream: unknown = typeof create === 'function' ? create() : undefined;
	return stream instanceof Transform ? stream : 'unknown';
}

async function peek(
	chunks: AsyncIterable<Uint8Array>,
): Promise<{readonly start: Uint8Array; readonly all: AsyncIterable<Uint8Array>}> {
	const iterator = chunks[Symbol.asyncIterator]();
	let start: Uint8Array = new Uint8Array();
	while (start.length < 4) {
		const next = await iterator.next();
		if (next.done === true) {
			break;
		}

		start = Buffer.concat([start, next.value]);
	}

	async function* all(): AsyncIterable<Uint8Array> {
		yield start;
		yield* {[Symbol.asyncIterator]: () => iterator};
	}

	return {start, all: all()};
}
