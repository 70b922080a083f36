import {detectSyntax} from '../dockerfile/directives.ts';
import {parseReference} from '../graph/reference.ts';
import {type Dialect, dialectOf, newestDialect} from './dialect.ts';

/** Who turns the Dockerfile into vertices; how their keys are computed is the engine's matter all the same. */
export type Frontend =
	/** The one inside BuildKit. */
	| {readonly kind: 'builtin'}
	/** A release of docker/dockerfile. `isFloating`: its tag moves, and the newest is taken for it. */
	| {readonly kind: 'dockerfile'; readonly image: string; readonly isFloating: boolean; readonly dialect: Dialect}
	/** Any other image. */
	| {readonly kind: 'unknown'; readonly image: string};

/** The frontend of a build: BUILDKIT_SYNTAX, else `# syntax=` (BuildKit frontend/dockerui, solver/llbsolver/bridge.go). */
export function frontendOf(text: string, buildArgs: ReadonlyMap<string, string>): Frontend {
	const image = buildArgs.get('BUILDKIT_SYNTAX')?.trim().split(/\s/)[0] || detectSyntax(text)?.firstWord;
	if (image === undefined || image === '') {
		return {kind: 'builtin'};
	}

	const parsed = parseReference(image);
	if (parsed.kind === 'invalid') {
		return {kind: 'unknown', image};
	}

	const {domain, path, tag, digest} = parsed.reference;
	if (domain !== 'docker.io' || !names.has(path) || (tag === undefined && digest !== undefined)) {
		return {kind: 'unknown', image};
	}

	const [version = '', channel] = (tag ?? 'latest').split('-');
	const isLabs = channel === 'labs' || version === 'labs';
	if (floating.has(version)) {
		return {kind: 'dockerfile', image, isFloating: true, dialect: isLabs ? labs(newestDialect) : newestDialect};
	}

	const minor = /^1\.(\d+)(?:\.\d+)?$/.exec(version)?.[1];
	// The source of Dockerfile 1.N is that of BuildKit 0.(N + 6), from 1.2 to 1.26 (tags of moby/buildkit).
	const dialect = minor === undefined || Number(minor) < 2 ? undefined : dialectOf(`0.${Number(minor) + 6}`);
	return dialect === undefined
		? {kind: 'unknown', image}
		: {kind: 'dockerfile', image, isFloating: false, dialect: isLabs ? labs(dialect) : dialect};
}

// Dockerfile 1.3-labs is the one release whose heredocs only the labs channel reads.
function labs(dialect: Dialect): Dialect {
	const {heredocs, stableFlags, labsFlags} = dialect;
	return {
		...dialect,
		stableFlags: [...stableFlags, ...labsFlags],
		refusesGitSources: false,
		heredocs: heredocs === 'words' ? 'read' : heredocs,
	};
}

/**
 * A dialect that is not known for sure: for what the frontend takes at all, and how it reads heredocs, the newest
 * stands in, so that nothing is refused by guess.
 */
export function unsureDialect(dialect: Dialect): Dialect {
	const {stableFlags, labsFlags, heredocs, numbersAllMounts} = newestDialect;
	return {...dialect, stableFlags, labsFlags, heredocs, numbersAllMounts, refusesGitSources: false};
}

const names = new Set(['docker/dockerfile', 'docker/dockerfile-upstream']);
const floating = new Set(['1', 'latest', 'labs', 'master']);

// What the frontend alone puts into vertices; all else is how the engine makes keys of them.
const own = [
	'hasNamedContexts',
	'hasTargetStage',
	'hasOsVersionArgs',
	'datesWorkdir',
	'hasGlobalEpoch',
	'stableFlags',
	'labsFlags',
	'heredocs',
	'numbersAllMounts',
	'hasGitSources',
	'refusesGitSources',
	'hasGitQueries',
] as const satisfies readonly (keyof Dialect)[];

// What the engine must know too: fields that it does not know it leaves out of its keys.
const shared = [
	'hasRunLimits',
	'hasTmpfsOptions',
	'removesMountStubs',
	'hasRequiredPaths',
] as const satisfies readonly (keyof Dialect)[];

/** An engine's dialect with what the frontend decides. */
export function withFrontend(engine: Dialect, frontend: Frontend): Dialect {
	if (frontend.kind !== 'dockerfile') {
		return frontend.kind === 'unknown' ? unsureDialect(engine) : engine;
	}

	const {dialect} = frontend;
	return {
		...engine,
		...Object.fromEntries(own.map(field => [field, dialect[field]])),
		...Object.fromEntries(shared.map(field => [field, dialect[field] && engine[field]])),
	};
}
