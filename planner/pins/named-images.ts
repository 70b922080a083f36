import {
	type BuildOptions,
	type ImageRequest,
	imageUses,
	newestDialect,
	parseDockerfile,
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
	const parsed = parseDockerfile(source);
	if (parsed.kind === 'failed') {
		return {references, requests};
	}

	const {dockerfile} = parsed;
	for (const one of options) {
		const resolved = resolveStages(dockerfile, one, newestDialect);
		if (resolved.kind === 'resolved') {
			requests.push(...requiredImages(resolved.graph));
			for (const use of imageUses({dockerfile, options: one, graph: resolved.graph})) {
				if (use.meant === undefined) {
					references.add(use.reference);
				}
			}
		}
	}

	return {references, requests};
}
