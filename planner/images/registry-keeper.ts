import type {Digest} from '../../analyzer/index.ts';
import {asArray, asString, member, parseJson} from '../json-value.ts';
import type {Absence} from './absence.ts';
import {createSend} from './http-request.ts';
import {noRoutes, type RegistryReference} from './registry-address.ts';
import type {RegistryClientOptions} from './registry-client.ts';
import {registryHttp} from './registry-http.ts';
import {createRepositoryRequest} from './repository-request.ts';

/** Looks after a repository as a whole. Nothing throws; each reason is one sentence. */
export interface RegistryKeeper {
	/** All tags of a repository, in the order of the registry (distribution-spec, "Listing Tags"). */
	tags(reference: RegistryReference): Promise<TagList>;
	/** Removes a manifest, and with it every tag that points at it (distribution-spec, "Deleting Manifests"). */
	deleteManifest(reference: RegistryReference, digest: Digest): Promise<Removed>;
}

export type TagList =
	| {readonly kind: 'tags'; readonly tags: readonly string[]}
	/** There may be tags, which this registry does not tell: why, in one sentence. */
	| {readonly kind: 'failed'; readonly reason: string};

export type Removed = {readonly kind: 'removed'} | Absence;

const maxPageBytes = 16 << 20;
const pageSize = 1000;
/** A million tags; a registry whose list has no end must not hold us. */
const maxPages = 1000;

/** A keeper that keeps the tokens it got, one per repository. */
export function createRegistryKeeper(options: RegistryClientOptions): RegistryKeeper {
	const send = createSend(registryHttp(options));
	const request = createRepositoryRequest(send, options.credentials, options.routes ?? noRoutes);
	return {
		async tags(reference) {
			const {domain, path: name} = reference;
			const cannot = `registry "${domain}" does not list the tags of "${name}"`;
			const tags = new Set<string>();
			let location: string | undefined;
			for (let page = 0; page < maxPages; page++) {
				const wish = {
					method: 'GET',
					path: `tags/list?n=${pageSize}`,
					headers: {accept: 'application/json'},
					maxBytes: maxPageBytes,
					isOwn: true,
					refusals: {405: `${cannot} (405)`},
					...(location !== undefined && {location}),
				} as const;
				const answer = await request(reference, wish, send);
				if (answer.kind !== 'answer') {
					const why =
						answer.kind === 'missing' ? `${cannot} (404): it has no such repository, or no lists` : answer.reason;
					return {kind: 'failed', reason: why};
				}

				// Go writes an empty list as null.
				const found = asArray(member(parseJson(answer.bytes), 'tags') ?? []);
				if (found === undefined) {
					return {kind: 'failed', reason: `${cannot}: its answer is no list`};
				}

				for (const tag of found) {
					tags.add(asString(tag) ?? '');
				}

				location = nextPage(answer.headers.get('link') ?? '');
				if (location === undefined) {
					return {kind: 'tags', tags: [...tags].filter(tag => tag !== '')};
				}
			}

			return {kind: 'failed', reason: `${cannot}: the list has no end`};
		},
		async deleteManifest(reference, digest) {
			const {domain} = reference;
			const reason = `registry "${domain}" lets nobody delete manifests; its operator can allow that, or has rules of retention`;
			const wish = {
				method: 'DELETE',
				path: `manifests/${digest}`,
				headers: {},
				maxBytes: maxPageBytes,
				expects: 202,
				refusals: {400: `${reason} (400)`, 405: `${reason} (405)`},
			} as const;
			const answer = await request(reference, wish, send);
			return answer.kind === 'answer' ? {kind: 'removed'} : answer;
		},
	};
}

/** The address in a Link header whose relation is `next` (RFC 8288). */
function nextPage(link: string): string | undefined {
	const [, address] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link) ?? [];
	return address;
}
