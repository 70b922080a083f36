import type {StepName} from './step-preimage.ts';

/**
 * For each step of one build the step of an earlier one that it stands for, by its id: in the stage of the same name,
 * else of the same place, steps with the same text in the same order, and between them steps of the same instruction.
 */
export function matchSteps<T extends StepName>(
	before: readonly T[],
	after: readonly StepName[],
): ReadonlyMap<string, T> {
	const matches = new Map<string, T>();
	const old = byStage(before);
	const now = byStage(after);
	for (const [stage, steps] of now) {
		const place = steps[0]?.id.split(':')[0];
		const renamed = [...old].find(([name, [first]]) => !now.has(name) && first?.id.split(':')[0] === place);
		matchStage(old.get(stage) ?? renamed?.[1] ?? [], steps, matches);
	}

	return matches;
}

function byStage<T extends StepName>(steps: readonly T[]): ReadonlyMap<string, readonly T[]> {
	const stages = new Map<string, T[]>();
	for (const step of steps) {
		const known = stages.get(step.stage);
		if (known === undefined) {
			stages.set(step.stage, [step]);
		} else {
			known.push(step);
		}
	}

	return stages;
}

function matchStage<T extends StepName>(
	before: readonly T[],
	after: readonly StepName[],
	matches: Map<string, T>,
): void {
	let gap: StepName[] = [];
	const places = placesOf(before);
	let taken = 0;
	for (const step of after) {
		const same = places.get(step.text) ?? [];
		while (same[0] !== undefined && same[0] < taken) {
			same.shift();
		}

		const [place] = same;
		if (place === undefined) {
			gap.push(step);
			continue;
		}

		const found = before[place];
		fillGap(before.slice(taken, place), gap, matches);
		gap = [];
		taken = place + 1;
		if (found !== undefined) {
			matches.set(step.id, found);
		}
	}

	fillGap(before.slice(taken), gap, matches);
}

function placesOf(steps: readonly StepName[]): ReadonlyMap<string, number[]> {
	const places = new Map<string, number[]>();
	for (const [index, {text}] of steps.entries()) {
		const known = places.get(text);
		if (known === undefined) {
			places.set(text, [index]);
		} else {
			known.push(index);
		}
	}

	return places;
}

function fillGap<T extends StepName>(before: readonly T[], after: readonly StepName[], matches: Map<string, T>): void {
	let rest = before;
	for (const step of after) {
		const at = rest.findIndex(({keyword}) => keyword === step.keyword);
		const found = rest[at];
		if (found !== undefined) {
			matches.set(step.id, found);
			rest = rest.slice(at + 1);
		}
	}
}
