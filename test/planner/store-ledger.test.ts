import {mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {ledgerArtifact} from '../../planner/ledger/ledger-artifact.ts';
import {ledgerTag} from '../../planner/ledger/ledger-tag.ts';
import {listStore} from '../../planner/store/list.ts';
import {loadArchive} from '../../planner/store/load-archive.ts';
import {pruneStore} from '../../planner/store/prune.ts';
import {saveArchive} from '../../planner/store/save-archive.ts';
import {storeLedger} from '../../planner/store/store-ledger.ts';
import {verifyStore} from '../../planner/store/verify.ts';
import {buildInto, stepsIn} from '../helpers/store-export.ts';

const day = 86_400_000;
const artifact = ledgerArtifact(Buffer.from('what was noted'));

async function folder(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-ledger-'));
	t.teardown(() => rm(dir, {recursive: true, force: true}));
	return path.join(dir, 'cache');
}

async function tagsIn(dir: string): Promise<readonly string[]> {
	const {manifests} = JSON.parse(await readFile(path.join(dir, 'index.json'), 'utf8')) as {
		readonly manifests: readonly {readonly annotations: Readonly<Record<string, string>>}[];
	};
	return manifests.map(({annotations}) => annotations['org.opencontainers.image.ref.name'] ?? '').sort();
}

test('a ledger is no damage, is no cache in a list, and stays when the cache is pruned', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'AB'}, {}, day);
	t.true(await storeLedger(dir, 'latest', artifact));
	t.deepEqual((await verifyStore(dir)).findings, []);
	const list = await listStore(dir);
	t.deepEqual(list.kind === 'listed' ? list.listing.caches.map(({tag}) => tag) : list, ['latest']);
	await pruneStore(dir, {keep: {maxAge: 3 * day}, now: 2 * day, isDry: false});
	t.deepEqual(await tagsIn(dir), ['latest', 'latest-LEDGER']);
	t.deepEqual((await verifyStore(dir)).findings, []);
});

test('a ledger goes with its cache, and a new one takes the place of an old one', async t => {
	const dir = await folder(t);
	await buildInto(dir, {'latest-test': 'AT', latest: 'AB'}, {}, day);
	await storeLedger(dir, 'latest', ledgerArtifact(Buffer.from('an older one')));
	t.true(await storeLedger(dir, 'latest', artifact));
	t.true(await storeLedger(dir, 'latest-test', artifact));
	await buildInto(dir, {latest: 'AB'}, {}, 2 * day);
	t.deepEqual(await tagsIn(dir), ['latest', 'latest-LEDGER']);
	t.deepEqual((await verifyStore(dir)).findings, []);
});

test('a ledger with a tag that was cut is no cache in a list, and goes with its cache', async t => {
	const dir = await folder(t);
	const long = `latest-${'x'.repeat(121)}`;
	await buildInto(dir, {[long]: 'AT', latest: 'AB'}, {}, day);
	t.true(await storeLedger(dir, long, artifact));
	t.deepEqual(await tagsIn(dir), ['latest', ledgerTag(long), long].sort());
	const list = await listStore(dir);
	t.deepEqual(list.kind === 'listed' ? list.listing.caches.map(({tag}) => tag).sort() : list, ['latest', long]);
	await buildInto(dir, {latest: 'AB'}, {}, 2 * day);
	t.deepEqual(await tagsIn(dir), ['latest']);
});

test('no ledger is written where there is no such cache', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'AB'}, {}, day);
	t.false(await storeLedger(dir, 'latest-test', artifact));
	t.deepEqual(await tagsIn(dir), ['latest']);
});

test('an archive takes the ledger along', async t => {
	const dir = await folder(t);
	await buildInto(dir, {latest: 'AB'}, {}, day);
	await storeLedger(dir, 'latest', artifact);
	const out = new PassThrough();
	const [bytes] = await Promise.all([buffer(out), saveArchive(dir, out)]);
	const loaded = `${dir}-loaded`;
	await loadArchive(Readable.from(bytes), loaded, 1 << 20);
	t.deepEqual(await tagsIn(loaded), ['latest', 'latest-LEDGER']);
	t.deepEqual(await stepsIn(loaded, 'latest', ['A', 'AB']), ['A', 'AB']);
});
