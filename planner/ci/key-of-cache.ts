import nodePath from 'node:path';
import {type Diagnostic, formatPlatform, frontendOf} from '../../analyzer/index.ts';
import {agePeriods} from '../age/max-age.ts';
import type {LookUpImage} from '../images/image-lookup.ts';
import type {Leaf} from '../leaf-caches.ts';
import type {DialectChoice, Plan} from '../plan.ts';
import type {Planner, PlanRequest} from '../planner.ts';
import {contentHash, type FrontendImage, type HashedLeaf} from './content-hash.ts';
import {type Branches, type CiKey, ciKey} from './key-names.ts';

/** What of a key is not computed but wished. */
export interface KeyWish {
	/** Tells the keys of several Dockerfiles of one project apart; absent: the Dockerfile's path in the project. */
	readonly name?: string;
	readonly branches?: Branches;
	/** Letters and digits that no other key has; used where it cannot be known that nothing is new. */
	readonly nonce: string;
}

/** The key of the cache that a build of every stage would leave. */
export interface KeyOfCache extends CiKey {
	readonly name: string;
	/** Several with commas. */
	readonly platform: string;
	readonly dialect: DialectChoice;
	readonly hash: string;
	/** Why the key had to be a new one: what the build alone can tell. Empty: the key is the same until something is new. */
	readonly open: readonly string[];
}

export type KeyResult =
	| {readonly kind: 'key'; readonly key: KeyOfCache}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * The key under which a CI keeps the cache. Every stage counts, whatever the target, for a build exports every stage, and
 * every platform, in whatever order they were asked for.
 *
 * A tag that cannot be resolved, a URL or a branch of a repository that is not asked for: what they hold may be new, so
 * the key is a new one (its nonce) and the cache is saved; of two mistakes, saving once too often is the harmless one.
 * With limits of age it is a new one each day, for what is rebuilt then is new in the cache.
 * The same for a frontend of a floating tag, which may turn the same file into other keys: its digest counts.
 */
export async function keyOfCache(
	planners: readonly [Planner, ...Planner[]],
	{context, cwd, options, maxAge}: Pick<PlanRequest, 'context' | 'cwd' | 'options' | 'maxAge'>,
	wish: KeyWish,
): Promise<KeyResult> {
	const [planner, ...others] = planners;
	const first = await hashedPlans(planner, options.target);
	if (first.kind === 'failed') {
		return first;
	}

	const {plan} = first;
	const leaves = [...first.leaves];
	const platforms = [formatPlatform(plan.platform)];
	for (const other of others) {
		const next = await hashedPlans(other, options.target);
		if (next.kind === 'failed') {
			return next;
		}

		leaves.push(...next.leaves);
		platforms.push(formatPlatform(next.plan.platform));
	}

	const frontend = await frontendImage(planner, plan, options);
	const {hash, open} = contentHash(leaves, frontend, agePeriods({limits: maxAge, now: Date.now()}));
	const name = wish.name ?? nameOf(planner, context, cwd);
	const platform = platforms.sort().join(',');
	const key = ciKey({
		name,
		platform,
		hash,
		...(open.length > 0 && {nonce: wish.nonce}),
		...(wish.branches !== undefined && {branches: wish.branches}),
	});
	return {kind: 'key', key: {...key, name, platform, dialect: plan.dialect, hash, open}};
}

type HashedPlans =
	| {readonly kind: 'planned'; readonly plan: Plan; readonly leaves: readonly HashedLeaf[]}
	| Extract<KeyResult, {readonly kind: 'failed'}>;

async function hashedPlans(planner: Planner, target: string | undefined): Promise<HashedPlans> {
	// Also to find what is wrong with a target that is no leaf.
	const asked = await planner.plan(target);
	if (asked.kind === 'failed') {
		return asked;
	}

	const leaves: HashedLeaf[] = [];
	for (const leaf of planner.places.leaves) {
		const result = await planLeaf(planner, leaf);
		if (result.kind === 'failed') {
			return result;
		}

		leaves.push({label: leaf.isDefault ? '' : leaf.label, plan: result.plan});
	}

	return {kind: 'planned', plan: asked.plan, leaves};
}

function planLeaf(planner: Planner, leaf: Leaf): ReturnType<Planner['plan']> {
	return planner.plan(leaf.isDefault ? undefined : planner.dockerfile.stages[leaf.index]?.from.name?.text, leaf.index);
}

async function frontendImage(
	{dockerfile, resolveImage}: {readonly dockerfile: Planner['dockerfile']; readonly resolveImage: LookUpImage},
	plan: Plan,
	{buildArgs, buildPlatform}: PlanRequest['options'],
): Promise<FrontendImage> {
	const frontend = frontendOf(dockerfile.source.text, buildArgs);
	if (frontend.kind !== 'dockerfile' || !frontend.isFloating) {
		return {kind: 'none'};
	}

	const looked = await resolveImage({reference: frontend.image, platform: buildPlatform ?? plan.platform});
	return looked.kind === 'resolved'
		? {kind: 'known', digest: looked.image.digest}
		: {kind: 'open', reason: `the frontend ${frontend.image} may be a new one: ${looked.reason}`};
}

// By its place in the git work tree, which is the same on every machine; the default cache lies in its `.cachecast`.
function nameOf({workspace, defaultCache}: Planner, context: string, cwd: string): string {
	const root = defaultCache.kind === 'local' ? nodePath.resolve(cwd, defaultCache.dir, '../..') : cwd;
	const inRoot = (path: string) => {
		const relative = nodePath.relative(root, path).split(nodePath.sep).join('/');
		return relative.startsWith('..') || nodePath.isAbsolute(relative) ? nodePath.basename(path) : relative;
	};
	const contextDir = nodePath.resolve(cwd, context);
	const {dockerfilePath} = workspace;
	if (dockerfilePath === undefined) {
		return `${inRoot(contextDir)}@stdin`;
	}

	const file = inRoot(dockerfilePath);
	return nodePath.dirname(dockerfilePath) === contextDir ? file : `${inRoot(contextDir)}@${file}`;
}
