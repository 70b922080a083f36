import {type Digest, sha256} from '../../analyzer/index.ts';

/** A repository to push to: `http://127.0.0.1:<port>` and a path. */
export interface Repository {
	readonly host: string;
	readonly path: string;
}

/** A descriptor as manifests hold it. */
export interface PushedBlob {
	readonly mediaType: string;
	readonly digest: Digest;
	readonly size: number;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly platform?: Readonly<Record<string, unknown>>;
}

export const types = {
	ociIndex: 'application/vnd.oci.image.index.v1+json',
	ociManifest: 'application/vnd.oci.image.manifest.v1+json',
	ociConfig: 'application/vnd.oci.image.config.v1+json',
	ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
	dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
	dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
	dockerConfig: 'application/vnd.docker.container.image.v1+json',
	dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
	cacheConfig: 'application/vnd.buildkit.cacheconfig.v0',
} as const;

/** Uploads a blob, a text or a value that becomes JSON, in one request. */
export async function pushBlob({host, path}: Repository, mediaType: string, content: unknown): Promise<PushedBlob> {
	const text = typeof content === 'string' ? content : JSON.stringify(content);
	const digest = sha256(text);
	const started = await fetch(`http://${host}/v2/${path}/blobs/uploads/`, {method: 'POST'});
	const url = new URL(started.headers.get('location') ?? '', started.url);
	url.searchParams.set('digest', digest);
	await expectCreated(
		await fetch(url, {method: 'PUT', body: text, headers: {'content-type': 'application/octet-stream'}}),
	);
	return {mediaType, digest, size: Buffer.byteLength(text)};
}

/** Uploads a manifest or an index under a tag; without one under its digest. */
export async function pushManifest(
	{host, path}: Repository,
	mediaType: string,
	content: Readonly<Record<string, unknown>>,
	tag?: string,
): Promise<PushedBlob> {
	const text = JSON.stringify({schemaVersion: 2, mediaType, ...content});
	const digest = sha256(text);
	const url = `http://${host}/v2/${path}/manifests/${tag ?? digest}`;
	await expectCreated(await fetch(url, {method: 'PUT', body: text, headers: {'content-type': mediaType}}));
	return {mediaType, digest, size: Buffer.byteLength(text)};
}

async function expectCreated(response: Response): Promise<void> {
	const text = await response.text();
	if (response.status !== 201) {
		throw new Error(`the registry answered ${response.status}: ${text}`);
	}
}
