import {chmodSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {newestDialect, openContext, pathSelector} from '../../analyzer/index.ts';
import {type Cause, describeCause} from '../../planner/cause.ts';
import {forecastSteps} from '../../planner/forecast.ts';
import {indexRecords} from '../../planner/record-index.ts';
import {umaskDigester} from '../../planner/umask-digester.ts';
import {analyse, exportCache} from '../helpers/exported-cache.ts';
import {type TreeEntry, temporaryTree} from '../helpers/temporary-tree.ts';

type Tree = Readonly<Record<string, TreeEntry>>;

// What git writes under a umask, in full: files, programs, folders.
const modes = {
	'022': [0o644, 0o755, 0o755],
	'002': [0o664, 0o775, 0o775],
	'077': [0o600, 0o700, 0o700],
	'027': [0o640, 0o750, 0o750],
	'007': [0o660, 0o770, 0o770],
} as const;
type Umask = keyof typeof modes;

function checkout(umask: Umask): Tree {
	const [file, program, folder] = modes[umask];
	return {
		'a.txt': {text: 'a\n', mode: file},
		'empty.txt': {text: '', mode: file},
		lib: {folderMode: folder},
		'lib/run.sh': {text: '#!/bin/sh\n', mode: program},
		'lib/deep': {folderMode: folder},
		'lib/deep/b.txt': {text: 'b\n', mode: file},
		'lib/link': {link: 'deep/b.txt'},
	};
}

const causeOf = test.macro({
	exec(t, instruction: string, seen: Tree, here: Tree, expected: Cause | undefined) {
		const dockerfile = `FROM base\n${instruction}\n`;
		const cache = exportCache(analyse(dockerfile, temporaryTree(t, seen)));
		const {steps, keys, output} = analyse(dockerfile, temporaryTree(t, here));
		const caches = [indexRecords(cache)];
		const forecasts = forecastSteps({steps, outputs: [output], caches, unread: [], keys, noCache: false});
		const last = forecasts.at(-1);
		t.is(last?.outcome, expected === undefined ? 'hit' : 'miss');
		t.deepEqual(last?.cause, expected);
	},
	title: (title = '') => `umask: ${title}`,
});

const whole = (umask?: Umask): Cause => ({kind: 'content', sources: ['/'], ...(umask !== undefined && {umask})});
const copyAll = 'COPY . /app/';

for (const umask of ['022', '077', '027', '007'] as const) {
	test(`a cache of ${umask}, files of 002`, causeOf, copyAll, checkout(umask), checkout('002'), whole(umask));
}

test('a cache of 002, files of 022', causeOf, copyAll, checkout('002'), checkout('022'), whole('002'));
test('the same one', causeOf, copyAll, checkout('002'), checkout('002'), undefined);

const instructions: readonly (readonly [instruction: string, sources: readonly string[]])[] = [
	['COPY a.txt /app/', ['a.txt']],
	['COPY lib/ /app/', ['lib']],
	['COPY *.txt li* /app/', ['*.txt', 'li*']],
	['COPY --link lib/run.sh /app/', ['lib/run.sh']],
	['COPY --chmod=644 a.txt /app/', ['a.txt']],
	['COPY --exclude=**/*.txt . /app/', ['/']],
	['COPY lib/link /app/', ['lib/link']],
	['RUN --mount=type=bind,target=/src make', ['.']],
	['RUN --mount=type=bind,source=lib,target=/src make', ['lib']],
];
for (const [instruction, sources] of instructions) {
	const cause = {kind: 'content', sources, umask: '022'} as const;
	test(instruction, causeOf, instruction, checkout('022'), checkout('002'), cause);
}

// What no umask explains is a change of the files.
const changes: readonly (readonly [title: string, change: Tree])[] = [
	['other bytes', {'lib/deep/b.txt': {text: 'B\n', mode: 0o664}}],
	['one more file', {'c.txt': {text: '', mode: 0o664}}],
	['no program any more', {'lib/run.sh': {text: '#!/bin/sh\n', mode: 0o664}}],
	['setuid', {'lib/run.sh': {text: '#!/bin/sh\n', mode: 0o4775}}],
	['another link', {'lib/to': {link: 'run.sh'}}],
];
for (const [title, change] of changes) {
	test(`${title} besides`, causeOf, copyAll, checkout('022'), {...checkout('002'), ...change}, whole());
}

test(
	'a mode in the cache that no umask makes',
	causeOf,
	copyAll,
	{...checkout('022'), 'a.txt': {text: 'a\n', mode: 0o604}},
	checkout('002'),
	whole(),
);

test('umask: the cause in words', t => {
	t.is(describeCause({kind: 'content', sources: ['a', 'b']}), 'files changed: a, b');
	t.is(
		describeCause({kind: 'content', sources: ['a', 'b'], umask: '022'}),
		'only file modes differ: a, b (the cache has those of umask 022; set it before the checkout)',
	);
});

test('umask: a setgid folder keeps its bit', t => {
	const digest = (mode: number) => {
		const root = temporaryTree(t, {lib: {folderMode: 0o755}});
		chmodSync(path.join(root, 'lib'), mode);
		const files = openContext(root, undefined);
		return umaskDigester(files)(0o022, [pathSelector('/lib', true)], newestDialect);
	};
	t.deepEqual(digest(0o2775), digest(0o2755));
	t.notDeepEqual(digest(0o2775), digest(0o755));
});

test('umask: more bytes than the limit are not read, and another umask is not looked at', t => {
	const files = openContext(temporaryTree(t, {'a.txt': '12345', 'b/c.txt': '123'}), undefined);
	const kindOf = (limit: number, umask = 0o022) => umaskDigester(files, limit)(umask, [], newestDialect)?.kind;
	t.is(kindOf(8), 'digest');
	t.is(kindOf(7), undefined);
	t.is(kindOf(8, 0o013), undefined);
	t.is(umaskDigester(files, 5)(0o022, [pathSelector('/a.txt', true)], newestDialect)?.kind, 'digest');
});
