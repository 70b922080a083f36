import {createHash} from 'node:crypto';
import {copyFile, mkdtemp, rm, writeFile} from 'node:fs/promises';
import http from 'node:http';
import type {AddressInfo} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {makeBaseImage} from '../engine/base-image.ts';
import {buildx} from '../engine/buildx.ts';
import {busyboxIn, type TestEngine} from '../engine/test-engine.ts';

/** What the names in braces stand for: images in the engine's registry, and a file on a web server. */
export interface Surroundings {
	readonly names: Readonly<Record<string, string>>;
	stop(): Promise<void>;
}

const users = {
	'/etc/passwd': 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\nnode:x:1001:1001::/:/bin/sh\n',
	'/etc/group': 'root:x:0:\napp:x:1000:\nnode:x:1001:\n',
	'/etc/motd': 'hi\n',
};

/** Images made of the base: the same layers, unless something is copied. */
const derived: Readonly<Record<string, string>> = {
	'base-relabelled': 'LABEL other=label',
	'base-environment': 'ENV BASE_IS=other',
	'base-one-more-layer': 'COPY busybox /opt/one-more',
	'base-user': 'USER app',
	'base-workdir': 'WORKDIR /etc',
	'base-shell': 'SHELL ["/bin/sh", "-uc"]',
	onbuild: [
		'ENV TRIGGERS=1',
		'ONBUILD WORKDIR /trigger',
		'ONBUILD COPY lib/ ./',
		'ONBUILD ENV TRIGGERED=$TRIGGERS',
		'ONBUILD RUN cat a.txt > /made',
	].join('\n'),
};

const platforms = ['linux/amd64', 'linux/amd64/v2', 'linux/arm64', 'linux/arm/v7'];

/** Makes every image of the matrix, and serves one file over HTTP. Throws with the engine's words when it cannot. */
export async function makeSurroundings(engine: TestEngine): Promise<Surroundings> {
	const base = await makeBaseImage(engine, 'matrix/base', {env: {FOO: 'bar'}, files: users});
	const names: Record<string, string> = {base: base.reference};
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-matrix-images-'));
	try {
		await copyFile(busyboxIn(engine.programs.tools), path.join(dir, 'busybox'));
		const push = async (name: string, dockerfile: string, flags: readonly string[] = []): Promise<string> => {
			const reference = `${engine.registry}/matrix/${name}:latest`;
			await writeFile(path.join(dir, 'Dockerfile'), dockerfile);
			await done(engine, ['build', '--provenance=false', '--push', `--tag=${reference}`, ...flags, dir]);
			return reference;
		};
		for (const [name, lines] of Object.entries(derived)) {
			names[name] = await push(name, `FROM ${base.reference}\n${lines}\n`);
		}

		const singles: string[] = [];
		for (const platform of platforms) {
			const dockerfile = 'FROM scratch\nCOPY busybox /bin/busybox\n';
			singles.push(await push(`multi-${platform.replaceAll('/', '-')}`, dockerfile, [`--platform=${platform}`]));
		}

		names['base-index'] = await index(engine, 'base-index', [base.reference]);
		names['multi'] = await index(engine, 'multi', singles);
	} finally {
		await rm(dir, {recursive: true, force: true});
	}

	const server = await serve('served\n');
	return {names: {...names, ...server.names}, stop: server.stop};
}

/** Puts the images in the place of their names in braces; `{{base}}` is the image `base` names. */
export function fill(text: string, {names}: Surroundings, base: string): string {
	return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
		const value = names[name === 'base' ? base : name];
		if (value === undefined) {
			throw new Error(`internal: nothing is called {{${name}}}`);
		}

		return value;
	});
}

async function index(engine: TestEngine, name: string, references: readonly string[]): Promise<string> {
	const reference = `${engine.registry}/matrix/${name}:latest`;
	const args = ['imagetools', 'create', `--tag=${reference}`, ...references];
	// buildx may put an index before the manifests in it are copied, and the registry then refuses it; they are by then.
	const {exitCode} = await buildx(engine, args);
	if (exitCode !== 0) {
		await done(engine, args);
	}

	return reference;
}

async function done(engine: TestEngine, args: readonly string[]): Promise<void> {
	const {exitCode, stderr} = await buildx(engine, args);
	if (exitCode !== 0) {
		throw new Error(`buildx ${args[0]} failed: ${stderr}`);
	}
}

async function serve(text: string): Promise<Surroundings> {
	const server = http.createServer((_, response) => response.end(text));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as AddressInfo;
	return {
		names: {
			http: `http://127.0.0.1:${port}`,
			httpDigest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
		},
	};
}
