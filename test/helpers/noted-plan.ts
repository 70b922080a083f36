import {
	type BaseImage,
	compilePatterns,
	defaultExecOptions,
	dialectOf,
	openContext,
	parseDockerfile,
	sha256,
} from '../../analyzer/index.ts';
import type {CacheReading} from '../../planner/caches/cache-source.ts';
import {mainContents} from '../../planner/context-contents.ts';
import {layerFiles} from '../../planner/layers/layer-files.ts';
import {formatLedger} from '../../planner/ledger/format-ledger.ts';
import {noteBuild} from '../../planner/ledger/note-build.ts';
import {parseLedger} from '../../planner/ledger/parse-ledger.ts';
import {makePlan} from '../../planner/make-plan.ts';
import type {Plan} from '../../planner/plan.ts';
import {exportCache} from './exported-cache.ts';
import {plainImage} from './pipeline.ts';

/** What a plan is made of; everything but the Dockerfile and the folder has a default. */
export interface Planned {
	readonly dockerfile: string;
	/** Of the context. */
	readonly folder: string;
	readonly buildArgs?: Readonly<Record<string, string>>;
	readonly ignore?: readonly string[];
	/** What tells one version of the base image from another. */
	readonly base?: string;
}

type Found = Extract<CacheReading, {readonly kind: 'found'}>;

const dialect = dialectOf('0.29.0');

/** Plans over a context, without network; `cache` is all that is known. Throws where there is nothing to plan. */
export async function planOver(
	{dockerfile, folder, buildArgs = {}, ignore = [], base = 'one'}: Planned,
	cache?: Found,
): Promise<Plan> {
	const parsed = parseDockerfile({path: 'Dockerfile', text: dockerfile});
	const compiled = compilePatterns(ignore);
	if (parsed.kind === 'failed' || compiled.kind === 'failed' || dialect === undefined) {
		throw new Error('nothing to plan');
	}

	const contents = mainContents(openContext(folder, ignore.length === 0 ? undefined : compiled.matcher), false);
	const image: BaseImage = {...plainImage, digest: sha256(base), diffIds: [sha256(base)]};
	const result = await makePlan({
		dockerfile: parsed.dockerfile,
		options: {
			buildArgs: new Map(Object.entries(buildArgs)),
			buildPlatform: {os: 'linux', architecture: 'amd64'},
		},
		execOptions: defaultExecOptions,
		noCache: false,
		viaEngineApi: false,
		caches: cache === undefined ? [] : [[cache]],
		dialect: {dialect, by: 'given'},
		contentsOf: () => contents,
		layers: layerFiles({layersOf: async () => ({kind: 'failed', reason: 'none is read'})}, false),
		resolveImage: async () => ({kind: 'resolved', image, origin: 'registry'}),
	});
	if (result.kind === 'failed') {
		throw new Error(result.diagnostics[0]?.message);
	}

	return result.plan;
}

/** The bytes of the ledger that a build of a plan writes, and the cache with it. */
export function noted(plan: Plan): {readonly bytes: Uint8Array; readonly cache: Found} {
	const forecasts = plan.stages.flatMap(({steps}) => steps);
	const steps = forecasts.map(({step}) => step);
	const output = steps.at(-1)?.vertex;
	if (output === undefined) {
		throw new Error('the Dockerfile ends with no step');
	}

	const cache: Found = {
		kind: 'found',
		spec: {kind: 'local', dir: 'cache', tag: 'latest', attributes: {}},
		config: exportCache({steps, keys: plan.keys, output}),
	};
	const built = new Map(
		forecasts.map(
			forecast =>
				[
					forecast.step.id,
					{forecast, platforms: [], actual: {kind: 'ran', seconds: 2, unclear: false}, verdict: 'right'},
				] as const,
		),
	);
	const bytes = formatLedger({writtenAt: new Date(0).toISOString(), steps: noteBuild({plan, cache, built}).steps});
	const ledger = parseLedger(bytes);
	return {bytes, cache: {...cache, ...(ledger !== undefined && {ledger})}};
}
