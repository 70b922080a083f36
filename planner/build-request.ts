import {formatPlatform} from '../analyzer/index.ts';
import type {BuildTarget, BuildWish} from './build-wish.ts';
import {formatCacheSpec} from './caches/cache-flag.ts';
import type {CacheSpec} from './caches/cache-source.ts';
import {formatContextSpec} from './context-flag.ts';
import type {BuildRequest} from './engines/engine.ts';
import {absolutePlace, exportSpecs} from './export-places.ts';
import type {Planner} from './planner.ts';
import type {LocalCaches, PendingExport} from './store/local-caches.ts';

/** The solve of one target. A target that becomes images of a stage is pushed as these, with its inline cache. */
export function requestFor(
	target: BuildTarget,
	{workspace, contextPaths}: Planner,
	wish: BuildWish,
	files: {readonly dockerfile: string; readonly target?: string},
	cacheFrom: readonly CacheSpec[],
	cacheTo: readonly CacheSpec[],
): BuildRequest {
	const {plan, platform, isFinal, images} = target;
	const isImage = images.length > 0;
	const exports: readonly CacheSpec[] =
		isImage && !cacheTo.some(({kind}) => kind === 'inline') ? [...cacheTo, {kind: 'inline', attributes: {}}] : cacheTo;
	return {
		contextDir: workspace.contextDir,
		dockerfile: files.dockerfile,
		...(files.target !== undefined && {target: files.target}),
		buildArgs: [...wish.buildArgs],
		...(platform !== undefined && {platform: formatPlatform(platform)}),
		buildContexts: wish.contexts.map(spec => formatContextSpec(spec, wish.cwd)),
		cacheFrom: cacheFrom.map(spec => formatCacheSpec(spec, 'from')),
		cacheTo: exports.map(spec => formatCacheSpec(spec, 'to')),
		...(isImage
			? {output: 'push', tags: images, isBare: true}
			: {output: isFinal ? wish.output : 'none', tags: isFinal ? wish.tagsOf(target) : []}),
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
				const spec = absolutePlace(reading.spec, cwd);
				return spec.kind === 'local' ? {...spec, dir: await stores.readFrom(spec.dir)} : spec;
			}),
	);
}

/** Where the builder writes one target's cache. */
export async function exportPlaces(
	target: BuildTarget,
	planner: Planner,
	wish: BuildWish,
	stores: LocalCaches,
): Promise<{readonly specs: readonly CacheSpec[]; readonly exports: readonly PendingExport[]}> {
	const specs: CacheSpec[] = [];
	const exports: PendingExport[] = [];
	for (const {spec, name} of exportSpecs(target, planner, wish)) {
		if (spec.kind === 'local' && name !== undefined) {
			const staged = await stores.stage(spec.dir, name);
			exports.push(...(staged === undefined ? [] : [staged]));
			specs.push(...(staged === undefined ? [] : [{...spec, dir: staged.dir}]));
		} else {
			specs.push(spec);
		}
	}

	return {specs, exports};
}
