import {newestDialect} from '../../analyzer/index.ts';
import type {LookUpImage} from '../images/image-lookup.ts';
import type {PlanRequest} from '../planner.ts';
import {sameOutside} from './outside.ts';

/**
 * The request for plans that are compared with each other: no cache is read, one dialect, and images and URLs are the
 * same for all. `onAssumed` hears of images that are not known and stood in for.
 */
export function comparable(
	request: PlanRequest,
	lookUp: LookUpImage,
	onAssumed: (reference: string, reason: string) => void,
): PlanRequest {
	const {dialect = newestDialect} = request.dialect ?? {};
	return {
		...request,
		keysOnly: true,
		// Nothing is loaded from a cache, so that nothing is lost with it.
		dialect: {by: 'default', ...request.dialect, dialect: {...dialect, losesLinks: false}},
		outside: sameOutside(lookUp, request.online ? request.readRemote : undefined, onAssumed),
	};
}
