import {
	type BuildOptions,
	cacheMapOf,
	compilePatterns,
	type Diagnostic,
	type Dialect,
	type Dockerfile,
	defaultExecOptions,
	dialects,
	type ImageTable,
	imageKey,
	lintDockerfile,
	lintSource,
	lowerStages,
	newestDialect,
	parseDockerfile,
	requiredImages,
	resolveStages,
	type StageGraph,
} from '../../analyzer/index.ts';
import {plainImage} from '../helpers/pipeline.ts';
import {firstFault, placeChecker, rangesIn} from './places.ts';

const patterns = compilePatterns(['*.md', 'a', '**/b/c*']);
const ignore = patterns.kind === 'compiled' ? patterns.matcher : undefined;

/** How far the analysis of a text came; each way is an answer. */
export type Outcome = 'refused by the parser' | 'refused by the graph' | 'refused by the keys' | 'lowered';

/** The whole analysis of a Dockerfile: parse, graph, lint, vertices, cache maps. */
export interface Analysis {
	readonly outcome: Outcome;
	readonly diagnostics: readonly Diagnostic[];
	readonly dockerfile?: Dockerfile;
}

const options: BuildOptions = {
	buildArgs: new Map([
		['given', 'v a l'],
		['x', '1.2*3'],
	]),
	buildPlatform: {os: 'linux', architecture: 'amd64'},
};

/** Parses, resolves, lints and lowers a text: once on bases of which nothing is known, once on such with layers. */
export function analyse(text: string, dialect: Dialect = newestDialect): Analysis {
	const source = {path: 'Dockerfile', text};
	const parsed = parseDockerfile(source);
	if (parsed.kind === 'failed') {
		return {outcome: 'refused by the parser', diagnostics: [parsed.diagnostic, ...lintSource(source, options)]};
	}

	const {dockerfile} = parsed;
	const findings = [
		...dockerfile.warnings,
		...lintDockerfile(dockerfile, options, ignore === undefined ? {} : {ignore}),
	];
	const resolved = resolveStages(dockerfile, options, dialect);
	if (resolved.kind === 'failed') {
		return {outcome: 'refused by the graph', diagnostics: [...findings, ...resolved.diagnostics], dockerfile};
	}

	const {graph} = resolved;
	const images: ImageTable = new Map(
		requiredImages(graph).map(({reference, platform}) => [
			imageKey(reference, platform),
			{kind: 'resolved', image: plainImage} as const,
		]),
	);
	const problems = [...lowered(graph, new Map(), dialect), ...lowered(graph, images, dialect)];
	return {
		outcome: problems.length > 0 ? 'refused by the keys' : 'lowered',
		diagnostics: [...findings, ...problems],
		dockerfile,
	};
}

function lowered(graph: StageGraph, images: ImageTable, dialect: Dialect): readonly Diagnostic[] {
	const {buildArgs} = options;
	const result = lowerStages({graph, images, buildArgs, execOptions: defaultExecOptions, dialect});
	if (result.kind === 'failed') {
		return result.diagnostics;
	}

	for (const {vertex} of result.stages.flatMap(({steps}) => steps)) {
		if (vertex !== undefined) {
			cacheMapOf(vertex, dialect);
		}
	}

	return [];
}

/**
 * What is wrong with the answer for a text: a diagnostic without a message, a place that is not in the text, or another
 * answer the second time. Undefined when all is well; what the analysis throws is thrown.
 */
export function analysisFault(text: string): string | undefined {
	// An old dialect too, now and then: which one depends on the text alone, so that a find stays a find.
	const dialect = dialects[text.length % dialects.length] ?? newestDialect;
	const {outcome, diagnostics, dockerfile} = analyse(text, dialect);
	if (outcome.startsWith('refused') && diagnostics.length === 0) {
		return `${outcome} without a diagnostic`;
	}

	const again = parseDockerfile({path: 'Dockerfile', text});
	if (JSON.stringify(again.kind === 'parsed' ? again.dockerfile : undefined) !== JSON.stringify(dockerfile)) {
		return 'parsing it twice gives two answers';
	}

	const places = placeChecker(text);
	return firstFault(diagnostics, places.diagnostic) ?? firstFault(rangesIn(dockerfile), places.range);
}
