/** What a FROM, COPY --from or mount names. `context`: the `--build-context` that says so, in place of the name itself. */
export type Origin =
	| {readonly kind: 'stage'; readonly index: number}
	| {readonly kind: 'scratch'; readonly context?: string}
	| {readonly kind: 'image'; readonly reference: string; readonly context?: string}
	| {readonly kind: 'folder'; readonly context: string}
	| {readonly kind: 'remote'; readonly location: string; readonly context: string};
