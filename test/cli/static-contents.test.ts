import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type ExecutionContext, type TestFn} from 'ava';
import {makeBaseImage} from '../engine/base-image.ts';
import {wipe} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {environment, runInProcess} from '../helpers/in-process.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';

// Copies and mounts from stages and images that miss, though nothing has to run to know what they hold. Each Dockerfile
// is built, changed, forecast, and built again on an emptied engine: where what is taken is the same, the step must be
// forecast a hit and be cached; where it differs, forecast a miss and run.

const test = anyTest as TestFn<OwnEngine>;

interface Step {
	readonly line: number;
	readonly forecast: string;
	readonly actual: string;
	readonly verdict: string;
}

const imageFiles = {'/etc/motd': 'hi\n', '/srv/deep/one.txt': 'one\n'};

test.before(async t => {
	Object.assign(t.context, await startFileEngine({files: imageFiles}));
});
test.after.always(t => leaveFileEngine(t.context));

const files: Readonly<Record<string, string>> = {
	'a.txt': 'a\n',
	'b.txt': 'b\n',
	'lib/c.txt': 'c\n',
	'lib/deep/d.txt': 'd\n',
	'lib/deep/e.log': 'e\n',
	'run.sh': '#!/bin/sh\n',
	'etc/passwd': 'root:x:0:0::/:/bin/sh\nzoe:x:77:78::/:/bin/sh\n',
};

/** Builds in a folder of its own, each time on an emptied engine, and gives the steps by their lines. */
interface Project {
	readonly engine: TestEngine;
	readonly base: string;
	write(name: string, text: string): Promise<void>;
	build(dockerfile: string, flags?: readonly string[]): Promise<readonly Step[]>;
}

async function inProject(
	t: ExecutionContext<OwnEngine>,
	use: (project: Project) => Promise<void>,
	mode = 'max',
): Promise<void> {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const {base} = t.context;
	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-static-'));
	const write = async (name: string, text: string) => {
		await mkdir(path.dirname(path.join(dir, name)), {recursive: true});
		await writeFile(path.join(dir, name), text);
	};
	for (const [name, text] of Object.entries(files)) {
		await write(name, text);
	}

	await chmod(path.join(dir, 'run.sh'), 0o755);
	await chmod(path.join(dir, 'lib/deep'), 0o750);
	await symlink('c.txt', path.join(dir, 'lib/link'));
	const ref = `type=registry,ref=${engine.registry}/${path.basename(dir).toLowerCase()}:main`;
	await use({
		engine,
		base,
		write,
		async build(dockerfile, flags = []) {
			await wipe(engine);
			await write('Dockerfile', dockerfile);
			const cache = [`--cache-from=${ref}`, `--cache-to=${ref},mode=${mode}`];
			const args = ['build', '--strict', `--build-arg=BASE=${base}`, ...cache, '--format=json', ...flags, '.'];
			const result = await runInProcess(args, dir, {...environment, ...engine.env});
			t.is(result.exitCode, 0, `${result.stderr}\n${result.stdout}`);
			const {steps} = JSON.parse(result.stdout) as {readonly steps: readonly Step[]};
			t.deepEqual(
				steps.filter(({verdict}) => verdict !== 'right' && verdict !== 'undecided'),
				[],
			);
			return steps;
		},
	});
	await rm(dir, {recursive: true, force: true});
}

function outcomeAt(steps: readonly Step[], line: number): string {
	const {forecast, actual} = steps.find(step => step.line === line) ?? {};
	return `${forecast}, ${actual}`;
}

/** What a stage is made of, behind a WORKDIR that changes, and what is taken from it. */
interface Row {
	readonly on: 'scratch' | '$BASE';
	readonly lines: readonly string[];
	/** With `stage` in place of its name. */
	readonly takes: string;
}

const equal: Readonly<Record<string, Row>> = {
	'a file': {on: 'scratch', lines: ['COPY a.txt /out/'], takes: 'COPY --from=stage /out/a.txt'},
	'a folder, with modes, links and folders below': {
		on: 'scratch',
		lines: ['COPY lib /out'],
		takes: 'COPY --from=stage /out',
	},
	'what an image has': {on: '$BASE', lines: ['COPY a.txt /out/'], takes: 'COPY --from=stage /srv /etc/motd'},
	'a folder of an image, added to': {
		on: '$BASE',
		lines: ['COPY a.txt /srv/deep/'],
		takes: 'COPY --from=stage /srv',
	},
	'programs of an image and their links': {on: '$BASE', lines: ['COPY a.txt /out/'], takes: 'COPY --from=stage /bin'},
	'owner and mode by number, in a new folder': {
		on: 'scratch',
		lines: ['COPY --chown=12:34 --chmod=4755 a.txt lib /out/'],
		takes: 'COPY --from=stage /out',
	},
	'owner and mode by number, in a folder that is there': {
		on: 'scratch',
		lines: ['COPY a.txt /out/', 'COPY --chown=12 --chmod=1750 lib /out/'],
		takes: 'COPY --from=stage /out',
	},
	'files of an image with another owner': {
		on: 'scratch',
		lines: ['COPY --chown=5 --from=$BASE /etc /out'],
		takes: 'COPY --from=stage /out',
	},
	'owner by name, of the image': {
		on: '$BASE',
		lines: ['COPY --chown=app:app lib /out/'],
		takes: 'COPY --from=stage /out',
	},
	'owner by name, of a file that was copied': {
		on: 'scratch',
		lines: ['COPY etc/passwd /etc/', 'COPY --chown=zoe lib /out/'],
		takes: 'COPY --from=stage /out',
	},
	'a mode in letters': {
		on: 'scratch',
		lines: ['COPY --chmod=go-r,u+X lib /out/'],
		takes: 'COPY --from=stage /out',
	},
	'a folder made by WORKDIR, with the owner of USER': {
		on: '$BASE',
		lines: ['USER app', 'WORKDIR /w/x'],
		takes: 'COPY --from=stage /w',
	},
	'an inline document': {
		on: 'scratch',
		lines: ['COPY --chown=3 <<EOF /out/doc\ntext\nEOF'],
		takes: 'COPY --from=stage /out',
	},
	'a linked copy over folders with other owners': {
		on: '$BASE',
		lines: ['COPY --chown=5 lib /srv/', 'COPY --link --chown=9 a.txt /srv/deep/'],
		takes: 'COPY --from=stage /srv',
	},
	'wildcards and exclusions': {
		on: 'scratch',
		lines: ['COPY *.txt /out/', 'COPY --exclude=**/*.log lib /out/lib'],
		takes: 'COPY --from=stage /out',
	},
	'a wildcard in what is taken': {
		on: 'scratch',
		lines: ['COPY lib/ etc/ a.txt /out/'],
		takes: 'COPY --from=stage /out/d*/*.txt /out/*.txt',
	},
	'a copy over files and links': {
		on: 'scratch',
		lines: ['COPY lib /out/', 'COPY a.txt /out/deep/', 'COPY b.txt /out/link'],
		takes: 'COPY --from=stage /out',
	},
	'ADD of what is no archive': {
		on: 'scratch',
		lines: ['ADD a.txt run.sh /out/'],
		takes: 'COPY --from=stage /out',
	},
	'a copy from the stage before': {
		on: 'scratch',
		lines: ['COPY --from=before /out/run.sh /out/', 'COPY a.txt /out/'],
		takes: 'COPY --from=stage /out',
	},
	'a mount': {
		on: 'scratch',
		lines: ['COPY lib /out/'],
		takes: 'RUN --mount=from=stage,source=/out,target=/m ls /m >',
	},
};

test.serial('what is taken from stages that miss is the same: all of it hits', async t => {
	const rows = Object.entries(equal);
	const takes = rows.map(
		([, {takes}], at) => `${takes.replace('stage', `s${at}`)} /x${at}${takes.startsWith('RUN') ? '' : '/'}`,
	);
	await inProject(t, async ({base, build}) => {
		const dockerfile = (workdir: string) =>
			[
				'ARG BASE',
				...rows.flatMap(([, {on, lines}], at) => [
					`FROM ${on} AS s${at}`,
					`WORKDIR ${workdir}`,
					...lines.map(line => line.replace('--from=$BASE', `--from=${base}`).replace('=before', `=s${at - 1}`)),
				]),
				'FROM $BASE',
				...takes,
				'',
			].join('\n');
		await build(dockerfile('/first'));
		const text = dockerfile('/second');
		const steps = await build(text);
		const lines = text.split('\n');
		t.deepEqual(
			rows.map(([name], at) => [name, outcomeAt(steps, lines.indexOf(takes[at] ?? '') + 1)]),
			rows.map(([name]) => [name, 'hit, cached']),
		);
		// Whatever the stages hold, every step of them is new, and made to be compared.
		const workdirs = lines.flatMap((line, at) => (line === 'WORKDIR /second' ? [at + 1] : []));
		t.is(workdirs.length, rows.length);
		for (const line of workdirs) {
			t.is(outcomeAt(steps, line), 'miss, ran', String(line));
		}

		// Of a WORKDIR on scratch BuildKit does not say whether it ran.
		t.deepEqual(
			steps.filter(({verdict, line}) => verdict === 'undecided' && !workdirs.includes(line)),
			[],
		);
	});
});

/** Two Dockerfiles behind `ARG BASE`, one built after the other, and what then becomes of lines of the second. */
interface Change {
	readonly first: string;
	readonly second: string;
	readonly outcomes: Readonly<Record<number, string>>;
	readonly changed?: Readonly<Record<string, string>>;
	readonly mode?: 'min';
}

const [hit, miss, undecided] = ['hit, cached', 'miss, ran', 'unknown, cached'];

const changes: Readonly<Record<string, Change>> = {
	'everything of a stage': {
		first: 'FROM scratch AS one\nCOPY lib /out\nFROM $BASE\nCOPY --from=one / /x\n',
		second: 'FROM scratch AS one\nCOPY lib/ /out/\nFROM $BASE\nCOPY --from=one / /x\n',
		outcomes: {3: miss, 5: hit},
	},
	'a file that differs, and one beside it that does not': {
		first:
			'FROM scratch AS one\nCOPY a.txt b.txt /out/\nFROM $BASE\nCOPY --from=one /out/b.txt /\nCOPY --from=one /out/a.txt /\n',
		second:
			'FROM scratch AS one\nCOPY a.txt b.txt /out/\nFROM $BASE\nCOPY --from=one /out/b.txt /\nCOPY --from=one /out/a.txt /\n',
		changed: {'a.txt': 'changed\n'},
		outcomes: {3: miss, 5: hit, 6: miss},
	},
	'an owner that differs': {
		first: 'FROM scratch AS one\nCOPY --chown=1 lib /out/\nFROM $BASE\nCOPY --from=one /out /x\n',
		second: 'FROM scratch AS one\nCOPY --chown=2 lib /out/\nFROM $BASE\nCOPY --from=one /out /x\n',
		outcomes: {3: miss, 5: miss},
	},
	'a mode that differs': {
		first: 'FROM scratch AS one\nCOPY lib /out/\nFROM $BASE\nRUN --mount=from=one,target=/m ls /m\n',
		second: 'FROM scratch AS one\nCOPY --chmod=755 lib /out/\nFROM $BASE\nRUN --mount=from=one,target=/m ls /m\n',
		outcomes: {3: miss, 5: miss},
	},
	'a document in place of the same file': {
		first: 'FROM scratch AS one\nCOPY a.txt /out/a.txt\nFROM $BASE\nCOPY --from=one /out /x\n',
		second: 'FROM scratch AS one\nCOPY <<EOF /out/a.txt\na\nEOF\nFROM $BASE\nCOPY --from=one /out /x\n',
		outcomes: {3: miss, 7: hit},
	},
	'a stage that runs something': {
		first: 'FROM $BASE AS one\nWORKDIR /1\nRUN echo a > /out\nFROM scratch\nCOPY --from=one /out /x\n',
		second: 'FROM $BASE AS one\nWORKDIR /2\nRUN echo a > /out\nFROM scratch\nCOPY --from=one /out /x\n',
		outcomes: {3: miss, 4: miss, 6: undecided},
	},
	'a stage of which only keys are cached is made again to be compared': {
		first: 'FROM scratch AS one\nCOPY a.txt /1\nCOPY b.txt /out\nFROM $BASE\nCOPY --from=one /out /x\n',
		second: 'FROM scratch AS one\nCOPY a.txt /1\nCOPY --chmod=644 b.txt /out\nFROM $BASE\nCOPY --from=one /out /x\n',
		mode: 'min',
		outcomes: {3: miss, 4: miss, 6: hit},
	},
};
for (const [name, {first, second, outcomes, changed = {}, mode}] of Object.entries(changes)) {
	test.serial(name, t =>
		inProject(
			t,
			async ({build, write}) => {
				await build(`ARG BASE\n${first}`);
				for (const [file, text] of Object.entries(changed)) {
					await write(file, text);
				}

				const steps = await build(`ARG BASE\n${second}`);
				t.deepEqual(
					Object.fromEntries(Object.keys(outcomes).map(line => [line, outcomeAt(steps, Number(line))])),
					outcomes,
				);
			},
			mode,
		),
	);
}

test.serial('another image with the same files, and one with others', t =>
	inProject(t, async ({engine, build}) => {
		const image = async (tag: string, more: Readonly<Record<string, string>>) => {
			const lines = ['COPY --chown=7:8 --chmod=6755 file-0 /own/file', 'RUN ln /own/file /own/same && rm /etc/group'];
			return (await makeBaseImage(engine, 'other', {tag, files: {...imageFiles, ...more}, lines})).reference;
		};
		const dockerfile = (reference: string) =>
			`FROM scratch\nCOPY --from=${reference} /own /srv /x/\nCOPY --from=${reference} /etc /y\n`;
		const [one, more, other] = [
			await image('1', {}),
			await image('2', {'/new': 'n'}),
			await image('3', {'/etc/new': 'n'}),
		];
		await build(dockerfile(one));
		const same = await build(dockerfile(more));
		t.deepEqual(
			[2, 3].map(line => outcomeAt(same, line)),
			[hit, hit],
		);
		const differs = await build(dockerfile(other));
		t.deepEqual(
			[2, 3].map(line => outcomeAt(differs, line)),
			[hit, miss],
		);
	}),
);
