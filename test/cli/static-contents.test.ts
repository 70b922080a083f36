import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {wipe} from '../engine/buildx.ts';
import {engineOf, type OwnEngine, startFileEngine, stopFileEngine} from '../helpers/own-engine.ts';
import {runCli} from '../helpers/run-cli.ts';

// Copies and mounts from stages that miss, though nothing has to run to know what they will hold. Each Dockerfile is
// built, changed, forecast, and built again on an emptied engine: where the output of the stage is the same, the step
// must be forecast a hit and be cached; where it differs, forecast a miss and run.

const test = anyTest as TestFn<OwnEngine>;

interface Step {
	readonly line: number;
	readonly forecast: string;
	readonly actual: string;
	readonly verdict: string;
}

test.before(async t => {
	Object.assign(t.context, await startFileEngine({files: {'/etc/motd': 'hi\n', '/srv/deep/one.txt': 'one\n'}}));
});
test.after.always(t => stopFileEngine(t.context));

interface Case {
	/** Behind `ARG BASE`, so that its first line is line 2. */
	readonly first: string;
	readonly second: string;
	/** What the lines of `second` are forecast and do. */
	readonly hits?: readonly number[];
	readonly misses?: readonly number[];
	/** Lines that stay undecided. */
	readonly unknown?: readonly number[];
	readonly flags?: readonly string[];
	/** Replaced between the builds. */
	readonly changed?: Readonly<Record<string, string>>;
	readonly mode?: 'min';
}

const files: Readonly<Record<string, string>> = {
	'a.txt': 'a\n',
	'b.txt': 'b\n',
	'lib/c.txt': 'c\n',
	'lib/deep/d.txt': 'd\n',
	'lib/deep/e.log': 'e\n',
	'run.sh': '#!/bin/sh\n',
	'etc/passwd': 'root:x:0:0::/:/bin/sh\nzoe:x:77:78::/:/bin/sh\n',
};

const decided = test.macro(async (t, input: Case) => {
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
	const ref = `${engine.registry}/${path.basename(dir).toLowerCase()}:main`;
	const build = async (text: string): Promise<readonly Step[]> => {
		await wipe(engine);
		await write('Dockerfile', `ARG BASE\n${text}`);
		const cache = [
			`--cache-from=type=registry,ref=${ref}`,
			`--cache-to=type=registry,ref=${ref},mode=${input.mode ?? 'max'}`,
		];
		const args = ['build', `--build-arg=BASE=${base}`, ...cache, '--format=json', ...(input.flags ?? []), '.'];
		const result = await runCli(args, {cwd: dir, env: engine.env});
		t.is(result.exitCode, 0, `${result.stderr}\n${result.stdout}`);
		return (JSON.parse(result.stdout) as {readonly steps: readonly Step[]}).steps;
	};

	await build(input.first);
	for (const [name, text] of Object.entries(input.changed ?? {})) {
		await write(name, text);
	}

	const steps = await build(input.second);
	const {hits = [], misses = [], unknown = []} = input;
	const outcomes = (lines: readonly number[]) =>
		lines.map(line => {
			const {forecast, actual} = steps.find(step => step.line === line) ?? {};
			return [line, forecast, actual];
		});
	t.deepEqual(
		outcomes(hits),
		hits.map(line => [line, 'hit', 'cached']),
		'hits',
	);
	t.deepEqual(
		outcomes(misses),
		misses.map(line => [line, 'miss', 'ran']),
		'misses',
	);
	t.deepEqual(
		steps.filter(({verdict}) => verdict === 'undecided').map(({line}) => line),
		unknown,
		'undecided',
	);
	t.deepEqual(
		steps.filter(({verdict}) => verdict === 'wrong'),
		[],
	);
	await rm(dir, {recursive: true, force: true});
});

/** A stage on scratch that misses for a WORKDIR of its own, and what is taken from it. */
const renamed = (stage: string, rest: string): Pick<Case, 'first' | 'second'> => ({
	first: `FROM scratch AS one\nWORKDIR /before\n${stage}\nFROM $BASE\n${rest}\n`,
	second: `FROM scratch AS one\nWORKDIR /after\n${stage}\nFROM $BASE\n${rest}\n`,
});

const onBase = (stage: string, rest: string): Pick<Case, 'first' | 'second'> => ({
	first: `FROM $BASE AS one\nWORKDIR /before\n${stage}\nFROM scratch\n${rest}\n`,
	second: `FROM $BASE AS one\nWORKDIR /after\n${stage}\nFROM scratch\n${rest}\n`,
});

test.serial('a file of the context', decided, {
	...renamed('COPY a.txt /out/', 'COPY --from=one /out/a.txt /x'),
	misses: [3, 4],
	hits: [6],
});

test.serial('a folder of the context, with modes, links and folders below', decided, {
	...renamed('COPY lib /out', 'COPY --from=one /out /x'),
	misses: [3, 4],
	hits: [6],
});

test.serial('everything', decided, {
	first: 'FROM scratch AS one\nCOPY lib /out\nFROM $BASE\nCOPY --from=one / /x\n',
	second: 'FROM scratch AS one\nCOPY lib/ /out/\nFROM $BASE\nCOPY --from=one / /x\n',
	misses: [3],
	hits: [5],
});

test.serial('a file that changed', decided, {
	...renamed('COPY a.txt /out/', 'COPY --from=one /out/a.txt /x'),
	changed: {'a.txt': 'changed\n'},
	misses: [3, 4, 6],
});

test.serial('another file of the stage changed', decided, {
	first: 'FROM scratch AS one\nCOPY a.txt b.txt /out/\nFROM $BASE\nCOPY --from=one /out/a.txt /x\n',
	second: 'FROM scratch AS one\nCOPY a.txt b.txt /out/\nFROM $BASE\nCOPY --from=one /out/a.txt /x\n',
	changed: {'b.txt': 'changed\n'},
	misses: [3],
	hits: [5],
});

test.serial('on an image: its own files', decided, {
	...onBase('COPY a.txt /out/', 'COPY --from=one /srv /etc/motd /x/'),
	misses: [3, 4],
	hits: [6],
});

test.serial('on an image: a folder of its that is added to', decided, {
	...onBase('COPY a.txt /srv/deep/', 'COPY --from=one /srv /x/'),
	misses: [3, 4],
	hits: [6],
});

test.serial('on an image: busybox and its links', decided, {
	...onBase('COPY a.txt /out/', 'COPY --from=one /bin /x/'),
	misses: [3, 4],
	hits: [6],
});

test.serial('owner by number and mode', decided, {
	...renamed('COPY --chown=12:34 --chmod=4755 a.txt lib /out/', 'COPY --from=one /out/ /x/'),
	misses: [3, 4],
	unknown: [6],
});

test.serial('owner by number and mode of files in a folder that is there', decided, {
	...renamed('COPY a.txt /out/\nCOPY --chown=12:34 --chmod=4750 lib /out/', 'COPY --from=one /out/ /x/'),
	misses: [3, 4, 5],
	hits: [7],
});

test.serial('owner by name, from the image', decided, {
	...onBase('COPY --chown=app:app lib /out/', 'COPY --from=one /out/ /x/'),
	misses: [3, 4],
	hits: [6],
});

test.serial('owner by name, from a file that was copied', decided, {
	...renamed('COPY etc/passwd /etc/\nCOPY --chown=zoe lib /out/', 'COPY --from=one /out/ /x/'),
	misses: [3, 4, 5],
	hits: [7],
});

test.serial('symbolic mode', decided, {
	...renamed('COPY --chmod=go-r,u+X lib /out/', 'COPY --from=one /out /x'),
	misses: [3, 4],
	hits: [6],
});

test.serial('an owner that differs', decided, {
	first: 'FROM scratch AS one\nCOPY --chown=1 lib /out/\nFROM $BASE\nCOPY --from=one /out /x\n',
	second: 'FROM scratch AS one\nCOPY --chown=2 lib /out/\nFROM $BASE\nCOPY --from=one /out /x\n',
	misses: [3, 5],
});

test.serial('WORKDIR makes the folder, with the owner of USER', decided, {
	first: 'FROM $BASE AS one\nUSER app\nWORKDIR /w/x\nFROM scratch\nCOPY --from=one /w /x\n',
	second: 'FROM $BASE AS one\nUSER app\nWORKDIR /w\nWORKDIR x\nFROM scratch\nCOPY --from=one /w /x\n',
	misses: [4, 5],
	hits: [7],
});

test.serial('a heredoc, and the same as a file', decided, {
	first: 'FROM scratch AS one\nCOPY a.txt /out/a.txt\nFROM $BASE\nCOPY --from=one /out /x\n',
	second: 'FROM scratch AS one\nCOPY <<EOF /out/a.txt\na\nEOF\nFROM $BASE\nCOPY --from=one /out /x\n',
	misses: [3],
	hits: [7],
});

test.serial('a linked copy over a folder of the image', decided, {
	...onBase('COPY --link lib /srv/', 'COPY --from=one /srv /x'),
	misses: [3],
	hits: [6],
});

test.serial('a linked copy with an owner, over folders with other owners', decided, {
	...onBase('COPY --chown=5 lib /srv/\nCOPY --link --chown=9 a.txt /srv/deep/', 'COPY --from=one /srv /x'),
	misses: [3],
	hits: [7],
});

test.serial('wildcards and exclusions in the stage', decided, {
	...renamed('COPY *.txt /out/\nCOPY --exclude=**/*.log lib /out/lib', 'COPY --from=one /out /x'),
	flags: [],
	misses: [3, 4, 5],
	hits: [7],
});

test.serial('wildcards in the copy from it', decided, {
	...renamed('COPY . /out/', 'COPY --from=one /out/*.txt /x/\nCOPY --from=one /out/lib/d*/*.txt /y/'),
	misses: [3, 4],
	unknown: [],
});

test.serial('--parents', decided, {
	...renamed('COPY --parents ./lib/./deep/*.txt a.txt /out/', 'COPY --from=one /out /x'),
	misses: [3, 4],
	hits: [6],
});

test.serial('through three stages', decided, {
	first:
		'FROM scratch AS a\nWORKDIR /1\nCOPY lib /lib\nFROM scratch AS b\nCOPY --from=a /lib /l\nCOPY a.txt /l/\nFROM $BASE\nCOPY --from=b /l /x\n',
	second:
		'FROM scratch AS a\nWORKDIR /2\nCOPY lib /lib\nFROM scratch AS b\nCOPY a.txt /l/\nCOPY --from=a /lib /l\nFROM $BASE\nCOPY --from=b /l /x\n',
	misses: [3, 4, 6, 7],
	hits: [9],
});

test.serial('a mount', decided, {
	...renamed(
		'COPY lib /out/',
		'RUN --mount=from=one,source=/out,target=/m ls /m > /r\nRUN --mount=from=one,target=/m ls /m > /s',
	),
	misses: [3, 4, 7],
	hits: [6],
});

test.serial('ADD of what is no archive', decided, {
	...renamed('ADD a.txt run.sh /out/', 'COPY --from=one /out/ /x/'),
	misses: [3, 4],
	hits: [6],
});

test.serial('a link in the way of the copy', decided, {
	...renamed('COPY lib /out/\nCOPY a.txt /out/deep/\nCOPY b.txt /out/link', 'COPY --from=one /out/ /x/'),
	misses: [3, 4, 5, 6],
	hits: [8],
});

test.serial('a stage that runs something stays undecided', decided, {
	first: 'FROM $BASE AS one\nWORKDIR /1\nRUN echo a > /out\nFROM scratch\nCOPY --from=one /out /x\n',
	second: 'FROM $BASE AS one\nWORKDIR /2\nRUN echo a > /out\nFROM scratch\nCOPY --from=one /out /x\n',
	misses: [3, 4],
	unknown: [6],
});

test.serial('only keys are cached of the stage: it is made again to be compared', decided, {
	first: 'FROM scratch AS one\nCOPY a.txt /1\nCOPY b.txt /out\nFROM $BASE\nCOPY --from=one /out /x\n',
	second: 'FROM scratch AS one\nCOPY a.txt /1\nCOPY --chmod=644 b.txt /out\nFROM $BASE\nCOPY --from=one /out /x\n',
	mode: 'min',
	misses: [3, 4],
	hits: [6],
});
