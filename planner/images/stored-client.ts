import type {Absence} from './absence.ts';
import type {ContentStore} from './content-store.ts';
import {detectMediaType} from './manifest.ts';
import type {RegistryClient} from './registry-client.ts';

/**
 * A client that keeps manifests and configs by digest. What a reference points at now is asked of the registry each
 * time, also for a digest: whether it is there is part of the answer.
 */
export function storedClient(client: RegistryClient, store: ContentStore): RegistryClient {
	return {
		...client,
		async resolve(reference) {
			const resolution = await client.resolve(reference);
			if (resolution.kind === 'found') {
				await store.write(resolution.digest, resolution.bytes);
			}

			return resolution;
		},
		manifest: (reference, digest) => kept(store, digest, () => client.manifest(reference, digest)),
		blob: (reference, digest) => kept(store, digest, () => client.blob(reference, digest)),
	};
}

const unasked: Absence = {kind: 'failed', reason: 'no registry is asked (--offline)'};
const unkept: Absence = {kind: 'failed', reason: 'no registry is asked (--offline), and it was not read before'};

/**
 * A client that asks no registry: it knows what was kept, by digest. What a tag points at may have changed since, so tags
 * are not known.
 */
export function offlineClient(store: ContentStore): RegistryClient {
	const read: RegistryClient['blob'] = async (_, digest) => {
		const bytes = await store.read(digest);
		return bytes === undefined ? unkept : {kind: 'found', bytes};
	};
	return {
		async resolve({digest}) {
			if (digest === undefined) {
				return unasked;
			}

			const bytes = await store.read(digest);
			const mediaType = bytes === undefined ? undefined : detectMediaType(bytes);
			return bytes === undefined || mediaType === undefined
				? unkept
				: {kind: 'found', digest, mediaType, bytes, source: 'disk'};
		},
		manifest: read,
		blob: read,
		blobStream: async () => unasked,
		headBlob: async () => unasked,
	};
}

type Content = Awaited<ReturnType<RegistryClient['blob']>>;

async function kept(
	store: ContentStore,
	digest: Parameters<ContentStore['read']>[0],
	fetch: () => Promise<Content>,
): Promise<Content> {
	const bytes = await store.read(digest);
	if (bytes !== undefined) {
		return {kind: 'found', bytes};
	}

	const content = await fetch();
	if (content.kind === 'found') {
		await store.write(digest, content.bytes);
	}

	return content;
}
