import nodePath from 'node:path';
import type {BuildTarget, BuildWish} from './build-wish.ts';
import {formatCacheSpec} from './caches/cache-flag.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {formatContextSpec} from './context-flag.ts';
import type {BuildRequest} from './engines/engine.ts';
import {leafCache} from './leaf-caches.ts';
import {type LocalExport, stageLocalExport} from './local-export.ts';
import type {Planner} from './planner.ts';

/** The solve of one target. A target that becomes images of a stage is pushed as these, with its inline cache. */
export function requestFor(
	{plan, isFinal, images}: BuildTarget,
	{workspace, contextPaths}: Planner,
	wish: BuildWish,
	files: {readonly dockerfile: string; readonly target?: string},
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
		cacheFrom: plan.caches
			.filter(({used}) => used)
			.map(({reading}) => formatCacheSpec(absolute(reading.spec, wish.cwd), 'from')),
		cacheTo: exports.map(spec => formatCacheSpec(spec, 'to')),
		...(isImage
			? {output: 'push', tags: images, isBare: true}
			: {output: isFinal ? wish.output : 'none', tags: isFinal ? wish.tags : []}),
		noCache: wish.noCache,
		pull: wish.pull,
		run: wish.run,
		contextPaths,
	};
}

/**
 * Where one target's cache goes. mode=max unless the user says otherwise: buildx's own default leaves out every stage
 * but the last.
 */
export async function exportPlaces(
	{leaf, isFinal}: BuildTarget,
	planner: Planner,
	{cacheTo, cwd, exportDefault}: BuildWish,
): Promise<{readonly specs: readonly CacheSpec[]; readonly exports: readonly LocalExport[]}> {
	const specs: CacheSpec[] = [];
	const exports: LocalExport[] = [];
	for (const wanted of cacheTo.length > 0 || !exportDefault ? cacheTo : [planner.defaultCache]) {
		if (wanted.kind === 'stages') {
			continue;
		}

		if (wanted.kind === 'inline') {
			// Inline cache is part of an image, so only an image can carry it.
			specs.push(...(isFinal ? [wanted] : []));
			continue;
		}

		const own = leaf === undefined ? undefined : leafCache(absolute(wanted, cwd), leaf, planner.places.platform);
		if (own === undefined) {
			continue;
		}

		const withMode: CacheSpec = {...own, attributes: {mode: 'max', ...own.attributes}};
		if (withMode.kind === 'local') {
			const staged = await stageLocalExport(withMode.dir);
			exports.push(staged);
			specs.push({...withMode, dir: staged.dir});
		} else {
			specs.push(withMode);
		}
	}

	return {specs, exports};
}

function absolute(spec: CacheSpec, cwd: string): CacheSpec {
	return spec.kind === 'local' ? {...spec, dir: nodePath.resolve(cwd, spec.dir)} : spec;
}
