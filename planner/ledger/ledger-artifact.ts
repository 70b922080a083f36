import {type Digest, sha256} from '../../analyzer/index.ts';
import {parseManifest} from '../images/manifest.ts';

/** The media type of a ledger's bytes, compressed. */
const ledgerType = 'application/vnd.cachecast.ledger.v2+json+br';

/** Those of all versions that are read. */
const knownTypes: readonly string[] = [ledgerType, 'application/vnd.cachecast.ledger.v1+json+gzip'];

export const artifactManifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A ledger as it lies in a registry or a folder: an OCI artifact (image-spec, "Guidelines for Artifact Usage"). */
export interface LedgerArtifact {
	readonly manifest: ArtifactBlob;
	/** What the manifest leads to: the empty config that artifacts have, and the ledger. */
	readonly blobs: readonly ArtifactBlob[];
}

export interface ArtifactBlob {
	readonly digest: Digest;
	readonly bytes: Uint8Array;
}

/** Wraps the bytes of a ledger; the same bytes make the same artifact. */
export function ledgerArtifact(ledger: Uint8Array): LedgerArtifact {
	const config = blobOf(new TextEncoder().encode('{}'));
	const layer = blobOf(ledger);
	const manifest = {
		schemaVersion: 2,
		mediaType: artifactManifestType,
		artifactType: 'application/vnd.cachecast.ledger.v2',
		config: descriptor('application/vnd.oci.empty.v1+json', config),
		layers: [descriptor(ledgerType, layer)],
	};
	return {manifest: blobOf(new TextEncoder().encode(JSON.stringify(manifest))), blobs: [config, layer]};
}

/** The blob of a ledger that a manifest leads to; nothing where it is no ledger's. */
export function ledgerBlob(manifest: Uint8Array): Digest | undefined {
	const parsed = parseManifest(manifest);
	return parsed.kind === 'image'
		? parsed.layers.find(({mediaType = ''}) => knownTypes.includes(mediaType))?.digest
		: undefined;
}

function blobOf(bytes: Uint8Array): ArtifactBlob {
	return {digest: sha256(bytes), bytes};
}

function descriptor(mediaType: string, {digest, bytes}: ArtifactBlob) {
	return {mediaType, digest, size: bytes.byteLength};
}
