import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import type {CacheReading} from '../../planner/caches/cache-source.ts';
import {besideOwnImage} from '../../planner/caches/own-image.ts';
import {localImage} from '../../planner/engines/local-image.ts';

const [one, other] = [sha256('one'), sha256('other')];
const config = {records: [], layers: []};
const spec = {kind: 'registry', ref: 'registry.example/app:main', attributes: {}} as const;
const ofImage: CacheReading = {kind: 'found', spec, config, images: [one]};
const cache: CacheReading = {kind: 'found', spec, config};
const missing: CacheReading = {kind: 'missing', spec};
const local: CacheReading = {kind: 'found', spec: {kind: 'local', dir: 'c', tag: 'latest', attributes: {}}, config};

const table: Readonly<Record<string, readonly [CacheReading, own: string | undefined, result: string]>> = {
	'no image of its own': [ofImage, undefined, 'found'],
	'the same image': [ofImage, one, 'found'],
	'another image': [ofImage, other, 'unreadable unknown'],
	'an image where the registry has a cache': [cache, one, 'unreadable unknown'],
	'a cache that is not there can only be more': [missing, one, 'missing'],
	'a local cache': [local, other, 'found'],
};
for (const [name, [reading, own, expected]] of Object.entries(table)) {
	test(`a builder that takes its own images: ${name}`, async t => {
		const asked: string[] = [];
		const result = await besideOwnImage(reading, async reference => {
			asked.push(reference);
			return localImage({Id: own, Os: 'linux', Architecture: 'amd64'});
		});
		t.is(`${result.kind}${'contents' in result ? ` ${result.contents}` : ''}`, expected);
		t.deepEqual(asked, reading.kind === 'found' && reading.spec.kind === 'registry' ? [spec.ref] : []);
	});
}
