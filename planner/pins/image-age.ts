import type {Digest, Platform} from '../../analyzer/index.ts';
import {parseImageConfig} from '../images/image-config.ts';
import {parseManifest} from '../images/manifest.ts';
import {pickPlatform} from '../images/platform-match.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';

/** Images that are reproducible are made on the first day of 1970, or of 1980. */
const firstYear = 1990;

/** When an image was made, by its config on a platform or, if it is not for that, on the first it has; undefined: not told. */
export async function imageDate(
	client: RegistryClient,
	reference: RegistryReference,
	digest: Digest,
	platform: Platform,
): Promise<Date | undefined> {
	const config = await configOf(client, reference, digest, platform, 0);
	const date = new Date(config?.created ?? Number.NaN);
	return Number.isNaN(date.getTime()) || date.getUTCFullYear() < firstYear ? undefined : date;
}

async function configOf(
	client: RegistryClient,
	reference: RegistryReference,
	digest: Digest,
	platform: Platform,
	depth: number,
): Promise<ReturnType<typeof parseImageConfig>> {
	const content = await client.manifest(reference, digest);
	const manifest = content.kind === 'found' ? parseManifest(content.bytes) : undefined;
	if (manifest?.kind === 'index') {
		const next = pickPlatform(manifest.manifests, platform) ?? manifest.manifests[0];
		// An index may hold indexes; nobody nests them deeper.
		return next === undefined || depth > 3 ? undefined : configOf(client, reference, next.digest, platform, depth + 1);
	}

	const blob = manifest?.kind === 'image' ? await client.blob(reference, manifest.config.digest) : undefined;
	return blob?.kind === 'found' ? parseImageConfig(blob.bytes) : undefined;
}

/** Whole days from one date to another. */
export function daysBetween(from: Date, to: Date): number {
	return Math.round((to.getTime() - from.getTime()) / 86_400_000);
}
