import type {Digest} from '../../analyzer/index.ts';
import type {RegistryReference} from '../images/registry-address.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import {configOf} from '../store/stored-cache.ts';
import {resultProblems, type StoreFinding, type Verification} from '../store/verify.ts';
import {inParallel} from './in-parallel.ts';
import {fullName} from './list-remote.ts';
import {type RemoteAccess, type RemoteSpec, readFamily, remoteFamily} from './remote-cache.ts';

/**
 * Looks whether a registry has all of a cache: every manifest can be read, every config and layer is there with the size
 * that its manifest says (by HEAD, nothing is fetched), caches in images can be read, and records have their layers.
 */
export async function verifyRemote(spec: RemoteSpec, access: RemoteAccess): Promise<Verification> {
	const found = await remoteFamily(spec, access);
	if (found.kind === 'failed') {
		return {findings: [{kind: 'damage', problem: found.reason}], blobs: 0, bytes: 0};
	}

	const {family} = found;
	const entries = await readFamily(family, access);
	const findings: StoreFinding[] = entries.length === 0 ? [{kind: 'damage', problem: 'there is no cache'}] : [];
	const wanted = new Map<Digest, {readonly size: number | undefined; readonly tag: string; readonly isRead: boolean}>();
	for (const one of entries) {
		const tag = fullName(family, one.tag);
		if (one.kind === 'missing' || one.kind === 'broken') {
			findings.push({kind: 'damage', tag, problem: one.kind === 'broken' ? one.problem : 'it is not there'});
			continue;
		}

		const {kind, reason = '', manifest, config, manifests, blobs} = one;
		const layers = (config?.layers ?? []).map(({blob, size}) => [blob, size] as const);
		for (const [digest, size] of [...layers, ...blobs]) {
			wanted.set(digest, {size, tag, isRead: manifests.has(digest)});
		}

		const lost = one.isPure ? await lostResults(manifest.bytes, family.reference, access.client) : [];
		for (const problem of [...(kind === 'other' ? [reason] : []), ...lost]) {
			findings.push({kind: 'damage', tag, problem});
		}
	}

	const blobs = [...wanted];
	const problems = await inParallel(blobs, async ([digest, {size, isRead}]) =>
		isRead ? undefined : presenceProblem(digest, size, family.reference, access.client),
	);
	for (const [index, [, {tag}]] of blobs.entries()) {
		const problem = problems[index];
		findings.push(...(problem === undefined ? [] : [{kind: 'damage', tag, problem} as const]));
	}

	return {
		findings,
		blobs: blobs.length,
		bytes: blobs.reduce((sum, [, {size}]) => sum + (size ?? 0), 0),
		...(family.open !== undefined && {note: `there may be more: ${family.open}`}),
	};
}

async function lostResults(
	manifest: Uint8Array,
	reference: RegistryReference,
	client: RegistryClient,
): Promise<readonly string[]> {
	const config = configOf(manifest);
	const content = config === undefined ? undefined : await client.blob(reference, config.digest);
	return content?.kind === 'found' ? resultProblems(manifest, content.bytes) : [];
}

async function presenceProblem(
	digest: Digest,
	size: number | undefined,
	reference: RegistryReference,
	client: RegistryClient,
): Promise<string | undefined> {
	const found = await client.headBlob(reference, digest);
	if (found.kind !== 'found') {
		return found.kind === 'missing' ? `blob ${digest} is not there` : `blob ${digest}: ${found.reason}`;
	}

	return found.size === (size ?? found.size) || found.size === undefined
		? undefined
		: `blob ${digest} has ${found.size} bytes instead of ${size}`;
}
