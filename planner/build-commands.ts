import {buildFile, type CopiedFile} from './build-files.ts';
import {requestFor} from './build-request.ts';
import type {BuildTarget, BuildWish} from './build-wish.ts';
import {buildxArgs} from './engines/buildx-args.ts';
import {absolutePlace, exportSpecs} from './export-places.ts';
import type {Planner} from './planner.ts';
import {settledTargets} from './settled-targets.ts';

/** One solve of a build, as a command line. */
export interface BuildCommand {
	readonly target: BuildTarget;
	/** There is nothing to do: a build would leave it out. */
	readonly isSettled: boolean;
	/** The Dockerfile that has to be written first, where the user's own will not do. */
	readonly copy?: CopiedFile;
	/** Arguments of `docker`. `dockerfile`: the path of the copy. */
	args(dockerfile: string): readonly string[];
}

/** What the commands need besides the wish of a build. */
export interface CommandSettings {
	readonly builder?: string;
	readonly env: NodeJS.ProcessEnv;
}

/**
 * What `build` would run, target by target, by the same functions. It differs where `build` needs it for itself: progress
 * is shown as buildx likes, and local caches are read and written in their folder, not by way of a copy. A build argument
 * whose value stands in the environment is named alone, and buildx takes it from there.
 */
export function buildCommands(
	targets: readonly BuildTarget[],
	planner: Planner,
	wish: BuildWish,
	{builder, env}: CommandSettings,
): readonly BuildCommand[] {
	const settled = settledTargets(targets, planner, wish);
	return targets.map(target => {
		const file = buildFile(planner.workspace, planner.dockerfile, target.stage ?? target.leaf ?? target.label);
		const read = target.plan.caches.filter(({used}) => used).map(({reading}) => absolutePlace(reading.spec, wish.cwd));
		const written = exportSpecs(target, planner, wish).map(({spec}) => spec);
		return {
			target,
			isSettled: settled.includes(target),
			...(file.kind === 'copy' && {copy: file}),
			args(copy) {
				const dockerfile = file.kind === 'copy' ? copy : file.path;
				const asked = file.target === undefined ? {} : {target: file.target};
				const request = requestFor(target, planner, wish, {dockerfile, ...asked}, read, written);
				return buildxArgs(request, {
					...(builder !== undefined && {builder}),
					showsProgress: true,
					isInherited: (name, value) => env[name] === value,
				});
			},
		};
	});
}
