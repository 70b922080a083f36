import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {BuildReport, Planner, RegistryWriter} from '../../planner/index.ts';
import {ledgerBlob} from '../../planner/ledger/ledger-artifact.ts';
import {parseLedger} from '../../planner/ledger/parse-ledger.ts';
import {writeLedgers} from '../../planner/ledger/write-ledgers.ts';
import {planOver} from '../helpers/noted-plan.ts';
import {buildInto} from '../helpers/store-export.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

type Input = Parameters<typeof writeLedgers>[0];

/** A registry that has one cache, as it lies in a folder. */
async function registryWith(t: ExecutionContext): Promise<Input['client']> {
	const root = await mkdtemp(path.join(os.tmpdir(), 'cachecast-write-'));
	t.teardown(() => rm(root, {recursive: true, force: true}));
	const dir = path.join(root, 'cache');
	await buildInto(dir, {latest: 'AB'}, {}, 0);
	const blob = (digest: string) => readFile(path.join(dir, 'blobs', 'sha256', digest.slice(7)));
	const {manifests} = JSON.parse(await readFile(path.join(dir, 'index.json'), 'utf8'));
	const [{digest, mediaType}] = manifests;
	return {
		resolve: async () => ({kind: 'found', digest, mediaType, bytes: await blob(digest), source: 'registry'}),
		manifest: async (_, wanted) => ({kind: 'found', bytes: await blob(wanted)}),
		blob: async (_, wanted) => ({kind: 'found', bytes: await blob(wanted)}),
		blobStream: async () => ({kind: 'missing'}),
		headBlob: async () => ({kind: 'missing'}),
	};
}

async function inputFor(t: ExecutionContext, writer: RegistryWriter, outcome: BuildReport['outcome']): Promise<Input> {
	const plan = await planOver({dockerfile: 'FROM base\nCOPY a.txt /\n', folder: temporaryTree(t, {'a.txt': 'a\n'})});
	const leaf = {index: 0, label: 'stage-0', isDefault: true};
	const target = {label: 'stage-0', title: 'stage-0', leaf, images: [], plan, isFinal: true};
	return {
		planners: [{places: {stages: [leaf], leaves: [leaf]}} as unknown as Planner],
		report: {outcome, built: [target], steps: [], transfers: []} as unknown as BuildReport,
		wish: {
			cwd: '/',
			exportDefault: true,
			cacheTo: [{kind: 'registry', ref: '127.0.0.1:1/app:cache', attributes: {}}],
		},
		client: await registryWith(t),
		writer,
		now: new Date(0),
	};
}

test('a ledger is put under a tag beside the cache', async t => {
	const blobs = new Map<string, Uint8Array>();
	const tags = new Map<string, Uint8Array>();
	const writer: RegistryWriter = {
		async putBlob(_, digest, bytes) {
			blobs.set(digest, bytes as Uint8Array);
			return {kind: 'written'};
		},
		async putManifest({tag = ''}, _, bytes) {
			tags.set(tag, bytes);
			return {kind: 'written'};
		},
	};
	t.deepEqual(await writeLedgers(await inputFor(t, writer, {kind: 'built'})), []);
	t.deepEqual([...tags.keys()], ['cache-LEDGER']);
	const digest = ledgerBlob(tags.get('cache-LEDGER') ?? new Uint8Array());
	t.is(parseLedger(blobs.get(digest ?? '') ?? new Uint8Array())?.writtenAt, '1970-01-01T00:00:00.000Z');
});

test('a ledger that cannot be written is a sentence, no failure', async t => {
	const writer: RegistryWriter = {
		putBlob: async () => ({kind: 'failed', reason: 'the registry is full'}),
		putManifest: async () => ({kind: 'written'}),
	};
	t.deepEqual(await writeLedgers(await inputFor(t, writer, {kind: 'built'})), ['the registry is full']);
});

test('nothing is written after a build that failed', async t => {
	const writer: RegistryWriter = {
		putBlob: async () => t.fail() as never,
		putManifest: async () => t.fail() as never,
	};
	t.deepEqual(await writeLedgers(await inputFor(t, writer, {kind: 'aborted'})), []);
});

test('of several platforms each has a ledger of its own', async t => {
	const tags: string[] = [];
	const writer: RegistryWriter = {
		putBlob: async () => ({kind: 'written'}),
		async putManifest({tag = ''}) {
			tags.push(tag);
			return {kind: 'written'};
		},
	};
	const input = await inputFor(t, writer, {kind: 'built'});
	const platforms = ['amd64', 'arm64'].map(architecture => ({os: 'linux', architecture}));
	const [planner] = input.planners;
	const [target] = input.report.built;
	if (planner === undefined || target === undefined) {
		throw new Error('nothing is built');
	}

	const problems = await writeLedgers({
		...input,
		planners: platforms.map(platform => ({...planner, places: {...planner.places, platform}})),
		report: {...input.report, built: platforms.map(platform => ({...target, platform}))},
	});
	t.deepEqual(problems, []);
	t.deepEqual(tags, ['cache-ON-linux-amd64-LEDGER', 'cache-ON-linux-arm64-LEDGER']);
});
