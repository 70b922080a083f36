import {differencesOf} from '../preimages/differences-of.ts';
import {matchSteps} from '../preimages/match-steps.ts';
import type {StepDifference} from '../preimages/step-difference.ts';
import type {StepName, StepPreimage} from '../preimages/step-preimage.ts';
import {usesIn} from '../preimages/uses-in.ts';
import type {Ledger, LedgerStep} from './ledger.ts';

/** What became of a step between two ledgers. */
export interface ComparedStep {
	/** As the later ledger has it; one that is gone as the earlier one. */
	readonly step: StepName;
	/**
	 * `follows`: it is made of the same, and stands on a step that is another one. `unknown`: a ledger does not have all
	 * that it is made of.
	 */
	readonly change: 'same' | 'changed' | 'follows' | 'new' | 'gone' | 'unknown';
	/** Line of the first step it stands on that is another one. */
	readonly follows?: number;
	/** What is another one in its own key. */
	readonly differences: readonly StepDifference[];
}

/**
 * Compares what two ledgers say the keys of steps are made of, in the order of the later file; steps that are gone stand
 * behind those of their stage. Marks are short, so that two values in 256 that differ count as equal; a whole definition
 * has 32 bits.
 */
export function compareLedgers(before: Ledger, after: Ledger): readonly ComparedStep[] {
	const later = inOrder(after.steps);
	const matches = matchSteps(inOrder(before.steps), later);
	const uses = usesIn(later);
	const compared = new Map<string, ComparedStep>();
	// What a step stands on comes before it.
	for (const step of later) {
		const old = matches.get(step.id);
		const differences = old === undefined ? [] : differencesOf(old, step, uses);
		const parent = step.parents.map(id => compared.get(id)).find(one => one !== undefined && one.change !== 'same');
		const change =
			old === undefined
				? 'new'
				: differences.length > 0
					? 'changed'
					: !isComparable(old, step) || parent?.change === 'unknown'
						? 'unknown'
						: parent === undefined
							? 'same'
							: 'follows';
		compared.set(step.id, {
			step,
			change,
			...(parent !== undefined && {follows: parent.step.line}),
			differences,
		});
	}

	const kept = new Set<StepName>(matches.values());
	const gone = before.steps.filter(step => !kept.has(step));
	return byStage([
		...compared.values(),
		...inOrder(gone).map((step): ComparedStep => ({step, change: 'gone', differences: []})),
	]);
}

// A stage's ledger may stand behind that of a later one: type=stages builds them one by one.
function inOrder(steps: readonly LedgerStep[]): readonly LedgerStep[] {
	return [...steps].sort((a, b) => a.line - b.line);
}

function byStage(steps: readonly ComparedStep[]): readonly ComparedStep[] {
	const stages = [...new Set(steps.map(({step}) => step.stage))];
	return stages.flatMap(stage => steps.filter(({step}) => step.stage === stage));
}

// Of what one of them does not have it cannot be said that it is the same.
function isComparable(before: StepPreimage, after: StepPreimage): boolean {
	const isWhole = ({reads, remotes}: StepPreimage) =>
		reads.every(({files}) => files !== undefined) && remotes.every(({mark}) => mark !== undefined);
	const namesOf = ({reads, remotes}: StepPreimage) =>
		JSON.stringify([reads.map(({context}) => context ?? null), remotes.map(({written}) => written)]);
	return isWhole(before) && isWhole(after) && namesOf(before) === namesOf(after);
}
