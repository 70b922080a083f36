import type {BuildEvent} from './engines/engine.ts';

type VertexEvent = Extract<BuildEvent, {kind: 'vertex'}>;
type ProgressEvent = Extract<BuildEvent, {kind: 'progress'}>;

/** What BuildKit reports of vertices after it has called them cached. */
export interface Restarts {
	/** A cached vertex is reported once more, without the flag. */
	restart(event: VertexEvent): void;
	progress(event: ProgressEvent): void;
	/** It ran all the same. */
	hasRun(vertex: string): boolean;
}

/**
 * Tells apart why a cached vertex is started again: to pull and extract its layers, which is reported as progress of the
 * vertex each time (BuildKit cache/refs.go unlazy), or to run, as one that was matched without layers is when another
 * step turns out to need it.
 */
export function restartsAfterCached(): Restarts {
	const starts = new Map<string, Map<number, number>>();
	const progress = new Map<string, number[]>();
	return {
		restart({digest, started, completed = Number.POSITIVE_INFINITY}) {
			if (started !== undefined) {
				starts.set(digest, (starts.get(digest) ?? new Map()).set(started, completed));
			}
		},
		progress({vertex, at}) {
			const known = progress.get(vertex);
			if (known === undefined) {
				progress.set(vertex, [at]);
			} else {
				known.push(at);
			}
		},
		hasRun(vertex) {
			const times = progress.get(vertex) ?? [];
			return [...(starts.get(vertex) ?? [])].some(
				([started, completed]) => !times.some(at => at >= started && at <= completed),
			);
		},
	};
}
