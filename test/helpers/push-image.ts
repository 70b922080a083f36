import type {Digest} from '../../analyzer/index.ts';
import {type PushedBlob, pushBlob, pushManifest, type Repository, types} from './push.ts';

/** An image in a registry. */
export interface PushedImage {
	readonly index: PushedBlob;
	readonly layers: readonly Digest[];
}

/** Pushes an image as BuildKit does: an index of it and of an attestation, which is another one each time. */
export async function pushImage(
	repository: Repository,
	tag: string,
	text: string,
	attestation: string,
): Promise<PushedImage> {
	const layer = await pushBlob(repository, types.ociLayer, `layer ${text}`);
	const config = await pushBlob(repository, types.ociConfig, {os: 'linux', architecture: 'amd64', text});
	const image = await pushManifest(repository, types.ociManifest, {config, layers: [layer]});
	const proof = await pushBlob(repository, types.ociConfig, {attestation});
	const proofs = await pushManifest(repository, types.ociManifest, {config: proof, layers: []});
	const manifests = [
		{...image, platform: {os: 'linux', architecture: 'amd64'}},
		{
			...proofs,
			platform: {os: 'unknown', architecture: 'unknown'},
			annotations: {'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image.digest},
		},
	];
	return {index: await pushManifest(repository, types.ociIndex, {manifests}, tag), layers: [layer.digest]};
}
