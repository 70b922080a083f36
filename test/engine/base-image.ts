import {copyFile, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {buildx} from './buildx.ts';
import {busyboxIn, type TestEngine} from './test-engine.ts';

export interface BaseImageOptions {
	readonly tag?: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	/** Files of one more layer: path in the image → text. */
	readonly files?: Readonly<Record<string, string>>;
	/** Further Dockerfile lines, at the end. */
	readonly lines?: readonly string[];
}

export interface MadeImage {
	/** `127.0.0.1:PORT/name:tag`. */
	readonly reference: string;
	/** Of its manifest in the registry. */
	readonly digest: string;
}

/**
 * Makes a base image of nothing but a static busybox and a user "app" (1000), and pushes it to the engine's registry, without attestations so
 * that its digest is that of one manifest. Throws with the engine's words when it cannot.
 */
export async function makeBaseImage(
	engine: TestEngine,
	name: string,
	options: BaseImageOptions = {},
): Promise<MadeImage> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-base-'));
	try {
		const reference = `${engine.registry}/${name}:${options.tag ?? 'latest'}`;
		await copyFile(busyboxIn(engine.programs.tools), path.join(folder, 'busybox'));
		const files = Object.entries(options.files ?? {});
		await Promise.all(files.map(([, text], index) => writeFile(path.join(folder, `file-${index}`), text)));
		await writeFile(
			path.join(folder, 'Dockerfile'),
			[
				'FROM scratch',
				'COPY --chmod=755 busybox /bin/busybox',
				'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
				// Without these two files BuildKit 0.25 refuses every USER, numbers too: "unable to find user".
				String.raw`RUN mkdir -p /etc && printf 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' > /etc/passwd && printf 'root:x:0:\napp:x:1000:\n' > /etc/group`,
				'ENV PATH=/usr/local/bin:/usr/bin:/bin',
				...files.map(([target], index) => `COPY ${JSON.stringify([`file-${index}`, target])}`),
				...Object.entries(options.labels ?? {}).map(([key, value]) => `LABEL ${key}=${quoted(value)}`),
				...Object.entries(options.env ?? {}).map(([key, value]) => `ENV ${key}=${quoted(value)}`),
				...(options.lines ?? []),
				'',
			].join('\n'),
		);
		const metadata = path.join(folder, 'metadata.json');
		const result = await buildx(engine, [
			'build',
			'--provenance=false',
			'--push',
			`--tag=${reference}`,
			`--metadata-file=${metadata}`,
			folder,
		]);
		if (result.exitCode !== 0) {
			throw new Error(`the base image "${reference}" cannot be made: ${result.stderr}`);
		}
		const {'containerimage.digest': digest} = JSON.parse(await readFile(metadata, 'utf8')) as Record<string, string>;
		if (digest === undefined) {
			throw new Error(`buildx tells no digest of "${reference}"`);
		}
		return {reference, digest};
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

/** A word of a Dockerfile that stands for exactly this text. */
function quoted(text: string): string {
	return `"${text.replaceAll(/["\\$]/g, String.raw`\$&`)}"`;
}
