import {appendFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {buildx, wipe} from '../engine/buildx.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {environment, runInProcess} from '../helpers/in-process.ts';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';

// Builds whose input is more than a folder with a Dockerfile: named contexts, a Dockerfile by standard input, images
// that bring ONBUILD. Each is forecast, built on an emptied engine and compared, cold, and after a change or without one.

const test = anyTest as TestFn<OwnEngine>;

interface Step {
	readonly line: number;
	readonly forecast: string;
	readonly actual: string;
	readonly verdict: string;
}

interface BuildJson {
	readonly outcome: string;
	readonly steps: readonly Step[];
}

test.before(async t => {
	Object.assign(t.context, await startFileEngine({files: {'/etc/motd': 'hi\n'}}));
});
test.after.always(t => leaveFileEngine(t.context));

/** A change to a case's files, and the lines of the steps that must run after it. */
type Change = readonly [name: string, file: string, runs: readonly number[]];

interface Input {
	/** In a folder `app` and next to it. */
	readonly files: Readonly<Record<string, string>>;
	readonly args: (base: string, dir: string) => readonly string[];
	readonly changes: readonly Change[];
	/** Lines of steps that run every time. */
	readonly always?: readonly number[];
	/** Lines of steps that read what such a step makes. */
	readonly unknown?: readonly number[];
	/** Makes what the case needs on the engine: images, layouts. */
	readonly prepare?: (engine: TestEngine, base: string, dir: string) => Promise<unknown>;
	/** The files are written in Latin-1, which makes bytes of them that are no UTF-8. */
	readonly latin1?: boolean;
	/** The cache is the folder `cache` next to `app`, not in a registry. */
	readonly localCache?: boolean;
	/** The Dockerfile comes by standard input. */
	readonly byStdin?: boolean;
}

const cycle = test.macro(async (t, input: Input) => {
	const engine = engineOf(t);
	if (engine === undefined) {
		return;
	}

	const {base} = t.context;

	const dir = await mkdtemp(path.join(os.tmpdir(), 'cachecast-inputs-'));
	for (const [name, text] of Object.entries(input.files)) {
		await mkdir(path.dirname(path.join(dir, name)), {recursive: true});
		await writeFile(path.join(dir, name), text, input.latin1 === true ? 'latin1' : 'utf8');
	}

	await input.prepare?.(engine, base, dir);
	const ref = `type=registry,ref=${engine.registry}/${path.basename(dir).toLowerCase()}:main`;
	const [from, to] = input.localCache === true ? ['type=local,src=cache', 'type=local,dest=cache'] : [ref, ref];
	const build = async (what: string): Promise<readonly Step[]> => {
		await wipe(engine);
		const args = ['build', '--strict', ...input.args(base, dir), `--build-arg=BASE=${base}`, `--cache-from=${from}`];
		const stdin = input.byStdin === true ? input.files['app/Dockerfile'] : undefined;
		const all = [...args, `--cache-to=${to}`, '--format=json', 'app'];
		const result = await runInProcess(all, dir, {...environment, ...engine.env}, stdin);
		t.is(result.exitCode, 0, `${what}: ${result.stderr}\n${result.stdout}`);
		const report = JSON.parse(result.stdout) as BuildJson;
		const wrong = report.steps.filter(step => step.verdict !== 'right' && step.verdict !== 'undecided');
		t.deepEqual(wrong, [], what);
		return report.steps;
	};

	const {always = [], unknown = []} = input;
	const expected = ({line}: Step) => (unknown.includes(line) ? 'unknown' : always.includes(line) ? 'miss' : 'hit');
	const ran = (steps: readonly Step[]) => steps.filter(step => step.actual === 'ran').map(step => step.line);
	const cold = await build('cold');
	t.true(cold.length > 0);
	// A change leaves steps that hit, so it stands for a build without one.
	if (input.changes.length === 0 || unknown.length > 0) {
		const warm = await build('warm');
		t.deepEqual(ran(warm), always);
		t.deepEqual(
			warm.map(step => [step.line, step.forecast]),
			warm.map(step => [step.line, expected(step)]),
		);
	}

	for (const [name, file, runs] of input.changes) {
		await appendFile(path.join(dir, file), 'changed\n');
		t.deepEqual(ran(await build(name)), runs, name);
	}

	await rm(dir, {recursive: true, force: true});
});

const folder = {
	'shared/.dockerignore': '**/*.log\n',
	'shared/lib/a.txt': 'a\n',
	'shared/lib/b.log': 'ignored\n',
	'shared/conf/c.txt': 'c\n',
};

test.serial('a folder by name: copied from, mounted from, with an ignore file of its own', cycle, {
	files: {
		...folder,
		'app/Dockerfile': `ARG BASE
FROM $BASE
COPY --from=shared lib /lib
RUN --mount=from=shared,source=conf,target=/conf cat /conf/c.txt > /c
RUN --mount=type=bind,from=shared,target=/all ls /all > /all.txt
`,
	},
	args: () => ['--build-context=shared=shared'],
	changes: [
		['an ignored file', 'shared/lib/b.log', []],
		['a mounted file', 'shared/conf/c.txt', [4, 5]],
		['a copied file', 'shared/lib/a.txt', [3, 4, 5]],
	],
});

test.serial('a folder in the place of a stage: the stage and what only it uses are not built', cycle, {
	files: {
		...folder,
		'app/Dockerfile': `ARG BASE
FROM $BASE AS fetch
RUN exit 1
FROM fetch AS assets
RUN exit 1
FROM $BASE
COPY --from=assets conf/c.txt /
RUN cat /c.txt
`,
	},
	args: () => ['--build-context=assets=shared'],
	changes: [['a copied file', 'shared/conf/c.txt', [7, 8]]],
});

test.serial('a folder as the base: what stands on it runs every time', cycle, {
	files: {
		...folder,
		'app/Dockerfile': 'FROM shared AS one\nCOPY a.txt /\nFROM scratch\nCOPY --from=one /a.txt /b.txt\nCOPY a.txt /\n',
		'app/a.txt': 'a\n',
	},
	args: () => ['--build-context=shared=shared'],
	always: [2],
	unknown: [4, 5],
	changes: [],
});

const wholeFolder = {
	'app/Dockerfile': 'FROM scratch AS leaf\nCOPY --from=all app/a.txt /\nFROM scratch\nCOPY --from=all . /all\n',
	'app/a.txt': 'a\n',
};

test.serial('a folder that holds the cache: what takes it in is known only in the build', cycle, {
	files: wholeFolder,
	args: () => ['--build-context=all=.'],
	localCache: true,
	always: [4],
	unknown: [4],
	changes: [['a file', 'app/a.txt', [2, 4]]],
});

test.serial('a folder whose ignore file leaves the cache out', cycle, {
	files: {...wholeFolder, '.dockerignore': 'cache\n'},
	args: () => ['--build-context=all=.'],
	localCache: true,
	changes: [['a file', 'app/a.txt', [2, 4]]],
});

test.serial('an image in the place of a base, under each of its names', cycle, {
	files: {
		'app/Dockerfile': `FROM docker.io/library/tools:latest AS one
WORKDIR /one
RUN cat /etc/motd > m
FROM other:1
COPY --from=one /one/m /m
COPY --from=tools /etc/motd /n
RUN --mount=from=tools,target=/t cat /t/etc/motd > /o
`,
	},
	args: base => [`--build-context=tools=docker-image://${base}`, `--build-context=other:1=docker-image://${base}`],
	changes: [],
});

test.serial('an image in the place of a stage', cycle, {
	files: {
		'app/Dockerfile': `ARG BASE
FROM scratch AS tools
COPY nothing /
FROM tools AS more
RUN cat /etc/motd > /m
FROM $BASE
COPY --from=Tools /etc/motd /
COPY --from=more /m /
COPY a.txt /
`,
		'app/a.txt': 'a\n',
	},
	args: base => [`--build-context=tools=docker-image://${base}`],
	changes: [['a file', 'app/a.txt', [9]]],
});

test.serial('an image of an OCI layout, by tag and by digest', cycle, {
	files: {
		'app/Dockerfile': `FROM tools
COPY --from=again /etc/motd /n
RUN cat /etc/motd > /m
`,
	},
	prepare: async (engine, base, dir) =>
		make(
			engine,
			['build', '--provenance=false', `--output=type=oci,tar=false,dest=${dir}/layout`, '-'],
			`FROM ${base}\n`,
		),
	args: () => ['--build-context=tools=oci-layout://layout', '--build-context=again=oci-layout://layout:latest'],
	changes: [],
});

test.serial('a Dockerfile by standard input has the ignore file of the context', cycle, {
	files: {
		'app/Dockerfile': 'ARG BASE\nFROM $BASE\nCOPY . /all\nRUN ls /all\n',
		'app/.dockerignore': '*.log\nDockerfile\n',
		'app/a.txt': 'a\n',
		'app/a.log': 'a\n',
	},
	args: () => ['-f', '-'],
	byStdin: true,
	changes: [
		['an ignored file', 'app/a.log', []],
		['a file', 'app/a.txt', [3, 4]],
	],
});

test.serial('a Dockerfile in Latin-1', cycle, {
	files: {
		'app/Dockerfile': `ARG BASE
FROM $BASE
# café
ENV NAME=café
LABEL name=café
WORKDIR /café
COPY <<"EOF" ./plain
café
EOF
COPY <<EOF ./expanded
café $NAME
EOF
COPY a.txt ./é
RUN cat plain
`,
		'app/a.txt': 'é\n',
	},
	latin1: true,
	args: () => [],
	changes: [['a file', 'app/a.txt', [13, 14]]],
});

test.serial('an image whose ONBUILD copies from a stage and an image', cycle, {
	files: {
		'app/Dockerfile': `ARG BASE
FROM $BASE AS tools
COPY tool.txt /
RUN cp /tool.txt /made
FROM $BASE AS unused
COPY a.txt /
FROM triggering
RUN cat /made /m
`,
		'app/tool.txt': 't\n',
		'app/a.txt': 'a\n',
	},
	prepare: async (engine, base) =>
		make(
			engine,
			['build', '--provenance=false', '--push', `--tag=${engine.registry}/triggering:1`, '-'],
			`FROM ${base}
ONBUILD COPY --from=tools /made /made
ONBUILD RUN --mount=from=${base},target=/t cat /t/etc/motd > /m
ONBUILD COPY a.txt /
ONBUILD WORKDIR /srv
`,
		),
	args: base => [`--build-context=triggering=docker-image://${base.slice(0, base.indexOf('/'))}/triggering:1`],
	changes: [
		['a file of the trigger', 'app/a.txt', [6, 7, 7, 8]],
		['a file of the stage', 'app/tool.txt', [3, 4, 7, 7, 7, 7, 8]],
	],
});

async function make(engine: TestEngine, args: readonly string[], dockerfile: string): Promise<void> {
	const result = await buildx(engine, args, {input: dockerfile});
	if (result.exitCode !== 0) {
		throw new Error(result.stderr);
	}
}
