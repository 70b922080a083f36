import nodePath from 'node:path';
import {compilePatterns, type NamedContexts, openContext, parseIgnoreFile} from '../analyzer/index.ts';
import {type ContextContents, namedContents} from './context-contents.ts';
import type {ContextSpec} from './context-flag.ts';
import {type AttributeReading, attributesOf} from './extended-attributes.ts';
import {withAttributes} from './sent-contents.ts';
import {diskFiles, type SourceFiles} from './source-files.ts';
import type {Problem} from './workspace.ts';

/** The contexts of `--build-context`, their folders ready to be read. */
export interface OpenedContexts {
	readonly contexts: NamedContexts;
	/** What is in each folder, by the context's name. */
	readonly contents: ReadonlyMap<string, ContextContents>;
}

export type OpenedContextsResult =
	| {readonly kind: 'opened'; readonly opened: OpenedContexts}
	| {readonly kind: 'failed'; readonly problem: Problem};

/**
 * Opens the folders among named contexts, relative to `cwd`. Of two with one name the last counts. Each folder has the
 * `.dockerignore` in it, which is passed over where it cannot be read (BuildKit frontend/dockerui/namedcontext.go).
 * `cacheDirs`: absolute folders of the caches that the build reads and writes.
 */
export async function openContexts(
	specs: readonly ContextSpec[],
	cwd: string,
	cacheDirs: readonly string[],
	attributes: AttributeReading,
	files: SourceFiles = diskFiles,
): Promise<OpenedContextsResult> {
	const contexts = new Map(specs.map(({name, context}) => [name, context]));
	const contents = new Map<string, ContextContents>();
	for (const {name, value, context} of specs) {
		if (context.kind !== 'folder') {
			continue;
		}

		const dir = nodePath.resolve(cwd, value);
		const kind = await files.kindOf(dir);
		if (kind !== 'folder') {
			const message = `the build context "${name}" is ${kind === undefined ? 'not there' : 'no folder'}: "${value}"`;
			const hint = 'name a folder, or docker-image://IMAGE, or oci-layout://FOLDER:TAG';
			return {kind: 'failed', problem: {message, hint}};
		}

		const text = await files.readFile(nodePath.join(dir, '.dockerignore')).then(
			bytes => Buffer.from(bytes).toString(),
			() => '',
		);
		const patterns = parseIgnoreFile(text);
		const compiled = compilePatterns(patterns);
		if (compiled.kind === 'failed') {
			const message = `the ignore file of the build context "${name}" has a malformed pattern "${compiled.pattern}": ${compiled.message}`;
			return {kind: 'failed', problem: {message, hint: 'close every [ with ]'}};
		}

		const matcher = patterns.length === 0 ? undefined : compiled.matcher;
		const reader = attributesOf(attributes);
		const tree = openContext(dir, matcher, reader, files.folder(dir, reader));
		contents.set(name, withAttributes(attributes, namedContents(name, dir, matcher, cacheDirs, tree)));
	}

	return {kind: 'opened', opened: {contexts, contents}};
}
