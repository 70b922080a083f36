import type {Stage} from '../graph/stage.ts';

/** Which stages are built on which by FROM, so that one can be asked in no time. */
export interface StageTree {
	/** The place of a stage in an order in which all that is built on it follows directly. */
	place(stage: number): number;
	/** The place behind the last stage that is built on it. */
	end(stage: number): number;
}

/** Stages are built on earlier ones only, so the file's order has each behind its base. */
export function stageTree(stages: readonly Stage[]): StageTree {
	const sizes = stages.map(() => 1);
	for (const {index, base} of stages.toReversed()) {
		if (base.kind === 'stage') {
			sizes[base.index] = (sizes[base.index] ?? 1) + (sizes[index] ?? 1);
		}
	}

	const places: number[] = [];
	// Where the next stage built on this one goes, and last the next without a base.
	const next: number[] = [];
	let nextRoot = 0;
	for (const {index, base} of stages) {
		const size = sizes[index] ?? 1;
		if (base.kind === 'stage') {
			places[index] = next[base.index] ?? 0;
			next[base.index] = (next[base.index] ?? 0) + size;
		} else {
			places[index] = nextRoot;
			nextRoot += size;
		}

		next[index] = (places[index] ?? 0) + 1;
	}

	return {
		place: stage => places[stage] ?? 0,
		end: stage => (places[stage] ?? 0) + (sizes[stage] ?? 1),
	};
}
