import {familiarReference} from '../../analyzer/index.ts';
import {counts, type ListedCache, type ListResult} from '../store/list.ts';
import {storedRecords} from '../store/stored-record.ts';
import {tagPart} from './cache-tags.ts';
import {type RemoteAccess, type RemoteFamily, type RemoteSpec, readFamily, remoteFamily} from './remote-cache.ts';

/** Lists the caches of a registry that belong to one that is named: every leaf, stage and platform. */
export async function listRemote(spec: RemoteSpec, access: RemoteAccess): Promise<ListResult> {
	const found = await remoteFamily(spec, access);
	if (found.kind === 'failed') {
		return found;
	}

	const {family} = found;
	const entries = await readFamily(family, access);
	const only = entries.length === 1 ? entries[0] : undefined;
	if (entries.length === 0 || (only?.kind === 'broken' && family.tags.length === 1)) {
		const why = only?.kind === 'broken' ? only.problem : 'there is no cache';
		return {kind: 'failed', reason: family.open === undefined ? why : `${why}; ${family.open}`};
	}

	const sizes = new Map(entries.flatMap(one => ('blobs' in one ? [...one.blobs] : [])));
	const sum = (all: Iterable<number | undefined>): number => [...all].reduce<number>((a, b) => a + (b ?? 0), 0);
	const caches = entries.map((one): ListedCache => {
		const {target} = tagPart(family.mainTag, one.tag);
		const records = 'config' in one && one.config !== undefined ? storedRecords(one.config, () => 0) : [];
		return {
			tag: fullName(family, one.tag),
			...(target !== undefined && {target}),
			kind: one.kind === 'missing' ? 'broken' : one.kind,
			...counts(records),
			bytes: 'blobs' in one ? sum(one.blobs.values()) : 0,
		};
	});
	return {
		kind: 'listed',
		listing: {
			caches,
			bytes: sum(sizes.values()),
			...(family.open !== undefined && {note: `there may be more: ${family.open}`}),
		},
	};
}

/** A tag of a family as people write it. */
export function fullName({reference: {tag: _, digest: __, ...repository}}: RemoteFamily, tag: string): string {
	const name = familiarReference(repository);
	return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`;
}
