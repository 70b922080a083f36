import nodePath from 'node:path';
import type {BuildTarget, BuildWish} from './build-wish.ts';
import {formatCacheSpec} from './caches/cache-flag.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {formatContextSpec} from './context-flag.ts';
import type {BuildRequest} from './engines/engine.ts';
import {leafCache} from './leaf-caches.ts';
import type {Planner} from './planner.ts';
import {placeTag} from './stages/place-tag.ts';
import type {LocalCaches, PendingExport} from './store/local-caches.ts';

/** The solve of one target. A target that becomes images of a stage is pushed as these, with its inline cache. */
export function requestFor(
	{plan, isFinal, images}: BuildTarget,
	{workspace, contextPaths}: Planner,
	wish: BuildWish,
	files: {readonly dockerfile: string; readonly target?: string},
	cacheFrom: readonly CacheSpec[],
	cacheTo: readonly CacheSpec[],
): BuildRequest {
	const isImage = images.length > 0;
	const exports: readonly CacheSpec[] =
		isImage && !cacheTo.some(({kind}) => kind === 'inline') ? [...cacheTo, {kind: 'inline', attributes: {}}] : cacheTo;
	return {
		contextDir: workspace.contextDir,
		dockerfile: files.dockerfile,
		...(files.target !== undefined && {target: files.target}),
		buildArgs: [...wish.buildArgs],
		...(wish.platform !== undefined && {platform: wish.platform}),
		buildContexts: wish.contexts.map(spec => formatContextSpec(spec, wish.cwd)),
		cacheFrom: cacheFrom.map(spec => formatCacheSpec(spec, 'from')),
		cacheTo: exports.map(spec => formatCacheSpec(spec, 'to')),
		...(isImage
			? {output: 'push', tags: images, isBare: true}
			: {output: isFinal ? wish.output : 'none', tags: isFinal ? wish.tags : []}),
		noCache: plan.noCache,
		pull: wish.pull,
		run: wish.run,
		contextPaths,
	};
}

/** The caches that a target's plan uses, as the builder reads them. */
export async function readPlaces(
	{plan}: BuildTarget,
	{cwd}: BuildWish,
	stores: LocalCaches,
): Promise<readonly CacheSpec[]> {
	return Promise.all(
		plan.caches
			.filter(({used}) => used)
			.map(async ({reading}) => {
				const spec = absolute(reading.spec, cwd);
				return spec.kind === 'local' ? {...spec, dir: await stores.readFrom(spec.dir)} : spec;
			}),
	);
}

/**
 * Where one target's cache goes. mode=max unless the user says otherwise: buildx's own default leaves out every stage
 * but the last.
 */
export async function exportPlaces(
	{leaf, isFinal}: BuildTarget,
	planner: Planner,
	{cacheTo, cwd, exportDefault}: BuildWish,
	stores: LocalCaches,
): Promise<{readonly specs: readonly CacheSpec[]; readonly exports: readonly PendingExport[]}> {
	const specs: CacheSpec[] = [];
	const exports: PendingExport[] = [];
	const {platform} = planner.places;
	for (const wanted of cacheTo.length > 0 || !exportDefault ? cacheTo : [planner.defaultCache]) {
		if (wanted.kind === 'stages') {
			continue;
		}

		if (wanted.kind === 'inline') {
			// Inline cache is part of an image, so only an image can carry it.
			specs.push(...(isFinal ? [wanted] : []));
			continue;
		}

		const own = leaf === undefined ? undefined : leafCache(absolute(wanted, cwd), leaf, platform);
		if (leaf === undefined || own === undefined) {
			continue;
		}

		const withMode: CacheSpec = {...own, attributes: {mode: 'max', ...own.attributes}};
		if (withMode.kind === 'local') {
			const mainTag = wanted.kind === 'local' ? placeTag(wanted.tag, undefined, platform) : withMode.tag;
			const staged = await stores.stage(withMode.dir, {tag: withMode.tag, mainTag, target: leaf.label});
			exports.push(...(staged === undefined ? [] : [staged]));
			specs.push(...(staged === undefined ? [] : [{...withMode, dir: staged.dir}]));
		} else {
			specs.push(withMode);
		}
	}

	return {specs, exports};
}

function absolute(spec: CacheSpec, cwd: string): CacheSpec {
	return spec.kind === 'local' ? {...spec, dir: nodePath.resolve(cwd, spec.dir)} : spec;
}
