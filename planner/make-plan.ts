import {
	type BuildOptions,
	type Diagnostic,
	type Dialect,
	type Digest,
	type Dockerfile,
	didYouMean,
	type ExecOptions,
	frontendOf,
	type ImageRequest,
	imageKey,
	type LoweredStage,
	type LoweredStages,
	lowerStages,
	newestDialect,
	noRemotes,
	type RemoteTable,
	resolveStages,
	type StageGraph,
	unsureDialect,
	unusedContexts,
	type Vertex,
	withFrontend,
} from '../analyzer/index.ts';
import type {MaxAge} from './age/max-age.ts';
import {bothNoCache, noRefresh, type OldStep, stagesToRefresh} from './age/refresh.ts';
import {tooOld} from './age/too-old.ts';
import {agreeing} from './agreeing-forecasts.ts';
import {bestCache, holdsLayers} from './best-cache.ts';
import {describeCacheSpec} from './caches/cache-flag.ts';
import type {CacheReading} from './caches/cache-source.ts';
import type {LostLayers} from './caches/lost-layers.ts';
import type {ContentsOf} from './context-contents.ts';
import {contextDiagnostic} from './context-diagnostic.ts';
import {type DetectedDialect, detectDialect} from './detect-dialect.ts';
import {forecastSteps, type StepForecast} from './forecast.ts';
import {hashAhead} from './hash-ahead.ts';
import {type NoCache, noCacheStages} from './ignores-cache.ts';
import type {ImageLookup} from './images/image-lookup.ts';
import type {LayerFiles} from './layers/layer-files.ts';
import {withLedgers} from './ledger/with-ledgers.ts';
import {withLinksAtRisk} from './links-at-risk.ts';
import {type Looked, lookUpImages} from './look-up-images.ts';
import {namesIn} from './names-in.ts';
import {type DialectChoice, type Plan, type PlannedImage, summarize} from './plan.ts';
import {resultDefinition} from './publish/result-key.ts';
import {resultLayers} from './publish/result-layers.ts';
import {indexRecords, type RecordIndex} from './record-index.ts';
import {fetchRemotes} from './remotes/fetch-remotes.ts';
import type {ReadRemote} from './remotes/read-remote.ts';
import {sentContents} from './sent-contents.ts';
import {unknownTo} from './unknown-frontend.ts';
import {contextKeys, staticKeys} from './vertex-keys.ts';

/** What a plan is made of. Everything that must be read from disk or network arrives as a function or is read already. */
export interface PlanInput {
	readonly dockerfile: Dockerfile;
	readonly options: BuildOptions;
	readonly execOptions: ExecOptions;
	readonly noCache: NoCache;
	/** How old a record may be; absent: as old as it likes. */
	readonly maxAge?: MaxAge;
	/** The build goes through the Docker Engine API. */
	readonly viaEngineApi: boolean;
	/** For each `--cache-from` the caches found under it: its own, and those of single leaves. */
	readonly caches: readonly (readonly CacheReading[])[];
	/** The builder's dialect, where it is known. */
	readonly dialect?: DialectChoice;
	/** Looks which layers the caches have lost; absent where that is not asked for. */
	readonly lostLayers?: (caches: readonly CacheReading[], layers: ReadonlySet<Digest>) => Promise<LostLayers>;
	readonly contentsOf: ContentsOf;
	/** Asks what is at a URL of an ADD; absent: nothing is asked. */
	readonly readRemote?: ReadRemote;
	/** The files of images, read as far as the forecast depends on them. */
	readonly layers: LayerFiles;
	/** Asked once per image; may go to a registry. */
	readonly resolveImage: (request: ImageRequest) => Promise<ImageLookup>;
}

export type PlanResult =
	| {readonly kind: 'planned'; readonly plan: Plan}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * Plans one target: resolves the graph, looks up images, picks the dialect, computes keys and matches them against the
 * caches. Builds nothing. Fails with diagnostics for whatever the build itself would refuse.
 */
export async function makePlan(input: PlanInput): Promise<PlanResult> {
	const frontend = frontendOf(input.dockerfile.source.text, input.options.buildArgs);
	// Rows of dialects are the engine's; what is lowered and hashed is that with the frontend's part.
	const spoken = (dialect: Dialect) =>
		withFrontend(input.dialect === undefined ? unsureDialect(dialect) : dialect, frontend);
	const guess = input.dialect?.dialect ?? newestDialect;
	const looked = await lookUpImages({
		dockerfile: input.dockerfile,
		options: input.options,
		resolveImage: input.resolveImage,
		dialect: spoken(guess),
	});
	if (looked.kind === 'failed') {
		return looked;
	}

	const {requests, images} = looked;
	const groups = input.caches.map(group =>
		group.flatMap(reading => (reading.kind === 'found' ? [{reading, index: indexRecords(reading.config)}] : [])),
	);
	const indexes = groups.flat().map(({index}) => index);
	// Dialects read URLs differently, so what is to be fetched depends on the dialect as the keys do on what was fetched.
	const fetchIn = async (dialect: Dialect, known: RemoteTable): Promise<RemoteTable> => {
		const steps = input.readRemote === undefined ? undefined : lowerFor(input, looked, dialect);
		return input.readRemote === undefined || steps?.kind !== 'lowered'
			? known
			: fetchRemotes(input.readRemote, steps.stages, contextKeys(input.contentsOf, dialect, known), indexes, known);
	};
	const fetched = await fetchIn(spoken(guess), noRemotes);
	const ahead = spoken(guess);
	const first = lowerFor(input, looked, ahead);
	if (first.kind === 'lowered') {
		await hashAhead(first.stages, contextKeys(input.contentsOf, ahead, fetched), ahead);
	}

	const {choice, others} =
		input.dialect === undefined ? detect(input, looked, indexes, fetched, spoken) : {choice: input.dialect, others: []};
	const lowered = choice.dialect === guess ? first : lowerFor(input, looked, spoken(choice.dialect));
	if (lowered.kind === 'failed') {
		return lowered;
	}

	const {graph} = lowered;
	const remotes = await fetchIn(spoken(choice.dialect), fetched);
	const unread = input.caches.flatMap(group => group.slice(0, 1).filter(isUnread));
	let refreshed: NoCache = false;
	let refresh = noRefresh;
	const forecastIn = (
		dialect: Dialect,
		{stages, followed}: Extract<Lowered, {readonly kind: 'lowered'}>,
		lost: LostLayers = new Map(),
	) => {
		const contentsOf = sentContents(input.contentsOf, followed);
		const keys = staticKeys(contentsOf, spoken(dialect), vertex => input.layers.image(vertex), remotes);
		const steps = stages.flatMap(stage => stage.steps);
		const output = outputOf(stages, graph);
		const chosen = groups.flatMap(group => bestCache(group, steps, output, keys) ?? []);
		const forecasts = forecastSteps({
			steps,
			outputs: output === undefined ? [] : [output],
			caches: chosen.map(({index}) => (dialect.losesLinks ? withLinksAtRisk(index) : index)),
			unread: unread.map(({spec, reason}) => ({name: describeCacheSpec(spec, 'from'), reason})),
			lost,
			keys,
			noCache: noCacheStages(input.noCache, graph),
			refresh,
		});
		const holders = groups.flat().filter(cache => output !== undefined && holdsLayers(cache, output, keys));
		return {dialect, chosen, forecasts, holders, keys};
	};
	const forecast = (lost: LostLayers = new Map()) => {
		const {chosen, forecasts, holders, keys} = forecastIn(choice.dialect, lowered, lost);
		const inOthers = others.flatMap(dialect => {
			const other = lowerFor(input, looked, spoken(dialect));
			return other.kind === 'lowered' ? [forecastIn(dialect, other, lost)] : [];
		});
		return {chosen, holders, keys, forecasts: agreeing({dialect: choice.dialect, forecasts}, inOthers)};
	};
	const oldSteps = (forecasts: readonly StepForecast[]): readonly OldStep[] =>
		input.maxAge === undefined ? [] : tooOld(forecasts, graph, input.maxAge);
	// Only a forecast shows which images have to be read, and of which files the digests are needed.
	const forecastFilled = async () => {
		let made = forecast();
		while (await input.layers.fill()) {
			made = forecast();
		}

		return made;
	};
	let made = await forecastFilled();
	// What follows a step that now runs may match other records, older ones among them.
	for (let old = oldSteps(made.forecasts); old.length > 0; old = oldSteps(made.forecasts)) {
		const all = [...refresh.old, ...old];
		refreshed = stagesToRefresh(all, graph, input.viaEngineApi);
		refresh = {stages: noCacheStages(refreshed, graph), old: all};
		made = await forecastFilled();
	}

	const lost = await input.lostLayers?.(
		made.chosen.map(({reading}) => reading),
		new Set(made.forecasts.flatMap(({result}) => result?.layers.map(({blob}) => blob) ?? [])),
	);
	const {chosen, holders, keys, forecasts: known} = lost?.size ? forecast(lost) : made;
	const told = frontend.kind === 'unknown' ? unknownTo(frontend.image, known) : known;
	const readings = [...chosen, ...groups.flat()].map(({reading}) => reading);
	const source = {graph, stages: [{steps: told}], keys, buildArgs: input.options.buildArgs, dialect: choice};
	const {forecasts, cost} = withLedgers(told, source, readings);
	const problems = forecasts.flatMap(({step, problems: found}) =>
		found.map(problem => contextDiagnostic(input.dockerfile.source, step, problem)),
	);
	if (problems.length > 0) {
		return {kind: 'failed', diagnostics: problems};
	}

	const planned: readonly PlannedImage[] = requests.map(request => ({
		reference: request.reference,
		platform: request.platform,
		result: images.get(imageKey(request.reference, request.platform)) ?? {
			kind: 'unresolved',
			reason: 'it was not looked up',
		},
	}));
	const output = outputOf(lowered.stages, graph);
	const layers = resultLayers(forecasts, output);
	return {
		kind: 'planned',
		plan: {
			graph,
			stages: graph.stages.map(stage => ({stage, steps: forecasts.filter(({step}) => step.stage === stage.index)})),
			summary: summarize(forecasts),
			...(cost !== undefined && {cost}),
			platform: graph.targetPlatform,
			noCache: bothNoCache(input.noCache, refreshed),
			dialect: choice,
			frontend,
			keys,
			buildArgs: input.options.buildArgs,
			caches: input.caches.flat().map(reading => ({
				reading,
				used: unread.some(one => one === reading) || chosen.some(one => one.reading === reading),
				holdsTarget: holders.some(one => one.reading === reading),
			})),
			unusedContexts: unusedContexts(graph, input.options.contexts ?? new Map()).map(name => {
				const hint = didYouMean(name, namesIn(graph));
				return {name, ...(hint !== undefined && {hint})};
			}),
			images: planned,
			result: {
				definition: () => resultDefinition({graph, options: input.options, output, keys, images: planned, frontend}),
				...(layers !== undefined && {layers}),
			},
		},
	};
}

function outputOf(stages: readonly LoweredStage[], {target}: StageGraph): Vertex | undefined {
	return stages.find(({stage}) => stage === target)?.output;
}

function detect(
	input: PlanInput,
	looked: Looked,
	caches: readonly RecordIndex[],
	remotes: RemoteTable,
	spoken: (dialect: Dialect) => Dialect,
): DetectedDialect {
	return detectDialect({
		caches,
		text: input.dockerfile.source.text,
		buildArgs: input.options.buildArgs,
		stepsIn: (row, changes = {}) => {
			const dialect = {...spoken(row), ...changes};
			const lowered = lowerFor(input, looked, dialect);
			return lowered.kind === 'lowered'
				? {
						steps: lowered.stages.flatMap(stage => stage.steps),
						keys: contextKeys(input.contentsOf, dialect, remotes),
					}
				: undefined;
		},
	});
}

type UnknownCache = Extract<CacheReading, {readonly contents: unknown}>;

function isUnread(reading: CacheReading): reading is UnknownCache {
	return 'contents' in reading && reading.contents === 'unknown';
}

type Lowered =
	| (Extract<LoweredStages, {readonly kind: 'lowered'}> & {readonly graph: StageGraph})
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

function lowerFor(
	{dockerfile, options, execOptions}: PlanInput,
	{images, triggers}: Looked,
	dialect: Dialect,
): Lowered {
	const resolved = resolveStages(dockerfile, options, dialect, triggers);
	if (resolved.kind === 'failed') {
		return resolved;
	}

	const {graph} = resolved;
	const lowered = lowerStages({graph, images, buildArgs: options.buildArgs, execOptions, dialect});
	return lowered.kind === 'failed' ? lowered : {...lowered, graph};
}
