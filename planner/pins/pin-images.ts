import {
	type BuildOptions,
	type Digest,
	familiarReference,
	type LintPolicy,
	lackOf,
	newestDialect,
	type PinPlace,
	parseOnce,
	parseReference,
	pinPlaces,
	type Range,
	resolveStages,
	type SourceFile,
	waiverOf,
	withDefaultTag,
} from '../../analyzer/index.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import {applyEdits, type Edit} from './edits.ts';
import {daysBetween, imageDate} from './image-age.ts';

/** Which images of a file are pinned. */
export interface PinWish {
	readonly options: BuildOptions;
	/** Waived images stay as they are. */
	readonly policy: LintPolicy;
	/** Pins that are behind their tag are moved forward too. */
	readonly update: boolean;
	/** Only images at these places; absent: all. */
	readonly only?: (range: Range) => boolean;
	readonly client: RegistryClient;
}

/** One image that was pinned or moved forward. */
export interface PinChange {
	/** Where its name ends; in the default of an ARG perhaps. */
	readonly range: Range;
	/** With its tag, without a digest. */
	readonly image: string;
	readonly from?: Digest;
	readonly to: Digest;
	/** By how many days the new image is younger than the old one, as far as both tell. */
	readonly days?: number;
}

/** One image that could not be pinned, for the reason in one sentence. */
export interface PinFailure {
	readonly range: Range;
	readonly image: string;
	readonly reason: string;
}

/** A file with its images pinned. */
export interface PinnedFile {
	readonly source: SourceFile;
	/** The new text; the same as the old one where nothing changes. */
	readonly text: string;
	readonly changes: readonly PinChange[];
	readonly failures: readonly PinFailure[];
}

/** Pins the images of a file to what their tags are now. Nothing but names of images changes, and nothing is written. */
export async function pinImages(source: SourceFile, wish: PinWish): Promise<PinnedFile> {
	const results = await Promise.all(placesOf(source, wish).map(place => pinPlace(place, wish)));
	const edits = new Map<string, Pinned>();
	for (const result of results) {
		if (result.kind === 'pinned') {
			edits.set(JSON.stringify(result.edit.range), result);
		}
	}

	const pinned = [...edits.values()];
	return {
		source,
		text: applyEdits(
			source.text,
			pinned.map(({edit}) => edit),
		),
		changes: pinned.map(({change}) => change),
		failures: results.flatMap(result => (result.kind === 'failed' ? [result.failure] : [])),
	};
}

// What is wrong with a file is for lint to say.
function placesOf(source: SourceFile, {options, policy, update, only}: PinWish): readonly PinPlace[] {
	const parsed = parseOnce(source);
	const resolved =
		parsed.kind === 'parsed' ? resolveStages(parsed.dockerfile, options, newestDialect) : {kind: 'failed' as const};
	if (parsed.kind === 'failed' || resolved.kind === 'failed') {
		return [];
	}

	return pinPlaces({dockerfile: parsed.dockerfile, options, graph: resolved.graph}).filter(({use}) => {
		const isWanted = lackOf(use, policy) !== undefined || (update && isPinnedTag(use.reference));
		return isWanted && waiverOf(use.reference, policy)?.kind !== 'holds' && (only === undefined || only(use.range));
	});
}

function isPinnedTag(text: string): boolean {
	const parsed = parseReference(text);
	return parsed.kind === 'reference' && parsed.reference.tag !== undefined && parsed.reference.digest !== undefined;
}

interface Pinned {
	readonly kind: 'pinned';
	readonly edit: Edit;
	readonly change: PinChange;
}

type PinResult = Pinned | {readonly kind: 'same'} | {readonly kind: 'failed'; readonly failure: PinFailure};

async function pinPlace(place: PinPlace, {client, options}: PinWish): Promise<PinResult> {
	const {reference: name, range} = place.use;
	const failed = (reason: string): PinResult => ({kind: 'failed', failure: {range, image: name, reason}});
	const parsed = parseReference(name);
	if (parsed.kind === 'invalid') {
		return failed(parsed.message);
	}

	if (place.kind === 'none') {
		return failed(place.reason);
	}

	const {digest: from, ...tagged} = withDefaultTag(parsed.reference);
	const now = await client.resolve(tagged);
	if (now.kind !== 'found') {
		return failed(now.kind === 'missing' ? 'its registry has no such image' : now.reason);
	}

	const {digest: to} = now;
	if (from === to) {
		return {kind: 'same'};
	}

	const platform = options.platform ?? options.buildPlatform;
	const [before, after] =
		from === undefined
			? []
			: await Promise.all([imageDate(client, tagged, from, platform), imageDate(client, tagged, to, platform)]);
	const image = familiarReference(tagged);
	return {
		kind: 'pinned',
		edit: {range: place.range, text: pinnedText(place.text, parsed.reference.tag === undefined, to)},
		change: {
			range: place.range,
			image,
			...(from !== undefined && {from}),
			to,
			...(before !== undefined && after !== undefined && {days: daysBetween(before, after)}),
		},
	};
}

// The text may be no more than the digest, where it is the default of an ARG.
function pinnedText(text: string, isWithoutTag: boolean, digest: Digest): string {
	const old = /(?:sha256|sha384|sha512):[0-9a-f]+$/.exec(text);
	return old === null ? `${text}${isWithoutTag ? ':latest' : ''}@${digest}` : `${text.slice(0, old.index)}${digest}`;
}
