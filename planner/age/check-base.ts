import {familiarReference, parseReference} from '../../analyzer/index.ts';
import {parseManifest} from '../images/manifest.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {PinState, PlannedImage} from '../plan.ts';

/**
 * For every image that is pinned by digest and names a tag too, what the tag points at now. The builder takes the digest
 * alone and never looks (BuildKit source/containerimage), so nobody else says when a pin is behind. A pin to one
 * platform's manifest is not behind while the tag's index still lists it.
 */
export async function checkBases(
	images: readonly PlannedImage[],
	client: RegistryClient,
): Promise<readonly PlannedImage[]> {
	return Promise.all(
		images.map(async image => {
			const pin = await pinState(image.reference, client);
			return pin === undefined ? image : {...image, pin};
		}),
	);
}

async function pinState(text: string, client: RegistryClient): Promise<PinState | undefined> {
	const parsed = parseReference(text);
	if (parsed.kind === 'invalid' || parsed.reference.tag === undefined || parsed.reference.digest === undefined) {
		return undefined;
	}

	const {digest, ...tagged} = parsed.reference;
	const tag = familiarReference(tagged);
	const now = await client.resolve(tagged);
	switch (now.kind) {
		case 'missing': {
			return {kind: 'open', tag, reason: 'the registry has no such tag any more'};
		}

		case 'failed': {
			return {kind: 'open', tag, reason: now.reason};
		}

		case 'found': {
			const manifest = parseManifest(now.bytes);
			const isListed = manifest.kind === 'index' && manifest.manifests.some(one => one.digest === digest);
			return now.digest === digest || isListed
				? {kind: 'current', tag, digest: now.digest}
				: {kind: 'behind', tag, digest: now.digest};
		}
	}
}
