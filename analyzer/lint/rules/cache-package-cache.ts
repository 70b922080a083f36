import type {StageInstruction} from '../../dockerfile/instruction.ts';
import {parseReference} from '../../graph/reference.ts';
import type {Stage, StageGraph} from '../../graph/stage.ts';
import {isOfficialImage} from '../official-images.ts';
import type {GraphRule} from '../rule.ts';
import type {ShellCommand} from '../shell/commands.ts';
import type {Install} from '../shell/install.ts';
import {labelOf} from '../shell/installs.ts';
import {operandsOf} from '../shell/operands.ts';
import {runsOf, type StageRun} from '../stage-runs.ts';

/** What a package manager keeps for its next run is of no use in a layer, but is in every image and cache that has it. */
export const cachePackageCache: GraphRule = {
	kind: 'graph',
	name: 'cache/package-cache',
	severity: 'info',
	summary: 'Caches of package managers should be mounted or removed',
	*check({graph}) {
		for (const stage of graph.stages) {
			const isOfficial = startsOnOfficialImage(graph, stage);
			for (const run of runsOf(graph, stage)) {
				const kept = run.installs.slice(0, MAX_INSTALLS).flatMap(install => keptBy(install, run, isOfficial) ?? [])[0];
				if (kept !== undefined) {
					yield {
						message: `"${labelOf(kept.install)}" leaves ${kept.what} in the layer`,
						range: kept.install.command.range,
						hint: kept.hint,
					};
				}
			}
		}
	},
};

/** The installations of one RUN that are looked at. */
const MAX_INSTALLS = 20;

interface Kept {
	readonly install: Install;
	readonly what: string;
	readonly hint: string;
}

/** What is left behind; nothing where a mount takes it, something removes it, or that cannot be told. */
function keptBy(install: Install, run: StageRun, isOfficial: boolean): Kept | undefined {
	const {name, args} = install.command;
	const others = run.commands;
	const kept = (folder: RegExp, what: string, hint: string): Kept | undefined =>
		isMounted(run, folder) || others.some(one => removes(one, folder)) ? undefined : {install, what, hint};
	switch (install.ecosystem) {
		case 'apt': {
			return others.some(one => /^apt/.test(one.name) && operandsOf(one.args, ['-o'])[0] === 'update')
				? kept(
						/\/var\/(?:lib|cache)(?:\/apt|\/\{|\/?$|\/\*)/,
						'the package lists',
						'end the RUN with "&& rm -rf /var/lib/apt/lists/*", or mount caches: --mount=type=cache,target=/var/lib/apt',
					)
				: undefined;
		}

		case 'apk': {
			const isFetched = others.some(
				one => one.name === 'apk' && one.args.some(arg => /^(?:update|-U|--update|--update-cache)$/.test(arg)),
			);
			return isFetched && !args.some(arg => arg.startsWith('--no-cache'))
				? kept(
						/\/var\/cache(?:\/apk|\/?$|\/\*)/,
						'the package index',
						'write "apk add --no-cache", which needs no "apk update"',
					)
				: undefined;
		}

		case 'dnf': {
			return others.some(one => one.args.includes('clean'))
				? undefined
				: kept(
						/\/var\/cache(?:\/(?:dnf|yum|libdnf\d*|tdnf)|\/?$|\/\*)/,
						'packages and their lists',
						`end the RUN with "&& ${name} clean all"`,
					);
		}

		case 'zypper': {
			return others.some(one => one.args.some(arg => arg === 'clean' || arg === 'cc'))
				? undefined
				: kept(
						/\/var\/cache(?:\/zypp|\/?$|\/\*)/,
						'packages and their lists',
						'end the RUN with "&& zypper clean --all"',
					);
		}

		case 'pip': {
			const isPip = /^(?:pip|python)/.test(name);
			const isOff =
				args.some(arg => /^--(?:no-cache|cache-dir)/.test(arg)) || others.some(one => one.args.includes('purge'));
			return isPip && isOfficial && !isOff && !/PIP_(?:NO_)?CACHE/.test(run.run.text)
				? kept(
						/pip|\.cache/,
						'its download cache',
						'add --no-cache-dir, or mount the cache: --mount=type=cache,target=/root/.cache/pip',
					)
				: undefined;
		}

		case 'npm': {
			const isOff = args.some(arg => arg.startsWith('--cache')) || others.some(one => one.args.includes('cache'));
			return name === 'npm' && isOfficial && !isOff && !/npm_config_cache/i.test(run.run.text)
				? kept(
						/npm|\.cache/,
						'its download cache',
						'mount the cache: --mount=type=cache,target=/root/.npm; or end with "&& npm cache clean --force"',
					)
				: undefined;
		}

		default: {
			return undefined;
		}
	}
}

function isMounted({run: {mounts}}: StageRun, folder: RegExp): boolean {
	return mounts.some(
		({type, target}) =>
			(type === 'cache' || type === 'tmpfs') && target !== undefined && (folder.test(target) || target.includes('$')),
	);
}

function removes({name, args}: ShellCommand, folder: RegExp): boolean {
	return (
		/clean/i.test(name) ||
		((name === 'rm' || name === 'find') && args.some(arg => folder.test(arg))) ||
		args.includes('distclean')
	);
}

/** Which variables another image sets, and what its package managers make of them, is not known. */
function startsOnOfficialImage(graph: StageGraph, {base, source}: Stage): boolean {
	if (source.instructions.some(one => setsCache(one))) {
		return false;
	}

	switch (base.kind) {
		case 'stage': {
			const parent = graph.stages[base.index];
			return parent?.base.kind === 'image' && startsOnOfficialImage(graph, parent);
		}

		case 'image': {
			const parsed = parseReference(base.reference);
			const isHub = parsed.kind === 'reference' && parsed.reference.domain === 'docker.io';
			return isHub && isOfficialImage(parsed.reference.path.replace(/^library\//, ''));
		}

		default: {
			return false;
		}
	}
}

function setsCache({kind, text}: StageInstruction): boolean {
	return (kind === 'env' || kind === 'arg') && /PIP_(?:NO_)?CACHE|npm_config_cache/i.test(text);
}
