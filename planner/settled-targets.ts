import type {BuildTarget, BuildWish} from './build-wish.ts';
import type {CacheReading, CacheSpec} from './caches/cache-source.ts';
import {absolutePlace, exportSpecs} from './export-places.ts';
import type {Plan} from './plan.ts';
import type {Planner} from './planner.ts';
import {isCurrent} from './store/keep.ts';

type Wish = Pick<BuildWish, 'cwd' | 'output' | 'cacheTo' | 'exportDefault' | 'keep'>;

/**
 * The targets for which there is nothing to do: every step hits, nothing is asked of the result, and the cache that would
 * be written is the one that was read and holds nothing else, or is a folder that may hold more within limits. A build of
 * one would pull and push nothing, but ask a builder for seconds; {@link useUnbuilt} does what it would do to folders. There
 * the build of the default target drops what is older than itself: so of a folder all targets are left out, or none.
 */
export function settledTargets(targets: readonly BuildTarget[], planner: Planner, wish: Wish): readonly BuildTarget[] {
	const settled = targets.filter(target => isSettled(target, planner, wish));
	const writtenFolders = new Set(
		targets.filter(target => !settled.includes(target)).flatMap(target => foldersOf(target, planner, wish)),
	);
	return settled.filter(target => !foldersOf(target, planner, wish).some(dir => writtenFolders.has(dir)));
}

function foldersOf(target: BuildTarget, planner: Planner, wish: Wish): readonly string[] {
	return exportSpecs(target, planner, wish).flatMap(({spec}) => (spec.kind === 'local' ? spec.dir : []));
}

function isSettled(target: BuildTarget, planner: Planner, wish: Wish): boolean {
	const {plan, images, isFinal} = target;
	const steps = plan.stages.flatMap(stage => stage.steps);
	if (
		images.length > 0 ||
		(isFinal && wish.output !== 'none') ||
		plan.noCache !== false ||
		!steps.every(({outcome}) => outcome === 'hit' || outcome === 'none') ||
		!steps.some(({outcome}) => outcome === 'hit')
	) {
		return false;
	}

	const specs = exportSpecs(target, planner, wish);
	const wanted = wish.cacheTo.length > 0 || !wish.exportDefault ? wish.cacheTo.length : 1;
	// One that only a build can write makes the numbers differ.
	return (
		specs.length > 0 &&
		specs.length === wanted &&
		specs.every(({spec}) =>
			plan.caches.some(
				({reading, used}) =>
					used &&
					isSame(reading, spec, wish.cwd) &&
					((spec.kind === 'local' && !isCurrent(wish.keep)) || holdsNothingElse(reading, plan)),
			),
		)
	);
}

function isSame({spec: read}: CacheReading, written: CacheSpec, cwd: string): boolean {
	const place = absolutePlace(read, cwd);
	if (place.kind === 'registry' && written.kind === 'registry') {
		return place.ref === written.ref;
	}

	return place.kind === 'local' && written.kind === 'local' && place.dir === written.dir && place.tag === written.tag;
}

function holdsNothingElse(reading: CacheReading, plan: Plan): boolean {
	const used = new Set(
		plan.stages.flatMap(({steps}) => steps.flatMap(({result}) => result?.layers.map(({blob}) => blob) ?? [])),
	);
	return reading.kind === 'found' && reading.config.layers.every(({blob}) => used.has(blob));
}
