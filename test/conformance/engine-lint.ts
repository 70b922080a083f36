import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {type BuildOptions, contextName, type Origin, parseDockerfile, resolveStages} from '../../analyzer/index.ts';
import {newestDialect} from '../../analyzer/keys/dialect.ts';
import {makeBaseImage} from '../engine/base-image.ts';
import {buildx} from '../engine/buildx.ts';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import {readState, stateVariable, type TestEngine} from '../engine/test-engine.ts';
import {checkWarnings, isNewerCheck} from '../helpers/check-warnings.ts';
import {sharedDir} from '../helpers/project.ts';

// `npm run conformance:lint`: what `docker buildx build --call=check` says of every file of the corpus, against our rules
// of the same names. No image is pulled: a named context stands in for each, one small image with nothing but PATH. A
// `# syntax=` line is taken out, for its frontend would have to be pulled. Ends with 1 when a file differs.

const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

/** How often the engine warned, by rule. */
const byRule = new Map<string, number>();

interface EngineAnswer {
	readonly warnings?: readonly {
		readonly ruleName: string;
		readonly location: {readonly ranges: readonly {readonly start: {readonly line: number}}[]};
	}[];
	readonly buildError?: {readonly message: string};
}

/** `older`: it differs as an engine with a BuildKit before 0.29 must. */
type Verdict = 'agree' | 'older' | 'differ' | 'refused';

async function compare(engine: TestEngine, image: string, folder: string, file: CorpusFile): Promise<Verdict> {
	const {name, text, ignoreFile} = file;
	const context = path.join(folder, name);
	await mkdir(context);
	await writeFile(path.join(context, 'Dockerfile'), text);
	await writeFile(path.join(context, '.dockerignore'), ignoreFile);
	const contexts = imagesOf(text).map(one => `--build-context=${one}=docker-image://${image}`);
	const result = await buildx(engine, ['build', '--call=check,format=json', ...contexts, context]);
	await rm(context, {recursive: true});
	const answer = result.stdout.startsWith('{') ? (JSON.parse(result.stdout) as EngineAnswer) : undefined;
	if (answer === undefined || answer.buildError !== undefined) {
		print(`refused  ${name}: ${answer?.buildError?.message ?? result.stderr.trim().split('\n').at(-1) ?? ''}`);
		return 'refused';
	}

	const theirs = (answer.warnings ?? [])
		.map(one => `${String(one.location.ranges[0]?.start.line ?? 0).padStart(4)} ${one.ruleName}`)
		.sort();
	const ours = checkWarnings(text, {options, ignoreFile});
	for (const row of theirs) {
		const rule = row.slice(5);
		byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
	}

	const [more, less] = [without(ours, theirs), without(theirs, ours)];
	if (more.length + less.length === 0) {
		return 'agree';
	}

	const verdict = more.length === 0 && isNewerCheck(name) ? 'older' : 'differ';
	print(`${verdict.padEnd(8)} ${name}`);
	print(`  only ours:   ${more.join(', ')}`);
	print(`  only theirs: ${less.join(', ')}`);
	return verdict;
}

/** What the first list has more of than the second, each as often as it has it more. */
function without(rows: readonly string[], others: readonly string[]): readonly string[] {
	const left = [...others];
	return rows
		.filter(row => {
			const at = left.indexOf(row);
			if (at !== -1) {
				left.splice(at, 1);
			}

			return at === -1;
		})
		.map(row => row.trim());
}

/** The names of all images of a file, as contexts are looked up. */
function imagesOf(text: string): readonly string[] {
	const parsed = parseDockerfile({path: 'Dockerfile', text});
	const resolved = parsed.kind === 'parsed' ? resolveStages(parsed.dockerfile, options, newestDialect) : undefined;
	const stages = resolved?.kind === 'resolved' ? resolved.graph.stages : [];
	const origins: readonly (Origin | undefined)[] = stages.flatMap(({base, origins: used}) => [
		base,
		...[...used.values()].flat(),
	]);
	const names = origins.flatMap(origin => (origin?.kind === 'image' ? (contextName(origin.reference) ?? []) : []));
	return [...new Set(names)];
}

interface CorpusFile {
	readonly name: string;
	readonly text: string;
	readonly ignoreFile: string;
}

/** Every file of the corpus, with the ignore file that has its number. */
function corpusFiles(corpus: string): readonly CorpusFile[] {
	const ignoreFiles = readdirSync(path.join(corpus, 'dockerignores'));
	return ['dockerfiles', 'dockerfiles-gotest'].flatMap(folder =>
		readdirSync(path.join(corpus, folder))
			.filter(name => name.endsWith('.Dockerfile'))
			.map(name => {
				const text = readFileSync(path.join(corpus, folder, name), 'utf8');
				const ignore = folder === 'dockerfiles' ? ignoreFiles.find(one => one.startsWith(name.slice(0, 4))) : undefined;
				return {
					name: `${folder}-${name}`,
					text: text.replace(/^#[\t ]*syntax[\t ]*=.*\n/im, ''),
					ignoreFile: ignore === undefined ? '' : readFileSync(path.join(corpus, 'dockerignores', ignore), 'utf8'),
				};
			}),
	);
}

async function runAll(engine: TestEngine, files: readonly CorpusFile[]): Promise<Readonly<Record<Verdict, number>>> {
	const counts = {agree: 0, older: 0, differ: 0, refused: 0};
	const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-lint-'));
	try {
		const {reference} = await makeBaseImage(engine, 'lint-base');
		const queue = files.values();
		// Both workers take from one queue.
		await Promise.all(
			[1, 2].map(async () => {
				for (const file of queue) {
					counts[await compare(engine, reference, folder, file)]++;
				}
			}),
		);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}

	return counts;
}

const corpus = sharedDir === undefined ? undefined : path.join(sharedDir, 'corpus');
const state = process.env[stateVariable];
const start = state === undefined ? await findOrStartEngine() : await readState(state);
if (start.kind === 'unavailable' || corpus === undefined || !existsSync(corpus)) {
	print(start.kind === 'unavailable' ? start.reason : 'there is no corpus here');
	process.exitCode = 1;
} else {
	try {
		const {versions} = start.engine;
		print(`engine ${versions.engine}, buildx ${versions.buildx}`);
		const [pattern = ''] = process.argv.slice(2);
		const counts = await runAll(
			start.engine,
			corpusFiles(corpus).filter(({name}) => name.includes(pattern)),
		);
		for (const [rule, count] of [...byRule].toSorted(([, a], [, b]) => b - a)) {
			print(`${String(count).padStart(5)} ${rule}`);
		}

		const {agree, older, differ, refused} = counts;
		print(
			`${agree} agree, ${older} differ by the age of the engine, ${differ} differ, ${refused} refused by the engine`,
		);
		process.exitCode = counts.differ > 0 ? 1 : 0;
	} finally {
		if (state === undefined) {
			await stopFolder(path.dirname(start.engine.folder), start.engine.programs.tools);
		}
	}
}
