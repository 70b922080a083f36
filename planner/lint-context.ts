import {readdir, readFile} from 'node:fs/promises';
import nodePath from 'node:path';
import {
	compilePatterns,
	type Dockerfile,
	isRemote,
	type LintKnowledge,
	parseIgnoreFile,
	parseOnce,
	type SourceFile,
} from '../analyzer/index.ts';

/**
 * What lint can tell of the context that a Dockerfile is built with: its ignore file and the names at its top. It is the
 * Dockerfile's own folder or `cwd`, whichever first has all that COPY, ADD and mounts name; nothing where none does, or
 * the file comes from standard input (`-`).
 */
export async function lintContext(
	source: SourceFile,
	path: string,
	cwd: string,
): Promise<Pick<LintKnowledge, 'context' | 'ignore'>> {
	const parsed = path === '-' ? undefined : parseOnce(source);
	if (parsed?.kind !== 'parsed') {
		return {};
	}

	const file = nodePath.resolve(cwd, path);
	const own = nodePath.dirname(file);
	const top = nodePath.resolve(cwd);
	const wanted = topNames(parsed.dockerfile);
	for (const dir of new Set([own, top])) {
		const names: readonly string[] = await readdir(dir).catch(() => []);
		// Without a name to go by, a file further down may be built from anywhere.
		const isSure = wanted.size > 0 || (dir === own && (dir === top || names.includes('.dockerignore')));
		if (isSure && [...wanted].every(name => names.includes(name))) {
			return knowledgeOf(dir, names, file);
		}
	}

	return {};
}

async function knowledgeOf(
	dir: string,
	names: readonly string[],
	file: string,
): Promise<Pick<LintKnowledge, 'context' | 'ignore'>> {
	const text = await firstText([`${file}.dockerignore`, nodePath.join(dir, '.dockerignore')]);
	const compiled = text === undefined ? undefined : compilePatterns(parseIgnoreFile(text));
	// A malformed pattern ends a build: nobody knows what it would have left out.
	if (compiled?.kind === 'failed') {
		return {};
	}

	const inside = nodePath.relative(dir, file).replaceAll(nodePath.sep, '/');
	return {
		context: {names, ...(!/^\.\.(?:\/|$)/.test(inside) && {dockerfile: inside})},
		...(compiled !== undefined && {ignore: compiled.matcher}),
	};
}

async function firstText(files: readonly string[]): Promise<string | undefined> {
	for (const file of files) {
		const text = await readFile(file, 'utf8').catch(() => undefined);
		if (text !== undefined) {
			return text;
		}
	}

	return undefined;
}

/** The first folder or file of each path that is read from the context, as far as it stands there as it is. */
function topNames({stages}: Dockerfile): ReadonlySet<string> {
	const paths = stages.flatMap(({instructions}) =>
		instructions.flatMap(one => {
			switch (one.kind) {
				case 'copy':
				case 'add': {
					const isOwn = one.kind === 'add' || one.from === undefined;
					return isOwn ? one.sources.map(({text}) => text) : [];
				}

				case 'run': {
					return one.mounts.flatMap(({type, from, source}) =>
						type === 'bind' && from === undefined ? (source ?? []) : [],
					);
				}

				default: {
					return [];
				}
			}
		}),
	);
	const plain = paths.filter(path => !isRemote(path) && !/[$*?[\\'"]/.test(path));
	return new Set(
		plain.map(path => path.replace(/^(?:\.?\/)+/, '').split('/', 1)[0] ?? '').filter(name => !/^\.{0,2}$/.test(name)),
	);
}
