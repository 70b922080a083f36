/** What a request for a build has where nothing is asked for but a context. */
export const bareRequest = {
	buildArgs: [],
	buildContexts: [],
	cacheFrom: [],
	cacheTo: [],
	output: 'none',
	tags: [],
	noCache: false,
	pull: false,
	contextPaths: (): readonly string[] => [],
} as const;
