/** How many requests to a registry run at once. */
const width = 6;

/** Does something with each item, several at once; results in the order of the items. The first error ends it. */
export async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
	const results: R[] = [];
	const pending = [...items.entries()].reverse();
	const worker = async (): Promise<void> => {
		for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
			const [index, item] = next;
			try {
				results[index] = await act(item);
			} catch (error) {
				pending.length = 0;
				throw error;
			}
		}
	};
	// All end before the first error is told: nothing goes on behind the back of whoever cleans up.
	const ended = await Promise.allSettled(Array.from({length: Math.min(width, items.length)}, worker));
	for (const one of ended) {
		if (one.status === 'rejected') {
			throw one.reason;
		}
	}

	return results;
}
