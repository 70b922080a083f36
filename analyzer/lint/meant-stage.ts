import {suggest} from '../dockerfile/suggest.ts';
import {parseReference} from '../graph/reference.ts';
import type {Stage, StageGraph} from '../graph/stage.ts';
import {isOfficialImage} from './official-images.ts';

/** Why a name that BuildKit takes for an image was probably meant for a stage. */
export interface MeantStage {
	/** Almost its name; its name, but it comes later, where FROM does not look; its number, which only COPY knows. */
	readonly kind: 'misspelt' | 'later' | 'number';
	readonly stage: Stage;
}

/** Names shorter than this are two edits away from nearly everything. */
const MIN_LENGTH = 4;

/** A place that names what BuildKit sees as an image. */
export interface NamedUse {
	readonly kind: 'from' | 'copy' | 'mount';
	/** Index of the stage that uses it. */
	readonly stage: number;
	readonly reference: string;
}

/**
 * Finds the stage that was meant where BuildKit sees an image. Never for a name with a registry, folder, tag or digest,
 * nor for an official image of Docker Hub; and a stage built from the very image is called after it, not meant by it.
 */
export function stageFinder({stages}: StageGraph): (use: NamedUse) => MeantStage | undefined {
	const byName = new Map<string, Stage[]>();
	for (const stage of stages) {
		if (stage.name !== undefined) {
			const known = byName.get(stage.name);
			if (known === undefined) {
				byName.set(stage.name, [stage]);
			} else {
				known.push(stage);
			}
		}
	}

	return ({kind, stage: user, reference}) => {
		if (/[/:@]/.test(reference) || isOfficialImage(reference)) {
			return undefined;
		}

		if (/^\d+$/.test(reference)) {
			const numbered = stages[Number(reference)];
			return numbered === undefined || numbered.index >= user ? undefined : {kind: 'number', stage: numbered};
		}

		const isOther = ({index, base}: Stage) => index !== user && !isSameImage(base, reference);
		const later = kind === 'from' ? byName.get(reference)?.find(one => one.index > user && isOther(one)) : undefined;
		if (later !== undefined) {
			return {kind: 'later', stage: later};
		}

		const isVisible = (one: Stage) => isOther(one) && (kind !== 'from' || one.index < user);
		const match = reference.length < MIN_LENGTH ? undefined : suggest(reference, namesOf(byName, isVisible));
		const meant = match === undefined ? undefined : byName.get(match)?.findLast(isVisible);
		return meant === undefined ? undefined : {kind: 'misspelt', stage: meant};
	};
}

/** The names of some stages, in the order of the file; looked for only as far as they are asked for. */
function* namesOf(
	byName: ReadonlyMap<string, readonly Stage[]>,
	isVisible: (stage: Stage) => boolean,
): Iterable<string> {
	for (const [name, stages] of byName) {
		if (stages.some(isVisible)) {
			yield name;
		}
	}
}

function isSameImage(base: Stage['base'], name: string): boolean {
	// Parsing takes time, and most images do not even have the name in theirs.
	if (base.kind !== 'image' || !base.reference.includes(name)) {
		return false;
	}

	const left = parseReference(name);
	const right = parseReference(base.reference);
	return (
		left.kind === 'reference' &&
		right.kind === 'reference' &&
		left.reference.domain === right.reference.domain &&
		left.reference.path === right.reference.path
	);
}
