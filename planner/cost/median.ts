/** The median; of an even number of values the middle between the two in the middle. Nothing of none. */
export function medianOf(values: readonly number[]): number | undefined {
	const sorted = [...values].sort((a, b) => a - b);
	const [lower, upper] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
	return lower === undefined || upper === undefined ? undefined : (lower + upper) / 2;
}
