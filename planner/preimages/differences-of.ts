import {fileDifferences} from './file-changes.ts';
import {isSameMark, type Mark} from './mark.ts';
import type {Change, StepDifference, Uses} from './step-difference.ts';
import type {BasePart, StepPreimage} from './step-preimage.ts';

/**
 * What is different in the key of a step, the most telling first; `before` is the same step of another build, absent
 * where it had none. `uses` says which steps have a build argument. Empty where the key is made of the same things.
 */
export function differencesOf(
	before: StepPreimage | undefined,
	after: StepPreimage,
	uses: (name: string) => Uses | undefined = () => undefined,
): readonly StepDifference[] {
	if (before === undefined) {
		return [{kind: 'new'}];
	}

	const isReworded = before.text !== after.text;
	const own: readonly StepDifference[] = [
		...(isReworded ? [{kind: 'text', before: before.text, after: after.text} as const] : []),
		...variableDifferences('arg', before.args, after.args, uses),
		...variableDifferences('env', before.env, after.env, () => undefined),
		...remoteDifferences(before, after),
		...baseDifferences(before.bases, after.bases),
		...after.reads.flatMap(read => {
			const old = before.reads.find(one => one.context === read.context);
			return old === undefined ? [] : fileDifferences(old, read);
		}),
	];
	return own.length === 0 && !isSameMark(before.definition, after.definition) ? [{kind: 'options'}] : own;
}

function variableDifferences(
	kind: 'arg' | 'env',
	before: ReadonlyMap<string, Mark>,
	after: ReadonlyMap<string, Mark>,
	uses: (name: string) => Uses | undefined,
): readonly StepDifference[] {
	return [...new Set([...before.keys(), ...after.keys()])].flatMap(name => {
		const change = changeOf(before.get(name), after.get(name));
		const used = uses(name);
		return change === undefined ? [] : [{kind, name, change, ...(used !== undefined && {uses: used})}];
	});
}

function changeOf(before: Mark | undefined, after: Mark | undefined): Change | undefined {
	if (before === undefined) {
		return 'added';
	}

	if (after === undefined) {
		return 'removed';
	}

	return isSameMark(before, after) ? undefined : 'changed';
}

function remoteDifferences(before: StepPreimage, after: StepPreimage): readonly StepDifference[] {
	return after.remotes.flatMap(({written, mark}) => {
		const old = before.remotes.find(one => one.written === written)?.mark;
		return old === undefined || mark === undefined || isSameMark(old, mark) ? [] : [{kind: 'remote', written}];
	});
}

// Images are told apart by their names; of one name that went and one that came, the one took the place of the other.
function baseDifferences(before: readonly BasePart[], after: readonly BasePart[]): readonly StepDifference[] {
	const gone = before.filter(({written}) => !after.some(one => one.written === written));
	return after.flatMap((now): readonly StepDifference[] => {
		const old = before.find(one => one.written === now.written);
		if (old === undefined) {
			const [other] = gone;
			return other === undefined ? [] : [{kind: 'base-name', before: other.written, after: now.written}];
		}

		const layers = old.layers === undefined || now.layers === undefined ? {} : {layers: now.layers - old.layers};
		return old.digest === now.digest
			? []
			: [{kind: 'base', written: now.written, before: old.digest, after: now.digest, ...layers}];
	});
}
