import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Diagnostic, Range, SourceFile} from '../../analyzer/index.ts';
import type {Problem} from '../workspace.ts';
import type {ConfigProblem, ConfigValue} from './config-value.ts';
import {extendConfig, type LintConfig, noConfig} from './lint-config.ts';
import {parseYaml} from './parse-yaml.ts';
import {readLint} from './read-lint.ts';
import {itemsOf, membersOf, textOf} from './read-members.ts';

export type ConfigLoading =
	| {readonly kind: 'loaded'; readonly config: LintConfig}
	/** The file that was asked for cannot be read. */
	| {readonly kind: 'unreadable'; readonly problem: Problem}
	/** What is wrong in it or in what it extends, and the files to quote. */
	| {
			readonly kind: 'invalid';
			readonly diagnostics: readonly Diagnostic[];
			readonly sources: ReadonlyMap<string, SourceFile>;
	  };

/**
 * Reads a configuration file and what it extends, what comes later counting more: the files it extends in their order,
 * then its own settings. Paths are shown relative to `cwd`.
 */
export async function loadConfig(file: string, cwd: string): Promise<ConfigLoading> {
	const loader: Loader = {cwd, diagnostics: new Map(), sources: new Map(), reads: 0};
	const absolute = path.resolve(cwd, file);
	const first = await readText(absolute);
	if (first.kind === 'failed') {
		return {
			kind: 'unreadable',
			problem: {message: `the configuration "${file}" ${first.reason}`, hint: 'name one with --config FILE'},
		};
	}

	const config = await readConfig(absolute, first.text, [], loader);
	return loader.diagnostics.size === 0
		? {kind: 'loaded', config}
		: {kind: 'invalid', diagnostics: [...loader.diagnostics.values()], sources: loader.sources};
}

/** More files than anyone means; two that each name the next one twice would double without end. */
const maxReads = 100;

interface Loader {
	readonly cwd: string;
	/** By what they say: a file that two others extend is wrong once. */
	readonly diagnostics: Map<string, Diagnostic>;
	readonly sources: Map<string, SourceFile>;
	reads: number;
}

async function readConfig(
	file: string,
	text: string,
	/** Absolute paths of the files that led here. */
	above: readonly string[],
	loader: Loader,
): Promise<LintConfig> {
	const shown = shownPath(file, loader.cwd);
	loader.sources.set(shown, {path: shown, text});
	const tell = (problem: ConfigProblem) => {
		loader.diagnostics.set(JSON.stringify([shown, problem]), {
			rule: 'config',
			severity: 'error',
			file: shown,
			...problem,
		});
	};
	const parsed = await parseYaml(text, /\.jsonc?$/.test(file) ? 'json' : 'yaml');
	if (parsed.kind === 'failed') {
		for (const problem of parsed.problems) {
			tell(problem);
		}

		return noConfig;
	}

	if (parsed.value === undefined) {
		return noConfig;
	}

	const members = membersOf(parsed.value, 'a configuration', ['$schema', 'extends', 'lint'], tell);
	const trail = [...above, file];
	let config = noConfig;
	for (const {name, range} of extendedFiles(members.get('extends')?.value, tell)) {
		const next = path.resolve(path.dirname(file), name);
		config = extendConfig(config, await readExtended(next, range, trail, loader, tell));
	}

	const lint = members.get('lint');
	return lint === undefined ? config : extendConfig(config, readLint(lint.value, path.dirname(file), tell));
}

async function readExtended(
	file: string,
	range: Range,
	trail: readonly string[],
	loader: Loader,
	tell: (problem: ConfigProblem) => void,
): Promise<LintConfig> {
	const at = trail.indexOf(file);
	if (at !== -1) {
		const circle = [...trail.slice(at), file].map(one => shownPath(one, loader.cwd)).join(' → ');
		tell({message: `the files extend one another in a circle: ${circle}`, range});
		return noConfig;
	}

	if (++loader.reads > maxReads) {
		tell({message: `more than ${maxReads} files would be read`, range});
		return noConfig;
	}

	const read = await readText(file);
	if (read.kind === 'failed') {
		tell({
			message: `"${shownPath(file, loader.cwd)}" ${read.reason}`,
			range,
			hint: 'the path is relative to the file that names it',
		});
		return noConfig;
	}

	return readConfig(file, read.text, trail, loader);
}

function extendedFiles(
	value: ConfigValue | undefined,
	tell: (problem: ConfigProblem) => void,
): readonly {readonly name: string; readonly range: Range}[] {
	if (value === undefined) {
		return [];
	}

	// `extends:` with nothing behind it names none.
	const items = value.kind === 'scalar' && value.value !== null ? [value] : itemsOf(value, 'extends', tell);
	return items.flatMap(item => {
		const name = textOf(item, 'a file of extends', tell);
		return name === undefined ? [] : [{name, range: item.range}];
	});
}

type Read =
	| {readonly kind: 'text'; readonly text: string}
	/** Goes on behind the name of the file. */
	| {readonly kind: 'failed'; readonly reason: string};

async function readText(file: string): Promise<Read> {
	try {
		return {kind: 'text', text: (await readFile(file, 'utf8')).replace(/^\ufeff/, '')};
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		return {
			kind: 'failed',
			reason: code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read: ${code}`,
		};
	}
}

function shownPath(file: string, cwd: string): string {
	const relative = path.relative(cwd, file);
	return relative === '' || path.isAbsolute(relative) ? file : relative.replaceAll(path.sep, '/');
}
