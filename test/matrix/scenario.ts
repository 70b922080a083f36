import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {BuildEvent, BuildOutcome} from '../../planner/index.ts';
import type {CacheKind, CachePlace} from './cache-kinds.ts';
import {type ComparedStep, compare, isToldWhole} from './compare.ts';
import {writeContext} from './context-files.ts';
import type {MatrixCase, Mutation, Project} from './matrix-case.ts';
import {buildProject, type Laid, layProject, planProject, type World} from './world.ts';

/** What came of one case with one mutation. */
export type ScenarioResult =
	/** `failure`: why the build ended early. */
	| {readonly kind: 'compared'; readonly steps: readonly ComparedStep[]; readonly failure?: string}
	/** Plan and build both refuse it. */
	| {readonly kind: 'refused'}
	| {readonly kind: 'inapplicable'}
	/** One refuses what the other takes. */
	| {readonly kind: 'disagreed'; readonly message: string};

/** A case whose cache is written, or the engine's words for why it is not. */
export type Exported =
	| {readonly kind: 'exported'; readonly place: CachePlace}
	| {readonly kind: 'failed'; readonly message: string};

/** Builds a case on an emptied engine and exports its cache. */
export async function exportCase(world: World, one: MatrixCase, cache: CacheKind): Promise<Exported> {
	const name = `${one.name}-${Math.random().toString(36).slice(2, 8)}`;
	const place = cache.place(world.engine.test, name);
	await world.engine.wipe();
	const events: BuildEvent[] = [];
	const outcome = await inProject(one, async project => {
		const laid = await layProject(world, project, place.from);
		return buildProject(world, laid, place, event => events.push(event));
	});
	await world.engine.wipe();
	if (outcome.kind === 'built') {
		return {kind: 'exported', place};
	}

	const said = 'message' in outcome ? outcome.message : outcome.kind;
	const logs = events.flatMap(event => (event.kind === 'log' ? event.text : []));
	return {kind: 'failed', message: `it cannot be built: ${said}\n${logs.join('')}`};
}

/** Changes a case, plans it twice, builds it on an emptied engine with the exported cache, and compares every step. */
export async function runScenario(
	world: World,
	one: MatrixCase,
	mutation: Mutation,
	place: CachePlace,
): Promise<ScenarioResult> {
	return inProject(one, async unchanged => {
		const project = await mutation.apply(unchanged);
		if (project === undefined) {
			return {kind: 'inapplicable'};
		}

		const laid = await layProject(world, project, place.from);
		const plan = await planProject(laid, world.engine.dialect);
		const detected = await planProject(laid);
		const {outcome, events} = await buildEmptied(world, laid, events => {
			return plan.kind === 'failed' || isToldWhole(plan.plan, events);
		});
		if (outcome.kind === 'lost' || outcome.kind === 'aborted') {
			throw new Error(`the engine is gone: ${outcome.kind === 'lost' ? outcome.message : 'no answer in time'}`);
		}

		if (plan.kind === 'failed') {
			const said = plan.diagnostics.map(({message}) => message).join('; ');
			return outcome.kind === 'failed'
				? {kind: 'refused'}
				: {kind: 'disagreed', message: `the plan refuses, the build does not: ${said}`};
		}

		if (detected.kind === 'failed') {
			return {kind: 'disagreed', message: 'only the plan without a dialect refuses'};
		}

		const isBuilt = outcome.kind === 'built';
		const steps = compare(plan.plan, detected.plan, events, isBuilt);
		const isRunFailure = steps.some(step => step.happened === 'ran');
		// What cannot be looked up here cannot be built either, and the plan says so.
		const isUnresolved = plan.plan.images.some(({result}) => result.kind === 'unresolved');
		if (!isBuilt && isUnresolved) {
			return {kind: 'refused'};
		}

		return isBuilt || isRunFailure
			? {kind: 'compared', steps, ...(!isBuilt && {failure: outcome.message})}
			: {kind: 'disagreed', message: `the build refuses, the plan does not: ${outcome.message}`};
	});
}

// buildx can end before it has told of all steps when a build takes no time: then it is asked once more.
async function buildEmptied(
	world: World,
	laid: Laid,
	isEnough: (events: readonly BuildEvent[]) => boolean,
): Promise<{readonly outcome: BuildOutcome; readonly events: readonly BuildEvent[]}> {
	for (let tries = 1; ; tries++) {
		await world.engine.empty();
		const events: BuildEvent[] = [];
		const outcome = await buildProject(world, laid, undefined, event => events.push(event));
		if (outcome.kind !== 'built' || tries === 3 || isEnough(events)) {
			return {outcome, events};
		}
	}
}

async function inProject<Result>(one: MatrixCase, use: (project: Project) => Promise<Result>): Promise<Result> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-matrix-'));
	try {
		await writeContext(one, dir);
		return await use({dir, dockerfile: one.dockerfile, flags: one.flags, base: 'base'});
	} finally {
		await rm(dir, {recursive: true, force: true});
	}
}
