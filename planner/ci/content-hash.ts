import {createHash} from 'node:crypto';
import {formatPlatform} from '../../analyzer/index.ts';
import type {Plan} from '../plan.ts';
import {vertexIdentity} from './vertex-identity.ts';

/** A leaf and its plan. */
export interface HashedLeaf {
	/** What is behind the tag of its cache; '' for the default target. */
	readonly label: string;
	readonly plan: Plan;
}

/** What the frontend image of a floating tag is, where the Dockerfile names one. */
export type FrontendImage =
	| {readonly kind: 'none'}
	| {readonly kind: 'known'; readonly digest: string}
	| {readonly kind: 'open'; readonly reason: string};

/** What a cache of all leaves will hold. */
export interface ContentHash {
	/** 64 hexadecimal digits; the same as long as the same things are in the cache. */
	readonly hash: string;
	/** What the build alone can tell, so that the hash cannot say that nothing of it is new; sorted, each once. */
	readonly open: readonly string[];
}

/**
 * A hash that changes when, and only when, a build would put something new into its cache: over the identities of all
 * steps of all leaves with their base images, the platform and the dialect. Neither order of stages nor names, comments
 * or instructions that make no layer count, except the names of leaves, which are part of where their caches are. `ages`
 * are the periods in which stages are made anew for their age (`agePeriods`).
 */
export function contentHash(
	leaves: readonly HashedLeaf[],
	frontend: FrontendImage,
	ages: readonly string[] = [],
): ContentHash {
	const open = new Set<string>(frontend.kind === 'open' ? [frontend.reason] : []);
	const parts = leaves.map(({label, plan}) => {
		if (plan.frontend.kind === 'unknown') {
			open.add(`what the frontend ${plan.frontend.image} makes of the file is not known`);
		}

		const identify = vertexIdentity(plan.keys, reason => open.add(reason));
		const steps = plan.stages
			.flatMap(stage => stage.steps)
			.flatMap(({step}) => (step.vertex === undefined ? [] : [identify(step.vertex)]));
		return {
			label,
			platform: formatPlatform(plan.platform),
			dialect: plan.dialect.dialect.since,
			steps: [...new Set(steps)].sort(),
		};
	});
	const text = JSON.stringify({
		leaves: parts.sort((a, b) => (`${a.label} ${a.platform}` < `${b.label} ${b.platform}` ? -1 : 1)),
		frontend: frontend.kind === 'known' ? frontend.digest : undefined,
		...(ages.length > 0 && {ages}),
	});
	return {hash: createHash('sha256').update(text).digest('hex'), open: [...open].sort()};
}
