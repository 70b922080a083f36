import {lstatSync} from 'node:fs';
import nodePath from 'node:path';
import {compilePatterns, parseIgnoreFile, type Step} from '../../analyzer/index.ts';
import {imageLookup} from '../images/image-lookup.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {Plan} from '../plan.ts';
import {openPlanner, type PlanRequest} from '../planner.ts';
import {type ChangedStep, changedSteps} from '../revisions/changed-steps.ts';
import {comparable} from '../revisions/comparable.ts';
import {readingOfPlans} from '../revisions/records-of-plans.ts';
import {sharedDisk} from '../revisions/shared-disk.ts';
import type {Problem, Workspace} from '../workspace.ts';
import {withChangedFile} from './changed-file.ts';
import {storyTeller} from './step-story.ts';

/** Where a file stands to a build. */
export interface FileStory {
	/** From the folder that the context is, with forward slashes. */
	readonly path: string;
	readonly isThere: boolean;
	/** What it is beside, or instead of, a file of the context. */
	readonly role: 'dockerfile' | 'ignore-file' | 'context';
	/** The pattern that leaves it out of the context. */
	readonly ignoredBy?: IgnoredBy;
	/** The steps that read it. */
	readonly readers: readonly Step[];
	/** What would be rebuilt, or may be, if it changed (if it came, where it is not there). */
	readonly rebuilt: readonly ChangedStep[];
}

export interface IgnoredBy {
	readonly pattern: string;
	/** Absent where the pattern is cachecast's own, which leaves out its caches. */
	readonly file?: string;
	readonly line?: number;
}

export type FileStoryResult =
	| {readonly kind: 'told'; readonly story: FileStory; readonly plan: Plan}
	| {readonly kind: 'failed'; readonly problem: Problem};

/**
 * Works out what reads a file, and what would be rebuilt if it changed: the target is planned with the file as it is and
 * with another content, and the keys are compared. No cache is read. `file` is absolute.
 */
export async function fileStory(request: PlanRequest, client: RegistryClient, file: string): Promise<FileStoryResult> {
	const lookUp = imageLookup({client, cwd: request.cwd});
	const disk = sharedDisk();
	const shared: PlanRequest = {...comparable(request, lookUp, () => {}), files: disk};
	const planned = await planOnce(shared, client);
	if (planned.kind === 'failed') {
		return planned;
	}

	const {plan, workspace} = planned;
	const path = nodePath.relative(workspace.contextDir, file).replaceAll(nodePath.sep, '/');
	const role =
		file === workspace.dockerfilePath ? 'dockerfile' : file === workspace.ignoreFile?.path ? 'ignore-file' : 'context';
	const isInside = path !== '..' && !path.startsWith('../') && !nodePath.isAbsolute(path);
	const ignoredBy = isInside ? ignoringPattern(workspace, path) : undefined;
	const tell = storyTeller(plan);
	const isRead = (context: string | undefined, read: string): boolean =>
		nodePath.resolve(folderOf(request, workspace, context), read) === file;
	const readers = plan.stages
		.flatMap(({steps}) => steps)
		.filter(one => tell(one).reads.some(({context, files}) => files.some(read => isRead(context, read.path))))
		.map(({step}) => step);
	const isThere = exists(file);
	const after = await planOnce({...shared, files: withChangedFile(file, disk)}, client, [plan]);
	return {
		kind: 'told',
		plan,
		story: {
			path: isInside ? path : file,
			isThere,
			role,
			...(ignoredBy !== undefined && {ignoredBy}),
			readers,
			// What could not be built with another content is nothing to count on.
			rebuilt:
				after.kind === 'failed'
					? []
					: changedSteps(after.plan, [plan], undefined, new Map()).filter(
							({change}) => change === 'rebuilt' || change === 'unknown',
						),
		},
	};
}

type Planned =
	| {readonly kind: 'planned'; readonly plan: Plan; readonly workspace: Workspace}
	| {readonly kind: 'failed'; readonly problem: Problem};

async function planOnce(request: PlanRequest, client: RegistryClient, against: readonly Plan[] = []): Promise<Planned> {
	const opened = await openPlanner(request, client);
	if (opened.kind === 'failed') {
		return opened;
	}

	const caches = against.length > 0 ? [[readingOfPlans(against)]] : [];
	const result =
		opened.kind === 'mistakes' ? opened : await opened.planner.plan(request.options.target, undefined, caches);
	if (result.kind === 'planned' && opened.kind === 'opened') {
		return {kind: 'planned', plan: result.plan, workspace: opened.planner.workspace};
	}

	const [first] = 'diagnostics' in result ? result.diagnostics : [];
	const message = first === undefined ? 'it cannot be planned' : `line ${first.range.start.line}: ${first.message}`;
	return {kind: 'failed', problem: {message, hint: 'cachecast plan shows the place'}};
}

function folderOf({contexts, cwd}: PlanRequest, {contextDir}: Workspace, context: string | undefined): string {
	const value = contexts.find(({name}) => name === context)?.value;
	return value === undefined ? contextDir : nodePath.resolve(cwd, value);
}

function exists(file: string): boolean {
	return lstatSync(file, {throwIfNoEntry: false}) !== undefined;
}

// The last pattern that matches decides; of several that are alike the last.
function ignoringPattern({matcher, ignoreFile}: Workspace, path: string): IgnoredBy | undefined {
	const parts = path.split('/');
	let info: ReturnType<NonNullable<typeof matcher>['matches']> | undefined;
	for (const [at] of parts.entries()) {
		info = matcher?.matches(parts.slice(0, at + 1).join('/'), info);
	}

	const pattern = info?.excluded === true ? matcher?.patterns[info.matched.lastIndexOf(true)]?.text : undefined;
	if (pattern === undefined) {
		return undefined;
	}

	const lines = ignoreFile?.text.split('\n') ?? [];
	const line = lines.findLastIndex(text => {
		const compiled = compilePatterns(parseIgnoreFile(text));
		const [own] = compiled.kind === 'compiled' ? compiled.matcher.patterns : [];
		return own?.text === pattern && !own.inverted;
	});
	return {
		pattern,
		...(line !== -1 && ignoreFile !== undefined && {file: nodePath.basename(ignoreFile.path), line: line + 1}),
	};
}
