import {type Digest, formatPlatform, type KeyInput, type Step, sha256, type Vertex} from '../analyzer/index.ts';
import type {Outcome} from './found.ts';
import type {Plan} from './plan.ts';
import type {VertexKeys} from './vertex-keys.ts';

/** Tells the steps of several plans apart. */
export interface StepNames {
	/** One name for a step that is the same in several plans, with the same forecast. */
	nameOf(plan: Plan, step: Step): string;
	/** The platforms whose builds have a step, as they are written; empty where all plans are for one platform. */
	platformsOf(name: string): readonly string[];
	/** Whether plans of two platforms have a step in common that one finds in its cache, and the other not. */
	areAtOdds(one: Plan, other: Plan): boolean;
}

/**
 * Within one platform a step's id tells it apart. Of two platforms it is one step where its cache key is the same, as on
 * stages of `--platform=$BUILDPLATFORM` that do not look at the target: BuildKit then builds it once. Where a part of the
 * key is open it cannot be known to be the same. Each platform has caches of its own, so forecasts may differ: then both
 * are told.
 */
export function stepNames(plans: readonly Plan[]): StepNames {
	if (new Set(plans.map(({platform}) => formatPlatform(platform))).size < 2) {
		return {nameOf: (_, step) => step.id, platformsOf: () => [], areAtOdds: () => false};
	}

	const names = new Map<string, string>();
	const ofForecasts = new Map<string, string>();
	const platforms = new Map<string, readonly string[]>();
	const outcomes = new Map<Plan, ReadonlyMap<string, Outcome>>();
	const placeOf = ({platform}: Plan, {id}: Step) => `${id} ${formatPlatform(platform)}`;
	for (const plan of new Set(plans)) {
		const identify = identities(plan.keys);
		const own = new Map<string, Outcome>();
		outcomes.set(plan, own);
		for (const {step, outcome} of plan.stages.flatMap(stage => stage.steps)) {
			const place = placeOf(plan, step);
			const identity = step.vertex === undefined ? undefined : identify(step.vertex);
			const key = `${step.id} ${identity ?? formatPlatform(plan.platform)}`;
			own.set(key, outcome);
			if (!names.has(place)) {
				const name = ofForecasts.get(`${key} ${outcome}`) ?? place;
				names.set(place, name);
				ofForecasts.set(`${key} ${outcome}`, name);
				platforms.set(name, [...(platforms.get(name) ?? []), formatPlatform(plan.platform)]);
			}
		}
	}

	return {
		nameOf: (plan, step) => names.get(placeOf(plan, step)) ?? step.id,
		platformsOf: name => platforms.get(name) ?? [],
		areAtOdds(one, other) {
			const others = outcomes.get(other);
			return (
				formatPlatform(one.platform) !== formatPlatform(other.platform) &&
				[...(outcomes.get(one) ?? [])].some(([key, outcome]) => (others?.get(key) ?? outcome) !== outcome)
			);
		},
	};
}

// A digest over all that the keys of a vertex are made of; undefined where a part of it is open.
function identities(keys: VertexKeys): (vertex: Vertex) => Digest | undefined {
	const known = new Map<Vertex, Digest | undefined>();
	const identify = (vertex: Vertex): Digest | undefined => {
		if (!known.has(vertex)) {
			const parts = partsOf(vertex);
			known.set(vertex, parts?.includes(undefined) === false ? sha256(JSON.stringify(parts)) : undefined);
		}

		return known.get(vertex);
	};
	const partsOf = (vertex: Vertex): readonly (string | undefined)[] | undefined => {
		const result = keys.cacheMap(vertex);
		switch (result.kind) {
			case 'known': {
				return [...result.map.digests, ...result.map.inputs.flatMap(inputParts)];
			}

			case 'unknown': {
				return undefined;
			}

			// The files of a context count where something is selected of them.
			case 'keyless': {
				return ['context'];
			}
		}
	};
	const inputParts = (input: KeyInput): readonly (string | undefined)[] => {
		const {vertex, selector = '', content} = input;
		const files = vertex.kind === 'context' && content !== undefined ? keys.content(input) : undefined;
		return [
			identify(vertex),
			selector,
			vertex.kind !== 'context' ? '' : files?.kind === 'digest' ? files.digest : undefined,
		];
	};
	return identify;
}
