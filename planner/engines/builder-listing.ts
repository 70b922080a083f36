/** The fields of what `buildx inspect` prints (buildx commands/inspect.go); of several nodes the first one's count. */
export function fieldsOf(listing: string): (name: string) => string | undefined {
	return name => {
		const line = listing.split('\n').find(candidate => candidate.startsWith(`${name}:`));
		return line?.slice(name.length + 1).trim() || undefined;
	};
}

/** Whether no node of a builder runs (the states are those of buildx driver/driver.go). */
export function isInactive(listing: string): boolean {
	const states = [...listing.matchAll(/^Status:\s*(\S+)/gm)].map(([, state]) => state);
	return states.length > 0 && states.every(isNotStarted);
}

/** Whether a node does not run, by its state. */
export function isNotStarted(state: string | undefined): boolean {
	return state === 'inactive' || state === 'stopped';
}
