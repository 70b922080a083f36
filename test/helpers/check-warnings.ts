import {
	type BuildOptions,
	compilePatterns,
	type Diagnostic,
	type Dockerfile,
	type ImageTable,
	lintDockerfile,
	lintSource,
	parseDockerfile,
	parseIgnoreFile,
	resolveStages,
} from '../../analyzer/index.ts';
import {newestDialect} from '../../analyzer/keys/dialect.ts';
import {baseImageKey} from '../../analyzer/keys/images.ts';
import {plainImage} from './pipeline.ts';

/** What a check is made with. */
export interface Check {
	readonly options: BuildOptions;
	/** As a build warns: only of what the last stage needs, not of all stages as `--check` does. */
	readonly inBuild?: boolean;
	readonly ignoreFile?: string;
}

/**
 * What our rules with BuildKit's names find: `line rule` for each, sorted, with the line that BuildKit would give. For every
 * base image one stands in that is for its stage's platform and has nothing but PATH: BuildKit's tables were made on such.
 */
export function checkWarnings(text: string, {options, inBuild = false, ignoreFile}: Check): readonly string[] {
	const source = {path: 'Dockerfile', text: text.replace(/^\ufeff/, '')};
	const parsed = parseDockerfile(source);
	const dockerfile = parsed.kind === 'parsed' ? parsed.dockerfile : parsed.before;
	const all = inBuild && dockerfile !== undefined ? {...options, targetIndex: dockerfile.stages.length - 1} : options;
	const compiled = ignoreFile === undefined ? undefined : compilePatterns(parseIgnoreFile(ignoreFile));
	const found =
		parsed.kind === 'failed'
			? lintSource(source, all)
			: lintDockerfile(parsed.dockerfile, all, {
					images: plainImages(parsed.dockerfile, all),
					...(compiled?.kind === 'compiled' && {ignore: compiled.matcher}),
				});
	return found
		.filter(({rule}) => /^[A-Z]/.test(rule))
		.map(one => `${String(lineOf(one, dockerfile)).padStart(4)} ${one.rule}`)
		.sort();
}

/** BuildKit names the line its instruction begins on; of an empty continuation line the one the instruction ends on. */
function lineOf({rule, range}: Diagnostic, dockerfile: Dockerfile | undefined): number {
	const {globalArgs = [], stages = []} = dockerfile ?? {};
	const instructions = [...globalArgs, ...stages.flatMap(stage => [stage.from, ...stage.instructions])];
	const {start} = range;
	const found = instructions.find(one => one.range.start.line <= start.line && start.line <= one.range.end.line);
	return (rule === 'NoEmptyContinuation' ? found?.range.end.line : found?.range.start.line) ?? start.line;
}

function plainImages(dockerfile: Dockerfile, options: BuildOptions): ImageTable {
	const resolved = resolveStages(dockerfile, options, newestDialect);
	const graph = resolved.kind === 'resolved' ? resolved.graph : undefined;
	const stages = graph?.stages.map(stage => ({
		key: baseImageKey(stage, graph),
		platform: stage.platform ?? graph.targetPlatform,
	}));
	return new Map(
		(stages ?? []).flatMap(({key, platform}) =>
			key === undefined ? [] : [[key, {kind: 'resolved', image: {...plainImage, platform}}] as const],
		),
	);
}

/** Files of the corpus, by what their names hold, of which older releases warn more than ours and those that are new. */
const newer: readonly string[] = [
	// Comments above a single instruction waive, from BuildKit 0.27 on.
	'testSecretsUsedInArgOrEnv_L282',
	'testMaintainerDeprecated_L908',
	'testMaintainerDeprecated_L915',
	'testMaintainerDeprecated_L922',
	'testWorkdirRelativePath_L1104',
	'testLegacyKeyValueFormat_L1343',
	'testRedundantTargetPlatform_L1388',
	'testOutlineArgs_L36',
	'testOutlineArgs_L68',
	// Names with FILE or VERSION are no secrets, from BuildKit 0.29 on.
	'283-minio__minio__Dockerfile.hotfix',
];

/** Whether BuildKit before 0.29 says more of a file of the corpus than ours and later releases. */
export function isNewerCheck(file: string): boolean {
	return newer.some(part => file.includes(part));
}
