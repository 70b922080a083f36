import {mkdir, writeFile} from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {type DialectChoice, type Engine, engineDialect, findEngine} from '../../planner/index.ts';
import {buildx, wipe} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';

/** An engine as the matrix uses it: the product's own way to build, and a way to make it forget. */
export interface MatrixEngine {
	/** `Docker 28.5.2, BuildKit 0.25`: as far as versions are known. */
	readonly name: string;
	readonly test: TestEngine;
	readonly engine: Engine;
	/** As `cachecast build` finds it. */
	readonly dialect: DialectChoice | undefined;
	/** Drops the build cache. Throws when that fails. */
	empty(): Promise<void>;
	/** Drops images too. */
	wipe(): Promise<void>;
	close(): Promise<void>;
}

/** Opens an engine through the product. Throws when buildx does not find it. */
export async function openEngine(test: TestEngine): Promise<MatrixEngine> {
	const direct = test.kind === 'private' ? {PATH: await directBuildx(test)} : {};
	const env = {...process.env, ...test.env, ...direct, BUILDX_NO_DEFAULT_ATTESTATIONS: '1'};
	const search = await findEngine({env, homeDir: os.homedir(), needsCacheExport: true, wanted: 'buildx'});
	if (search.kind === 'none') {
		throw new Error(search.tried.map(({what, problem}) => `${what}: ${problem}`).join('; '));
	}

	const {engine} = search;
	const dialect = engineDialect(engine.info);
	const empty = async (): Promise<void> => {
		await (test.kind === 'private' ? pruneByApi(test) : pruneByBuildx(test));
	};
	return {
		name: nameOf(test, dialect),
		test,
		engine,
		dialect,
		empty,
		wipe: () => (test.kind === 'private' ? wipe(test) : empty()),
		close: () => engine.close(),
	};
}

/**
 * A PATH whose docker is buildx itself: docker starts each of its plugins twice before it does anything, which is half of
 * a small build's processor time.
 */
export async function directBuildx({folder, docker, env}: TestEngine): Promise<string> {
	const bin = path.join(folder, 'matrix-bin');
	await mkdir(bin, {recursive: true});
	const plugin = path.join(folder, 'docker/cli-plugins/docker-buildx');
	const script = `#!/bin/sh\nif [ "$1" = buildx ]; then shift; exec '${plugin}' "$@"; fi\nexec '${docker}' "$@"\n`;
	await writeFile(path.join(bin, 'docker'), script, {mode: 0o755});
	return `${bin}${path.delimiter}${env['PATH']}`;
}

function nameOf({versions, env}: TestEngine, dialect: DialectChoice | undefined): string {
	const builder = env['BUILDX_BUILDER'];
	const engine = builder === undefined || builder === '' ? `Docker ${/^[\d.]+/.exec(versions.engine)?.[0]}` : builder;
	const buildkit = versions.buildkit.includes('0.0.0') || versions.buildkit === '?' ? '' : `, ${versions.buildkit}`;
	return `${engine}${buildkit}, dialect ${dialect?.dialect.since ?? 'unknown'}`;
}

// A third of the time that `docker buildx prune` takes, and it is needed before every build.
async function pruneByApi({env}: TestEngine): Promise<void> {
	const socketPath = (env['DOCKER_HOST'] ?? '').replace('unix://', '');
	const status = await new Promise<number | undefined>((resolve, reject) => {
		http
			.request({socketPath, method: 'POST', path: '/build/prune?all=1'}, response => {
				response.resume().on('end', () => resolve(response.statusCode));
			})
			.on('error', reject)
			.end();
	});
	if (status !== 200) {
		throw new Error(`the engine cannot be emptied: status ${status}`);
	}
}

async function pruneByBuildx(test: TestEngine): Promise<void> {
	const {exitCode, stderr} = await buildx(test, ['prune', '--all', '--force']);
	if (exitCode !== 0) {
		throw new Error(`the builder cannot be emptied: ${stderr}`);
	}
}
