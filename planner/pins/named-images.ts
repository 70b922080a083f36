import {
	type BuildOptions,
	type ImageRequest,
	imageUses,
	newestDialect,
	parseOnce,
	requiredImages,
	resolveStages,
	type SourceFile,
} from '../../analyzer/index.ts';

/** The images that a file names. */
export interface NamedImages {
	/** Each once, as the build uses them. */
	readonly references: ReadonlySet<string>;
	/** What the build needs of them. */
	readonly requests: readonly ImageRequest[];
}

/** The images that a file names for any of some options; none where its stages cannot be resolved. */
export function namedImages(source: SourceFile, options: readonly BuildOptions[]): NamedImages {
	const requests: ImageRequest[] = [];
	const references = new Set<string>();
	const parsed = parseOnce(source);
	if (parsed.kind === 'failed') {
		return {references, requests};
	}

	const {dockerfile} = parsed;
	for (const one of options) {
		const resolved = resolveStages(dockerfile, one, newestDialect);
		if (resolved.kind === 'resolved') {
			const {graph} = resolved;
			// What was meant for a stage is asked about nowhere.
			const uses = imageUses({dockerfile, options: one, graph}).filter(({meant}) => meant === undefined);
			const own = new Set(uses.map(({reference}) => reference));
			requests.push(...requiredImages(graph).filter(({reference}) => own.has(reference)));
			for (const reference of own) {
				references.add(reference);
			}
		}
	}

	return {references, requests};
}
