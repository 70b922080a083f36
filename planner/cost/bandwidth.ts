import {mostDurations, type Rates} from '../ledger/ledger.ts';
import {medianOf} from './median.ts';

/** One layer that an engine moved. */
export interface Transfer {
	readonly direction: 'pull' | 'push';
	/** Digest of the layer. */
	readonly layer: string;
	/** Milliseconds since the epoch. */
	readonly started: number;
	readonly completed: number;
	/** Absent where the engine does not say. */
	readonly bytes?: number;
}

/** What is known of layers besides what the engine says. */
export interface LayerSizes {
	/** Compressed sizes of layers that may have been pulled. */
	readonly pulled: ReadonlyMap<string, number>;
	/** The same of those that this build made: of others it may only have been asked whether they are there. */
	readonly made: ReadonlyMap<string, number>;
}

/** Below this a build measures how long a registry takes to answer, not how fast it is. */
const leastBytes = 1_000_000;

/** The rates that are known with those that a build measured behind them; nothing where there are none. */
export function withMeasured(
	before: Rates | undefined,
	transfers: readonly Transfer[],
	{pulled, made}: LayerSizes,
): Rates | undefined {
	const measured = (direction: Transfer['direction'], sizes: ReadonlyMap<string, number>): readonly number[] => {
		const own = transfers.filter(one => one.direction === direction && sizes.has(one.layer));
		const bytes = own.reduce((sum, {layer, bytes: told}) => sum + (told || (sizes.get(layer) ?? 0)), 0);
		const seconds = busySeconds(own);
		const rate = bytes < leastBytes || seconds === 0 ? [] : [bytes / seconds];
		return [...(before?.[direction] ?? []), ...rate].slice(-mostDurations);
	};
	const rates: Rates = {pull: measured('pull', pulled), push: measured('push', made)};
	return rates.pull.length + rates.push.length === 0 ? undefined : rates;
}

// Layers that are moved at the same time share the line: the time in which at least one was counts.
function busySeconds(transfers: readonly Transfer[]): number {
	let end = Number.NEGATIVE_INFINITY;
	let busy = 0;
	for (const {started, completed} of [...transfers].sort((a, b) => a.started - b.started)) {
		busy += Math.max(0, completed - Math.max(started, end));
		end = Math.max(end, completed);
	}

	return busy / 1000;
}

/** Bytes per second of a direction, the median of what was measured; nothing where nothing was. */
export function bandwidthOf(rates: Rates | undefined, direction: Transfer['direction']): number | undefined {
	return medianOf(rates?.[direction] ?? []);
}
