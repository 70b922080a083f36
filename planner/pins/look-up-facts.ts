import {
	type BuildOptions,
	type Digest,
	familiarReference,
	formatPlatform,
	type ImageFacts,
	type ImageReference,
	imageKey,
	type LintKnowledge,
	type MovedTag,
	type Platform,
	parseReference,
	type SourceFile,
	withDefaultTag,
} from '../../analyzer/index.ts';
import {parseImageConfig} from '../images/image-config.ts';
import {imageLookup} from '../images/image-lookup.ts';
import {type Manifest, parseManifest} from '../images/manifest.ts';
import {pickPlatform} from '../images/platform-match.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import {daysBetween, imageDate} from './image-age.ts';
import {namedImages} from './named-images.ts';

/** What lint asks registries. */
export interface FactsWish {
	/** For each platform that is built. */
	readonly options: readonly [BuildOptions, ...BuildOptions[]];
	readonly client: RegistryClient;
	readonly cwd: string;
}

/** What registries say about the images of a file; nothing for one whose stages cannot be resolved. */
export async function lookUpFacts(
	source: SourceFile,
	{options, client, cwd}: FactsWish,
): Promise<Pick<LintKnowledge, 'images' | 'registry'>> {
	const {references, requests} = namedImages(source, options);
	const built = options.length;
	const facts = Array.from(references, async (reference): Promise<readonly [string, ImageFacts]> => {
		const wanted = requests.filter(request => request.reference === reference).map(({platform}) => platform);
		return [reference, await factsOf(reference, wanted, built, client)];
	});
	const lookUp = imageLookup({client, cwd});
	const images = requests.map(
		async request => [imageKey(request.reference, request.platform), await lookUp(request)] as const,
	);
	return {registry: new Map(await Promise.all(facts)), images: new Map(await Promise.all(images))};
}

async function factsOf(
	text: string,
	wanted: readonly Platform[],
	built: number,
	client: RegistryClient,
): Promise<ImageFacts> {
	const parsed = parseReference(text);
	if (parsed.kind === 'invalid') {
		return {kind: 'open', reason: parsed.message};
	}

	const reference = withDefaultTag(parsed.reference);
	const named = await client.resolve(reference);
	if (named.kind !== 'found') {
		return named.kind === 'missing' ? named : {kind: 'open', reason: named.reason};
	}

	const manifest = parseManifest(named.bytes);
	if (manifest.kind === 'invalid') {
		return {kind: 'open', reason: manifest.problem};
	}

	const platforms = await platformsOf(manifest, reference, client);
	const moved = await movedTag(reference, named.digest, wanted[0], client);
	return {
		kind: 'served',
		isSingle: manifest.kind === 'image',
		...(platforms !== undefined && {platforms}),
		lacking: platforms === undefined ? [] : lackingOf(wanted, platforms),
		built,
		...(moved !== undefined && {moved}),
	};
}

/** Absent where one of them is not told. */
async function platformsOf(
	manifest: Manifest,
	reference: ImageReference,
	client: RegistryClient,
): Promise<readonly Platform[] | undefined> {
	if (manifest.kind === 'image') {
		const blob = await client.blob(reference, manifest.config.digest);
		const platform = blob.kind === 'found' ? parseImageConfig(blob.bytes)?.platform : undefined;
		return platform === undefined ? undefined : [platform];
	}

	// Attestations have the platform "unknown/unknown".
	const platforms = manifest.manifests.map(({platform}) => platform).filter(one => one?.os !== 'unknown');
	return platforms.every(one => one !== undefined) ? platforms : undefined;
}

function lackingOf(wanted: readonly Platform[], platforms: readonly Platform[]): readonly Platform[] {
	const candidates = platforms.map(platform => ({platform}));
	const lacking = wanted.filter(platform => pickPlatform(candidates, platform) === undefined);
	return [...new Map(lacking.map(platform => [formatPlatform(platform), platform])).values()];
}

/** What the tag of a pin is now. A pin to one platform's image is not behind while the tag's index still lists it. */
async function movedTag(
	{digest: pinned, ...tagged}: ImageReference,
	named: Digest,
	platform: Platform | undefined,
	client: RegistryClient,
): Promise<MovedTag | undefined> {
	const now = pinned === undefined || tagged.tag === undefined ? undefined : await client.resolve(tagged);
	if (now?.kind !== 'found' || now.digest === named) {
		return undefined;
	}

	const manifest = parseManifest(now.bytes);
	if (manifest.kind === 'index' && manifest.manifests.some(one => one.digest === named)) {
		return undefined;
	}

	const [before, after] =
		platform === undefined
			? []
			: await Promise.all([
					imageDate(client, tagged, named, platform),
					imageDate(client, tagged, now.digest, platform),
				]);
	return {
		image: familiarReference(tagged),
		digest: now.digest,
		...(before !== undefined && after !== undefined && {days: daysBetween(before, after)}),
	};
}
