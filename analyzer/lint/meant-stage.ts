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

/**
 * The stage that was meant where BuildKit sees an image. Never for a name with a registry, folder, tag or digest, nor
 * for an official image of Docker Hub; and a stage built from the very image is called after it, not meant by it.
 */
export function meantStage(
	{stages}: StageGraph,
	use: {readonly kind: 'from' | 'copy' | 'mount'; readonly stage: number; readonly reference: string},
): MeantStage | undefined {
	const {kind, reference} = use;
	if (/[/:@]/.test(reference) || isOfficialImage(reference)) {
		return undefined;
	}

	if (/^\d+$/.test(reference)) {
		const numbered = stages[Number(reference)];
		return numbered === undefined || numbered.index >= use.stage ? undefined : {kind: 'number', stage: numbered};
	}

	const others = stages.filter(({index, base}) => index !== use.stage && !isSameImage(base, reference));
	if (kind === 'from') {
		const later = others.find(({index, name}) => index > use.stage && name === reference);
		if (later !== undefined) {
			return {kind: 'later', stage: later};
		}
	}

	const visible = kind === 'from' ? others.filter(({index}) => index < use.stage) : others;
	const names = visible.flatMap(({name}) => name ?? []);
	const match = reference.length < MIN_LENGTH ? undefined : suggest(reference, names);
	const meant = visible.findLast(({name}) => name !== undefined && name === match);
	return meant === undefined ? undefined : {kind: 'misspelt', stage: meant};
}

function isSameImage(base: Stage['base'], name: string): boolean {
	const left = parseReference(name);
	const right = parseReference(base.kind === 'image' ? base.reference : '');
	return (
		left.kind === 'reference' &&
		right.kind === 'reference' &&
		left.reference.domain === right.reference.domain &&
		left.reference.path === right.reference.path
	);
}
