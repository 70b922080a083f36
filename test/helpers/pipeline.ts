import {
	type BaseImage,
	type CacheMap,
	type ContentDigester,
	cacheMapOf,
	compilePatterns,
	contentDigester,
	contentRecordDigest,
	type Dialect,
	type Digest,
	defaultExecOptions,
	type ExecOptions,
	imageKey,
	lowerStages,
	newestDialect,
	openContext,
	parseDockerfile,
	parseIgnoreFile,
	recordDigest,
	requiredImages,
	resolveStages,
	type Step,
	sha256,
	type Vertex,
} from '../../analyzer/index.ts';

/** What a Dockerfile is analysed with; everything has a default. */
export interface PipelineOptions {
	readonly dialect?: Dialect;
	/** What every image of the Dockerfile is. */
	readonly image?: BaseImage;
	readonly buildArgs?: Readonly<Record<string, string>>;
	readonly execOptions?: Partial<ExecOptions>;
	readonly target?: string;
	/** Folder of the context, for content keys. */
	readonly context?: string;
}

/** One step that has a vertex, and what its keys are. */
export interface KeyedStep {
	readonly step: Step;
	/** `stage 2: COPY a.txt /`, as the file has it. */
	readonly title: string;
	readonly vertex: Vertex;
	readonly map: CacheMap | undefined;
	/** Its record's digest, the first where it has two. */
	readonly record: Digest | undefined;
	/** Content records of its inputs from the context. */
	readonly contents: readonly Digest[];
	/** A digest over all that decides on a hit: its own keys, selectors, content keys, and the same of every vertex below. */
	readonly full: Digest;
}

/** An image of two layers that sets PATH. */
export const plainImage: BaseImage = {
	digest: sha256('manifest'),
	diffIds: [sha256('layer 1'), sha256('layer 2')],
	platform: {os: 'linux', architecture: 'amd64'},
	config: {env: ['PATH=/bin'], workingDir: '', user: '', onBuild: []},
};

/** The steps of all needed stages with their keys, through the real pipeline. Throws where the Dockerfile is refused. */
export function keyedSteps(dockerfile: string, options: PipelineOptions = {}): readonly KeyedStep[] {
	const {dialect = newestDialect, image = plainImage, context} = options;
	const parsed = parseDockerfile({path: 'Dockerfile', text: dockerfile});
	if (parsed.kind === 'failed') {
		throw new Error(parsed.diagnostic.message);
	}

	const buildArgs = new Map(Object.entries(options.buildArgs ?? {}));
	const resolved = resolveStages(
		parsed.dockerfile,
		{
			buildArgs,
			buildPlatform: {os: 'linux', architecture: 'amd64'},
			...(options.target !== undefined && {target: options.target}),
		},
		dialect,
	);
	if (resolved.kind === 'failed') {
		throw new Error(resolved.diagnostics.map(one => one.message).join('; '));
	}

	const {graph} = resolved;
	const images = new Map(
		requiredImages(graph).map(({reference, platform}) => [
			imageKey(reference, platform),
			{kind: 'resolved', image} as const,
		]),
	);
	const execOptions = {...defaultExecOptions, ...options.execOptions};
	const lowered = lowerStages({graph, images, buildArgs, execOptions, dialect});
	if (lowered.kind === 'failed') {
		throw new Error(lowered.diagnostics.map(one => one.message).join('; '));
	}

	const digester = context === undefined ? undefined : contentDigester(openContext(context, undefined));
	return lowered.stages.flatMap(({steps}) => steps.flatMap(step => keyed(step, dialect, digester)));
}

function keyed(step: Step, dialect: Dialect, digester: ContentDigester | undefined): readonly KeyedStep[] {
	const {vertex} = step;
	if (vertex === undefined) {
		return [];
	}

	const result = cacheMapOf(vertex, dialect);
	const map = result.kind === 'known' ? result.map : undefined;
	const [digest] = map?.digests ?? [];
	return [
		{
			step,
			title: `${step.number?.stage ?? ''}: ${step.instruction.text}`,
			vertex,
			map,
			record: digest === undefined ? undefined : recordDigest(digest),
			contents: contentsOf(map, dialect, digester),
			full: fullKey(vertex, dialect, digester, new Map()),
		},
	];
}

function contentsOf(
	map: CacheMap | undefined,
	dialect: Dialect,
	digester: ContentDigester | undefined,
): readonly Digest[] {
	return (map?.inputs ?? []).flatMap(({vertex, content}) => {
		const result = vertex.kind === 'context' && content !== undefined ? digester?.(content, dialect) : undefined;
		if (result?.kind === 'problem') {
			throw new Error(JSON.stringify(result.problem));
		}

		return result?.kind === 'digest' ? contentRecordDigest(result.digest) : [];
	});
}

function fullKey(
	vertex: Vertex,
	dialect: Dialect,
	digester: ContentDigester | undefined,
	known: Map<Vertex, Digest>,
): Digest {
	const cached = known.get(vertex);
	if (cached !== undefined) {
		return cached;
	}

	const result = cacheMapOf(vertex, dialect);
	const map = result.kind === 'known' ? result.map : undefined;
	const inputs = (map?.inputs ?? []).map(input => [
		input.selector ?? '',
		JSON.stringify(input.content ?? null),
		fullKey(input.vertex, dialect, digester, known),
	]);
	const key = sha256(JSON.stringify([vertex.kind, map?.digests ?? [], inputs, contentsOf(map, dialect, digester)]));
	known.set(vertex, key);
	return key;
}

/** The content record of one selected path of a folder, .dockerignore applied; or what is wrong with it. */
export function contentRecord(
	directory: string,
	path: string,
	{
		ignore = '',
		dialect = newestDialect,
		...rest
	}: {
		readonly ignore?: string;
		readonly dialect?: Dialect;
		readonly wildcard?: boolean;
		readonly followLinks?: boolean;
		readonly include?: readonly string[];
		readonly exclude?: readonly string[];
	} = {},
): string {
	const compiled = compilePatterns(parseIgnoreFile(ignore));
	if (compiled.kind === 'failed') {
		throw new Error(compiled.message);
	}

	const tree = openContext(directory, ignore === '' ? undefined : compiled.matcher);
	const selector = {wildcard: false, followLinks: true, include: [], exclude: [], required: [], ...rest, path};
	const result = contentDigester(tree)([selector], dialect);
	return result.kind === 'digest'
		? contentRecordDigest(result.digest)
		: JSON.stringify(result.kind === 'problem' ? result.problem : result);
}
