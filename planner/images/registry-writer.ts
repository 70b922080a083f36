import type {Digest} from '../../analyzer/index.ts';
import type {Absence} from './absence.ts';
import {type BodySource, createSend} from './http-request.ts';
import {noRoutes, type RegistryReference} from './registry-address.ts';
import type {RegistryClientOptions} from './registry-client.ts';
import {registryHttp} from './registry-http.ts';
import {createRepositoryRequest} from './repository-request.ts';

/** Writes to registries. Nothing throws; each reason is one sentence. */
export interface RegistryWriter {
	/** Uploads a blob, unless the repository has it (distribution-spec, "Pushing a blob monolithically"). */
	putBlob(reference: RegistryReference, digest: Digest, bytes: Uint8Array | BodySource): Promise<Written>;
	/** Puts a manifest under the reference's tag, or its digest without one; what it names has to be there already. */
	putManifest(reference: RegistryReference, mediaType: string, bytes: Uint8Array): Promise<Written>;
}

/** `wasThere`: nothing had to be sent. */
export type Written = {readonly kind: 'written'; readonly wasThere?: true} | Absence;

const maxAnswerBytes = 1 << 20;

/** How many times an upload may begin. */
const maxUploads = 3;

/** A writer that keeps the tokens it got, one per repository. */
export function createRegistryWriter(options: RegistryClientOptions): RegistryWriter {
	const send = createSend(registryHttp(options));
	const request = createRepositoryRequest(send, options.credentials, options.routes ?? noRoutes);
	const maxBytes = maxAnswerBytes;
	const upload = async (
		reference: RegistryReference,
		digest: Digest,
		bytes: Uint8Array | BodySource,
		left: number,
	): Promise<Written> => {
		const uploads = {method: 'POST', path: 'blobs/uploads/', headers: {}, body: '', maxBytes, expects: 202} as const;
		const begun = await request(reference, uploads, send);
		if (begun.kind !== 'answer') {
			return begun;
		}

		const place = begun.headers.get('location') ?? '';
		const location = `${place}${place.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
		const headers = {'content-type': 'application/octet-stream'};
		const wish = {
			method: 'PUT',
			path: 'blobs/uploads/',
			location,
			headers,
			body: bytes,
			maxBytes,
			expects: 201,
		} as const;
		const ended = await request(reference, wish, send);
		// An upload that was cut off is gone when it is tried again: it has to begin anew.
		return ended.kind === 'missing' && left > 1
			? upload(reference, digest, bytes, left - 1)
			: ended.kind === 'answer'
				? {kind: 'written'}
				: ended;
	};

	return {
		async putBlob(reference, digest, bytes) {
			const path = `blobs/${digest}`;
			const present = await request(reference, {method: 'HEAD', path, headers: {}, maxBytes}, send);
			if (present.kind === 'answer') {
				return {kind: 'written', wasThere: true};
			}

			return upload(reference, digest, bytes, maxUploads);
		},
		async putManifest(reference, mediaType, bytes) {
			const path = `manifests/${reference.tag ?? reference.digest ?? 'latest'}`;
			const headers = {'content-type': mediaType};
			const wish = {method: 'PUT', path, headers, body: bytes, maxBytes, expects: 201} as const;
			const ended = await request(reference, wish, send);
			return ended.kind === 'answer' ? {kind: 'written'} : ended;
		},
	};
}
