import type {Dockerfile} from '../analyzer/index.ts';
import type {CacheSpec} from './caches/cache-source.ts';

const argument = 'BUILDKIT_INLINE_CACHE';

/**
 * Whether keys would not be those of the plan: through the Engine API inline cache is asked for by a build argument
 * (moby builder/builder-next/builder.go), and a Dockerfile that declares it has it in its keys.
 */
export function clashesWithInlineCache({globalArgs, stages}: Dockerfile, cacheTo: readonly CacheSpec[]): boolean {
	const declared = [...globalArgs, ...stages.flatMap(({instructions}) => instructions)].some(
		instruction => instruction.kind === 'arg' && instruction.args.some(({name}) => name === argument),
	);
	return declared && cacheTo.some(({kind}) => kind === 'stages' || kind === 'inline');
}
