import {
	applyLayer,
	type Digest,
	type FileNode,
	type ImageVertex,
	OpenContent,
	plainFolder,
} from '../../analyzer/index.ts';
import {indexLayer, type LayerIndex} from './layer-index.ts';
import type {ImageLayer, ImageLayers, LayerSource} from './layer-source.ts';

/** The files of images, read from their layers when they are asked for. */
export interface LayerFiles {
	/** Throws `OpenContent` where they are not read yet, or cannot be; the first has `fill` read them. */
	image(vertex: ImageVertex): FileNode;
	/** Reads what was asked for. False when nothing was, so that asking again brings nothing new. */
	fill(): Promise<boolean>;
}

/** Compressed bytes that are read without --online. */
const maxUnaskedBytes = 32 << 20;

interface State {
	readonly vertex: ImageVertex;
	files: FileNode | undefined;
	reason: string | undefined;
}

interface KnownLayer {
	readonly index: LayerIndex;
	readonly layer: ImageLayer;
}

/** Images read from `source`: with `online` whatever their size, else a limit holds for all of them together. */
export function layerFiles(source: LayerSource, online: boolean): LayerFiles {
	const states = new Map<string, State>();
	const layers = new Map<Digest, KnownLayer>();
	let spent = 0;

	const read = async (state: State): Promise<void> => {
		const {vertex} = state;
		const found = await source.layersOf(vertex);
		if (found.kind === 'failed') {
			state.reason = found.reason;
			return;
		}

		const missing = found.layers.filter(layer => !layers.has(layer.diffId));
		const size = missing.reduce((sum, layer) => sum + (layer.isLocal ? 0 : layer.size), 0);
		if (!online && spent + size > maxUnaskedBytes) {
			const megabytes = Math.ceil(size / (1 << 20));
			state.reason = `reading ${megabytes} MB of layers of ${vertex.reference} would be needed: --online`;
			return;
		}

		spent += size;
		for (const layer of missing) {
			const opened = await layer.open();
			const indexed = opened.kind === 'failed' ? opened : await indexLayer(opened.chunks, layer.diffId);
			if (indexed.kind === 'failed') {
				state.reason = `the layers of ${vertex.reference} are not known: ${indexed.reason}`;
				return;
			}

			layers.set(layer.diffId, {index: indexed.index, layer});
		}

		lay(state, found);
	};

	const lay = (state: State, {layers: order}: ImageLayers): void => {
		try {
			state.files = order.reduce(
				(files, {diffId}) => applyLayer(files, layers.get(diffId)?.index.entries ?? []),
				plainFolder,
			);
		} catch (error) {
			if (!(error instanceof OpenContent)) {
				throw error;
			}

			state.reason = error.reason;
		}
	};

	return {
		image(vertex) {
			const {digest, diffIds} = vertex.image;
			const key = `${digest} ${diffIds.join(' ')}`;
			const state = states.get(key) ?? {vertex, files: undefined, reason: undefined};
			states.set(key, state);
			if (state.files === undefined) {
				throw new OpenContent(state.reason ?? `the layers of ${vertex.reference} are not read`);
			}

			return state.files;
		},
		async fill() {
			const open = [...states.values()].filter(({files, reason}) => files === undefined && reason === undefined);
			const wanting = [...layers.values()].filter(({index}) => index.isWanting());
			for (const state of open) {
				await read(state);
			}

			for (const {index, layer} of wanting) {
				const opened = await layer.open();
				if (opened.kind === 'opened') {
					await index.complete(opened.chunks);
				}
			}

			return open.length + wanting.length > 0;
		},
	};
}
