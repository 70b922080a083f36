import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

interface Json {
	readonly digest?: string;
	readonly size?: number;
	readonly mediaType?: string;
	readonly manifests?: readonly Json[];
	readonly layers?: readonly Json[];
	readonly config?: Json;
}

/** What is wrong with an OCI layout: blobs that are missing, damaged or that nothing needs, and other files. Its own reading of the format. */
export function layoutFaults(dir: string): readonly string[] {
	const faults: string[] = [];
	const wanted = new Map<string, number | undefined>();
	const follow = (json: Json): void => {
		for (const one of [
			...(json.manifests ?? []),
			...(json.layers ?? []),
			...(json.config === undefined ? [] : [json.config]),
		]) {
			const digest = one.digest ?? '';
			wanted.set(digest, one.size);
			if (/index|manifest/.test(one.mediaType ?? '')) {
				follow(JSON.parse(readFileSync(blobPath(dir, digest), 'utf8')) as Json);
			}
		}
	};
	follow(JSON.parse(readFileSync(path.join(dir, 'index.json'), 'utf8')) as Json);
	const there = readdirSync(path.join(dir, 'blobs', 'sha256'));
	for (const [digest, size] of wanted) {
		if (!there.includes(digest.slice(7))) {
			faults.push(`missing ${digest}`);
			continue;
		}

		const bytes = readFileSync(blobPath(dir, digest));
		if (bytes.length !== size || `sha256:${createHash('sha256').update(bytes).digest('hex')}` !== digest) {
			faults.push(`damaged ${digest}`);
		}
	}

	faults.push(...there.filter(name => !wanted.has(`sha256:${name}`)).map(name => `unreferenced ${name}`));
	const files = new Set(['blobs', 'index.json', 'oci-layout', 'ingest']);
	faults.push(
		...readdirSync(dir)
			.filter(name => !files.has(name))
			.map(name => `left over ${name}`),
	);
	return faults;
}

function blobPath(dir: string, digest: string): string {
	return path.join(dir, 'blobs', 'sha256', digest.slice('sha256:'.length));
}
