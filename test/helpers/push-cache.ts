import {type Digest, sha256} from '../../analyzer/index.ts';
import {ledgerArtifact} from '../../planner/ledger/ledger-artifact.ts';
import {type PushedBlob, pushBlob, pushManifest, type Repository, types} from './push.ts';
import {layerText, recordDigest} from './store-export.ts';

/** Pushes what BuildKit does with type=registry: steps of which each is made of the one before. */
export async function pushCache(
	repository: Repository,
	tag: string,
	letters: string,
	form: 'image' | 'index' = 'image',
): Promise<PushedBlob> {
	const layers = await pushLayers(repository, letters);
	const config = await pushBlob(repository, types.cacheConfig, {
		layers: layers.map(({digest}, index) => ({blob: digest, parent: index - 1})),
		records: recordsOf(letters),
	});
	return form === 'image'
		? pushManifest(repository, types.ociManifest, {config, layers}, tag)
		: pushManifest(repository, types.ociIndex, {manifests: [...layers, config]}, tag);
}

/** Pushes an image, as of a stage with its inline cache. */
export async function pushImage(
	repository: Repository,
	tag: string | undefined,
	letters: string,
	{created = '2026-01-01T00:00:00Z', isCached = true}: {readonly created?: string; readonly isCached?: boolean} = {},
): Promise<PushedBlob> {
	const layers = await pushLayers(repository, letters);
	const config = await pushBlob(repository, types.ociConfig, {
		os: 'linux',
		architecture: 'amd64',
		created,
		rootfs: {type: 'layers', diff_ids: layers.map(({digest}) => digest)},
		...(isCached && {
			'moby.buildkit.cache.v0': Buffer.from(JSON.stringify(recordsOf(letters))).toString('base64'),
		}),
	});
	return pushManifest(repository, types.ociManifest, {config, layers}, tag);
}

/** Pushes what a build notes beside a cache. */
export async function pushLedger(repository: Repository, tag: string, text: string): Promise<void> {
	const {manifest, blobs} = ledgerArtifact(Buffer.from(text));
	for (const {bytes} of blobs) {
		await pushBlob(repository, '', Buffer.from(bytes).toString());
	}

	await pushManifest(repository, types.ociManifest, JSON.parse(Buffer.from(manifest.bytes).toString()), tag);
}

/** The manifest that a tag points at; undefined without one. */
export async function digestOf({host, path}: Repository, tag: string): Promise<Digest | undefined> {
	const accept = [types.ociManifest, types.ociIndex].join(', ');
	const answer = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, {headers: {accept}});
	const bytes = new Uint8Array(await answer.arrayBuffer());
	return answer.status === 200 ? sha256(bytes) : undefined;
}

function pushLayers(repository: Repository, letters: string): Promise<readonly PushedBlob[]> {
	return Promise.all([...letters].map(letter => pushBlob(repository, types.ociLayer, layerText(letter))));
}

function recordsOf(letters: string): readonly unknown[] {
	return [...letters].map((_, index) => ({
		digest: recordDigest(letters.slice(0, index + 1)),
		layers: [{layer: index, createdAt: '2026-01-01T00:00:00Z'}],
		...(index > 0 && {inputs: [[{link: index - 1}]]}),
	}));
}
