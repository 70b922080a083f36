import {readFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** A Docker Engine and a registry that tests may use. */
export interface TestEngine {
	/** `found`: the machine's own, others may use it too. `private`: started for this run. */
	readonly kind: 'found' | 'private';
	/** What to lay over `process.env` so that docker, buildx and dockerode reach it. */
	readonly env: Readonly<Record<string, string>>;
	/** The docker CLI. */
	readonly docker: string;
	/** `127.0.0.1:PORT`, plain HTTP. */
	readonly registry: string;
	/** `graph-driver`: it holds no cache but the inline one, and images of its own platform only (docker/buildx#701). */
	readonly store: 'containerd' | 'graph-driver';
	readonly versions: {readonly engine: string; readonly buildx: string; readonly buildkit: string};
	/** What belongs to this engine and its registry; its parent is the folder of the whole run, removed at the end. */
	readonly folder: string;
	readonly programs: {
		/** runc, docker-registry and a static busybox, unpacked. */
		readonly tools: string;
		/** dockerd, docker, docker-buildx and containerd, unpacked; absent for a found engine. */
		readonly engine?: string;
		/** docker-buildx where it comes from another suite. */
		readonly buildx?: string;
	};
}

export type EngineStart =
	| {readonly kind: 'started'; readonly engine: TestEngine}
	/** One sentence that says what is missing. */
	| {readonly kind: 'unavailable'; readonly reason: string};

/** The static busybox among the tools: base images are made of it, and it makes network bridges. */
export function busyboxIn(tools: string): string {
	return path.join(tools, 'bin/busybox');
}

/** Environment variable: the file in which the engine of a test run is described. */
export const stateVariable = 'CACHECAST_TEST_STATE';

export async function writeState(file: string, start: EngineStart): Promise<void> {
	await writeFile(file, `${JSON.stringify(start, undefined, '\t')}\n`);
}

export async function readState(file: string): Promise<EngineStart> {
	return JSON.parse(await readFile(file, 'utf8')) as EngineStart;
}

/** The engine of this test run; undefined when there is none. */
export function loadTestEngine(): TestEngine | undefined {
	const start = startOfThisRun();
	return start.kind === 'started' ? start.engine : undefined;
}

/** Why there is no engine, for a test that says so and passes. */
export function whyNoEngine(): string {
	const start = startOfThisRun();
	return start.kind === 'started' ? '' : start.reason;
}

function startOfThisRun(): EngineStart {
	const file = process.env[stateVariable];
	return file === undefined
		? {kind: 'unavailable', reason: `no engine was started for this run (${stateVariable} is not set)`}
		: (JSON.parse(readFileSync(file, 'utf8')) as EngineStart);
}
