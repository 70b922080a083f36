import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {blobFile} from '../images/oci-layout.ts';
import {artifactManifestType, type LedgerArtifact} from '../ledger/ledger-artifact.ts';
import {isLedgerTag, ledgerTag} from '../ledger/ledger-tag.ts';
import {withLock} from './folder-lock.ts';
import {type LayoutEntry, newEntry} from './layout-index.ts';
import {makeWorkFolder} from './owner.ts';
import {entriesOf, takeOver} from './take-over.ts';

/** Puts a ledger beside the cache of a tag; false where that cache is not there. Throws where the folder cannot be written. */
export async function storeLedger(dir: string, tag: string, {manifest, blobs}: LedgerArtifact): Promise<boolean> {
	return withLock(dir, async () => {
		const entries = await entriesOf(dir);
		const cache = entries.find(entry => entry.tag === tag);
		if (cache === undefined) {
			return false;
		}

		const staged = await makeWorkFolder(dir, 'export');
		try {
			for (const {digest, bytes} of [...blobs, manifest]) {
				const file = blobFile(staged.dir, digest);
				await mkdir(path.dirname(file), {recursive: true});
				await writeFile(file, bytes);
			}

			const entry = newEntry(
				{digest: manifest.digest, size: manifest.bytes.byteLength, mediaType: artifactManifestType},
				{tag: ledgerTag(tag), mainTag: cache.mainTag ?? tag},
			);
			const others = entries.filter(one => one.tag !== entry.tag);
			await takeOver(dir, withoutOrphans([...others, entry]), staged.dir);
			return true;
		} finally {
			await staged.remove();
		}
	});
}

/** Entries without the ledgers of caches that are not among them. */
export function withoutOrphans(entries: readonly LayoutEntry[]): readonly LayoutEntry[] {
	const kept = new Set(entries.map(({tag = ''}) => ledgerTag(tag)));
	return entries.filter(({tag = ''}) => !isLedgerTag(tag) || kept.has(tag));
}
