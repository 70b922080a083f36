import nodePath from 'node:path';
import type {Diagnostic} from '../../analyzer/index.ts';
import {imageLookup} from '../images/image-lookup.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import {openPlanners} from '../open-planners.ts';
import type {Plan} from '../plan.ts';
import type {Planner, PlanRequest} from '../planner.ts';
import type {SourceFiles} from '../source-files.ts';
import type {Problem, Workspace} from '../workspace.ts';
import {assumedSame} from './assumed-same.ts';
import {type ChangedStep, changedSteps} from './changed-steps.ts';
import {comparable} from './comparable.ts';
import type {FoundRevision} from './find-revision.ts';
import {type OpenedRevision, openRevision} from './open-revision.ts';
import {readingOfPlans} from './records-of-plans.ts';
import {pathInTree, revisionFiles} from './revision-files.ts';
import type {Unkept} from './revision-source.ts';
import {sharedDisk} from './shared-disk.ts';

/** What a change rebuilds. */
export interface SinceReport {
	readonly revision: NamedCommit;
	/** What is compared with it; absent: the work tree. */
	readonly until?: NamedCommit;
	/** What had to be assumed or taken otherwise than the revision has it, one clause each. */
	readonly notes: readonly string[];
	/** One for each platform. */
	readonly plans: readonly [SincePlan, ...SincePlan[]];
}

export interface NamedCommit {
	readonly name: string;
	readonly commit: string;
}

/** The plan of now, each of its steps against the revision. */
export interface SincePlan {
	readonly plan: Plan;
	readonly steps: readonly ChangedStep[];
}

export type SinceResult =
	| {readonly kind: 'compared'; readonly report: SinceReport; readonly workspace: Workspace}
	| {readonly kind: 'failed'; readonly problem: Problem}
	/** The Dockerfile of now has mistakes. */
	| {readonly kind: 'mistakes'; readonly workspace: Workspace; readonly diagnostics: readonly Diagnostic[]};

/** Which revisions are meant. */
export interface SinceWish {
	/** Absent: where the change at hand begins. */
	readonly revision?: string;
	/** What is compared with it; absent: the work tree. */
	readonly until?: string;
	readonly env: NodeJS.ProcessEnv;
}

/**
 * Plans what the change since a revision rebuilds: its Dockerfile, ignore file and contexts are read from git, the
 * records of a cache that a build of all its stages would leave are worked out, and the steps of now are forecast
 * against them. No cache is read and no engine asked; images and URLs are the same for both.
 */
export async function planSince(
	request: PlanRequest,
	folder: string,
	client: RegistryClient,
	wish: SinceWish,
): Promise<SinceResult> {
	const {env} = wish;
	const open = (revision?: string) => openRevision({folder, env, ...(revision !== undefined && {revision})});
	const opened = open(wish.revision);
	if (opened.kind === 'failed') {
		return opened;
	}

	const later = wish.until === undefined ? undefined : open(wish.until);
	if (later?.kind === 'failed') {
		return later;
	}

	const {revision, index} = opened;
	const notes = new Set<string>(
		index.hasNewAttributes || later?.index.hasNewAttributes === true
			? [`.gitattributes have changed since: line ends and filters are taken as they are now`]
			: [],
	);
	const disk = sharedDisk();
	const lookUp = imageLookup({client, cwd: request.cwd, ...(request.localImage && {localImage: request.localImage})});
	const assumed = new Set<string>();
	const onAssumed = (reference: string, reason: string) => {
		assumed.add(reference);
		notes.add(`the image ${reference} is not known (${reason}): taken as the same for both`);
	};
	const shared: PlanRequest = {
		...comparable(request, lookUp, onAssumed),
		files: disk,
		readStdin: once(request.readStdin),
	};
	const filesOf = (one: OpenedRevision, unkept: Unkept): SourceFiles =>
		revisionFiles({...one, disk, unkept, onNote: note => notes.add(note)});
	const files = later === undefined ? disk : filesOf(later, asNow);
	const now = await openPlanners({...shared, files}, client);
	if (now.kind !== 'opened') {
		return now;
	}

	const past = (unkept: Unkept): Promise<PastPlans> =>
		planPast({...shared, files: filesOf(opened, unkept)}, client, revision.name, note => notes.add(note));
	const unkept = new Set<string>();
	const before = await past({isInDoubt: false, onFound: path => unkept.add(path)});
	if (before.kind === 'failed') {
		return before;
	}

	const doubted = unkept.size > 0 ? await past({...asNow, isInDoubt: true}) : undefined;
	const inTree = treePaths(revision.root, now.planners[0].workspace.contextDir, request);
	const plans: SincePlan[] = [];
	for (const [at, planner] of now.planners.entries()) {
		const against = async (plans: readonly Plan[]) =>
			planner.plan(request.options.target, undefined, [[readingOfPlans(plans)]]);
		const old = before.plans[at] ?? [];
		const result = await against(old);
		if (result.kind === 'failed') {
			return {kind: 'mistakes', workspace: planner.workspace, diagnostics: result.diagnostics};
		}

		const inDoubt = doubted?.kind === 'planned' ? await against(doubted.plans[at] ?? []) : undefined;
		plans.push({
			plan: result.plan,
			steps: changedSteps(
				result.plan,
				old,
				inDoubt?.kind === 'planned' ? {plan: inDoubt.plan, unkept, inTree} : undefined,
				assumedSame(result.plan, old, assumed),
			),
		});
	}

	const [first, ...others] = plans;
	if (first === undefined) {
		throw new Error('internal: no platform was planned');
	}

	const report: SinceReport = {
		revision: named(revision),
		...(later !== undefined && {until: named(later.revision)}),
		notes: [...notes],
		plans: [first, ...others],
	};
	return {kind: 'compared', report, workspace: now.planners[0].workspace};
}

type PastPlans =
	/** For each platform the plans of all leaves. */
	| {readonly kind: 'planned'; readonly plans: readonly (readonly Plan[])[]}
	| {readonly kind: 'failed'; readonly problem: Problem};

// All leaves: a step may have been one of any stage.
async function planPast(
	{options: {target: _, ...options}, ...request}: PlanRequest,
	client: RegistryClient,
	name: string,
	onNote: (note: string) => void,
): Promise<PastPlans> {
	const opened = await openPlanners({...request, options}, client);
	if (opened.kind === 'failed') {
		const {message, hint} = opened.problem;
		return failed(`at ${name}: ${message}`, hint);
	}

	if (opened.kind === 'mistakes') {
		return failed(`the Dockerfile of ${name} cannot be built: ${textOf(opened.diagnostics)}`, otherRevision);
	}

	const plans: (readonly Plan[])[] = [];
	for (const planner of opened.planners) {
		const leaves = await planLeaves(planner, reason => onNote(`at ${name} ${reason}`));
		if (leaves.kind === 'failed') {
			return failed(`the Dockerfile of ${name} cannot be built: ${leaves.reason}`, otherRevision);
		}

		plans.push(leaves.plans);
	}

	return {kind: 'planned', plans};
}

const otherRevision = 'name a revision that could be built: --since REVISION';

type LeafPlans =
	| {readonly kind: 'planned'; readonly plans: readonly Plan[]}
	| {readonly kind: 'failed'; readonly reason: string};

async function planLeaves(planner: Planner, onNote: (note: string) => void): Promise<LeafPlans> {
	const plans: Plan[] = [];
	let reason = '';
	for (const leaf of planner.places.leaves) {
		const result = await planner.plan(leaf.isDefault ? undefined : leaf.name, leaf.index);
		if (result.kind === 'planned') {
			plans.push(result.plan);
		} else {
			reason = textOf(result.diagnostics);
			onNote(`the stage ${leaf.label} cannot be built: ${reason}`);
		}
	}

	return plans.length === 0 ? {kind: 'failed', reason} : {kind: 'planned', plans};
}

// Of what contexts have, relative to the work tree's root.
function treePaths(
	root: string,
	contextDir: string,
	{contexts, cwd}: Pick<PlanRequest, 'contexts' | 'cwd'>,
): (context: string | undefined, path: string) => string {
	const folders = new Map<string | undefined, string | undefined>([
		[undefined, pathInTree(root, contextDir)],
		...contexts.map(({name, value}) => [name, pathInTree(root, nodePath.resolve(cwd, value))] as const),
	]);
	return (context, path) => {
		const folder = folders.get(context) ?? '';
		return folder === '' ? path : `${folder}/${path}`;
	};
}

// Files that git cannot tell of are taken as they are now.
const asNow: Unkept = {isInDoubt: false, onFound: () => {}};

function named({name, commit}: FoundRevision): NamedCommit {
	return {name, commit};
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
	let result: Promise<T> | undefined;
	return () => {
		result ??= read();
		return result;
	};
}

function textOf(diagnostics: readonly Diagnostic[]): string {
	const [first] = diagnostics;
	return first === undefined ? '' : `line ${first.range.start.line}: ${first.message}`;
}

function failed(message: string, hint?: string): {readonly kind: 'failed'; readonly problem: Problem} {
	return {kind: 'failed', problem: {message, ...(hint !== undefined && {hint})}};
}
