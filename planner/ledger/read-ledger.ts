import path from 'node:path';
import type {CacheSpec} from '../caches/cache-source.ts';
import type {CacheAccess} from '../caches/read-cache.ts';
import {registryReference} from '../caches/registry.ts';
import {readLayoutBlob, selectFromLayout} from '../images/oci-layout.ts';
import type {Ledger} from './ledger.ts';
import {ledgerBlob} from './ledger-artifact.ts';
import {ledgerTag} from './ledger-tag.ts';
import {parseLedger} from './parse-ledger.ts';

/**
 * The ledger beside a cache; nothing where there is none, or it cannot be read: a plan is the same without it, only its
 * causes say less.
 */
export async function readLedger(spec: CacheSpec, {client, cwd}: CacheAccess): Promise<Ledger | undefined> {
	switch (spec.kind) {
		case 'local': {
			const dir = path.resolve(cwd, spec.dir);
			const selected = await selectFromLayout(dir, ledgerTag(spec.tag));
			const manifest = selected.kind === 'digest' ? await readLayoutBlob(dir, selected.digest) : undefined;
			const digest = manifest?.kind === 'found' ? ledgerBlob(manifest.bytes) : undefined;
			const blob = digest === undefined ? undefined : await readLayoutBlob(dir, digest);
			return blob?.kind === 'found' ? parseLedger(blob.bytes) : undefined;
		}

		case 'registry': {
			const reference = registryReference(spec);
			if (reference === undefined || reference.digest !== undefined) {
				return undefined;
			}

			const found = await client.resolve({...reference, tag: ledgerTag(reference.tag ?? 'latest')});
			const digest = found.kind === 'found' ? ledgerBlob(found.bytes) : undefined;
			const blob = digest === undefined ? undefined : await client.blob(reference, digest);
			return blob?.kind === 'found' ? parseLedger(blob.bytes) : undefined;
		}

		default: {
			return undefined;
		}
	}
}
