import fc, {type Arbitrary} from 'fast-check';
import {type Environment, emptyEnvironment, expandWord, expandWords} from '../../analyzer/dockerfile/expand.ts';
import {checkMountFlag, parseMount} from '../../analyzer/dockerfile/mount.ts';
import {compilePatterns, parseIgnoreFile, parseReference} from '../../analyzer/index.ts';
import {type CacheDirection, parseCacheFlag} from '../../planner/caches/cache-flag.ts';
import {analysisFault} from './analyse.ts';
import * as inputs from './inputs.ts';
import {corpusDockerfiles, corpusIgnoreFiles, readTexts} from './samples.ts';
import * as words from './words.ts';

/** Something to throw inputs at. */
export interface Target {
	readonly name: string;
	/** Calls it once for each input until `runs` are done or one is wrong; the input that is wrong comes back shrunk. */
	run(seed: number, runs: number, endsBy: number): Run;
}

/** What a round of executions gave. */
export interface Run {
	readonly executions: number;
	readonly find?: {readonly input: unknown; readonly fault: string};
}

/** Longer than this for one small input is a find too; a busy machine stays well below. */
const MAX_MILLISECONDS = 5000;

function target<Input>(
	name: string,
	arbitrary: Arbitrary<Input>,
	faultOf: (input: Input) => string | undefined,
): Target {
	return {
		name,
		run(seed, runs, endsBy) {
			let executions = 0;
			const property = fc.property(arbitrary, input => {
				executions++;
				const start = performance.now();
				const fault = faultOf(input);
				const took = performance.now() - start;
				if (fault !== undefined) {
					throw new Error(fault);
				}

				if (took > MAX_MILLISECONDS) {
					throw new Error(`it took ${Math.round(took)} ms`);
				}
			});
			const details = fc.check(property, {
				seed,
				numRuns: runs,
				interruptAfterTimeLimit: Math.max(1, endsBy - performance.now()),
			});
			const {counterexample, errorInstance} = details;
			if (counterexample === null) {
				return {executions};
			}

			const fault =
				errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
			return {executions, find: {input: counterexample[0], fault}};
		},
	};
}

/** All targets, over the files of the corpus. */
export function allTargets(): readonly Target[] {
	const dockerfiles = readTexts(corpusDockerfiles());
	const ignoreFiles = readTexts(corpusIgnoreFiles());
	return [
		target('invented Dockerfiles', inputs.inventedText, analysisFault),
		target('mutated Dockerfiles', inputs.mutated(dockerfiles), analysisFault),
		target(
			'words',
			fc.record({word: words.shellWord, value: words.shellWord, escape: fc.constantFrom('\\', '`')}),
			wordFault,
		),
		target(
			'ignore files',
			fc.record({
				text: fc.oneof(words.ignoreText, inputs.mutated(ignoreFiles, words.ignoreText)),
				paths: fc.array(words.contextPath, {maxLength: 4}),
			}),
			ignoreFault,
		),
		target('references', words.referenceText, text => resultFault(parseReference(text))),
		target('mounts', words.csvText, mountFault),
		target('cache flags', words.csvText, text => cacheFlagFault(text, 'from') ?? cacheFlagFault(text, 'to')),
	];
}

interface WordInput {
	readonly word: string;
	readonly value: string;
	readonly escape: '\\' | '`';
}

function wordFault({word, value, escape}: WordInput): string | undefined {
	const environment: Environment = {get: name => (name === 'x' ? value : undefined), names: () => ['x']};
	for (const one of [environment, emptyEnvironment]) {
		for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
			const options = {
				escape,
				rawQuotes: (bits & 1) > 0,
				skipUnsetEnv: (bits & 2) > 0,
				skipProcessQuotes: (bits & 4) > 0,
			};
			const expanded = expandWord(word, one, options);
			if (expandWords(word, one, options).kind !== expanded.kind) {
				return 'expandWord and expandWords do not agree';
			}

			const fault = resultFault(expanded);
			if (fault !== undefined) {
				return fault;
			}
		}
	}

	return undefined;
}

/** A result that is no answer must say why. */
function resultFault(result: {readonly kind: string; readonly message?: string}): string | undefined {
	return 'message' in result && (result.message ?? '').trim() === '' ? `${result.kind} without a message` : undefined;
}

function ignoreFault({text, paths}: {readonly text: string; readonly paths: readonly string[]}): string | undefined {
	const compiled = compilePatterns(parseIgnoreFile(text));
	if (compiled.kind === 'failed') {
		return resultFault(compiled);
	}

	const {matcher} = compiled;
	for (const path of paths) {
		const found = matcher.matches(path);
		const below = matcher.matches(`${path}/x`, found);
		matcher.mayHoldIncluded(path);
		if (found.matched.length !== matcher.patterns.length || below.matched.length !== matcher.patterns.length) {
			return 'a match does not speak of every pattern';
		}
	}

	return undefined;
}

function mountFault(text: string): string | undefined {
	const range = {start: {line: 1, column: 1}, end: {line: 1, column: 1}};
	const flag = checkMountFlag(text);
	const plain = parseMount({text, range});
	const expanded = parseMount({text, range}, value => ({kind: 'expanded', text: value}));
	return (flag === undefined ? undefined : resultFault(flag)) ?? resultFault(plain) ?? resultFault(expanded);
}

function cacheFlagFault(text: string, direction: CacheDirection): string | undefined {
	const flag = parseCacheFlag(text, direction);
	return flag.kind === 'invalid' && (flag.message === '' || flag.hint === '') ? 'invalid without a message' : undefined;
}
