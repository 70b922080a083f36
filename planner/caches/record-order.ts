/** Anything that links to records by their place, as records of caches do. */
interface Linked {
	readonly inputs: readonly (readonly {readonly link: number}[])[];
}

/** The places of records, each after what its inputs link to. Without recursion: a chain may be thousands long. */
export function linkedFirst(records: readonly Linked[]): readonly number[] {
	const order: number[] = [];
	const seen = new Set<number>();
	for (const start of records.keys()) {
		const pending = [{index: start, areInputsDone: false}];
		for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
			const {index, areInputsDone} = top;
			if (areInputsDone) {
				order.push(index);
			} else if (!seen.has(index)) {
				seen.add(index);
				pending.push({index, areInputsDone: true});
				for (const {link} of records[index]?.inputs.flat() ?? []) {
					pending.push({index: link, areInputsDone: false});
				}
			}
		}
	}

	return order;
}
