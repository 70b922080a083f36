import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Digest, sha256} from '../../analyzer/index.ts';
import type {Keep} from '../../planner/store/keep.ts';
import {type LocalCaches, localCaches} from '../../planner/store/local-caches.ts';

/** The bytes of the layer of a step. */
export function layerText(letter: string): string {
	return letter.repeat(1000);
}

/** Writes what BuildKit does: the cache of steps of which each is made of the one before, under a tag. */
export async function writeExport(dir: string, tag: string, letters: string): Promise<void> {
	const steps = [...letters];
	const layers = steps.map((letter, index) => ({blob: sha256(layerText(letter)), parent: index - 1}));
	const records = steps.map((_, index) => ({
		digest: recordDigest(letters.slice(0, index + 1)),
		layers: [{layer: index, createdAt: '2026-01-01T00:00:00Z'}],
		...(index > 0 && {inputs: [[{link: index - 1}]]}),
	}));
	const config = JSON.stringify({layers, records});
	const describe = (text: string, mediaType: string) => ({mediaType, digest: sha256(text), size: text.length});
	const manifest = JSON.stringify({
		schemaVersion: 2,
		mediaType: 'application/vnd.oci.image.manifest.v1+json',
		config: describe(config, 'application/vnd.buildkit.cacheconfig.v0'),
		layers: steps.map(letter => describe(layerText(letter), 'application/vnd.oci.image.layer.v1.tar')),
	});
	const blobs = path.join(dir, 'blobs', 'sha256');
	await mkdir(blobs, {recursive: true});
	for (const text of [...steps.map(layerText), config, manifest]) {
		// A blob that is there is not written again.
		await writeFile(path.join(blobs, sha256(text).slice(7)), text, {flag: 'wx'}).catch(() => undefined);
	}

	const entry = {
		...describe(manifest, 'application/vnd.oci.image.manifest.v1+json'),
		annotations: {'org.opencontainers.image.ref.name': tag},
	};
	await writeFile(path.join(dir, 'index.json'), JSON.stringify({schemaVersion: 2, manifests: [entry]}));
}

/** The digest of the step that ends with these letters. */
export function recordDigest(letters: string): Digest {
	return sha256(`step ${letters}`);
}

/** What a build does with a local cache: each target is exported and taken over, then limits are applied. */
export async function buildInto(
	dir: string,
	targets: Readonly<Record<string, string>>,
	keep: Keep,
	now: number,
): Promise<ReturnType<LocalCaches['changes']>> {
	const stores = localCaches(keep, now);
	// The target that is asked for comes last.
	const mainTag = Object.keys(targets).at(-1) ?? '';
	for (const [tag, letters] of Object.entries(targets)) {
		const staged = await stores.stage(dir, {tag, mainTag, target: tag});
		if (staged !== undefined) {
			await writeExport(staged.dir, tag, letters);
			await staged.commit();
		}
	}

	await stores.finish();
	await stores.close();
	return stores.changes();
}

/** The steps that a cache holds layers of, by the letters that end with them. */
export async function stepsIn(dir: string, tag: string, known: readonly string[]): Promise<readonly string[]> {
	const blob = async (digest: string): Promise<unknown> =>
		JSON.parse(await readFile(path.join(dir, 'blobs', 'sha256', digest.slice(7)), 'utf8'));
	const index = JSON.parse(await readFile(path.join(dir, 'index.json'), 'utf8')) as {
		readonly manifests: readonly {readonly digest: string; readonly annotations: Readonly<Record<string, string>>}[];
	};
	const entry = index.manifests.find(one => one.annotations['org.opencontainers.image.ref.name'] === tag);
	if (entry === undefined) {
		return [];
	}

	const manifest = (await blob(entry.digest)) as {readonly config: {readonly digest: string}};
	const config = (await blob(manifest.config.digest)) as {
		readonly records: readonly {readonly digest: string; readonly layers?: readonly unknown[]}[];
	};
	return known.filter(letters =>
		config.records.some(one => one.digest === recordDigest(letters) && (one.layers?.length ?? 0) > 0),
	);
}
