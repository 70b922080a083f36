import {readFileSync} from 'node:fs';
import path from 'node:path';
import anyTest, {type TestFn} from 'ava';
import {hostileDockerfile} from '../helpers/hostile-dockerfile.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {inFolder, type PlanContext, plain, prepare} from '../helpers/plan-cases.ts';
import {projectRoot} from '../helpers/project.ts';
import {runCli} from '../helpers/run-cli.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', 'graph.schema.json'), 'utf8'));

const dockerfile = `ARG BASE=alpine:3.22
FROM $BASE AS deps
RUN true
FROM deps AS build
COPY --from=busybox:1.37 /bin/sh /
RUN --mount=type=bind,from=deps,target=/d true
FROM scratch AS spare
COPY a.txt /
FROM scratch
COPY --from=build / /
COPY --from=build / /again
`;

const shown = {
	stages: `stage-3  target
└╌╌ copy  build
   ├── from  deps
   │  └── from  alpine:3.22
   ├╌╌ copy  busybox:1.37
   └┈┈ mount deps (above)

spare  not needed

solid: FROM, dashed: COPY --from, dotted: mount
`,
	steps: `deps
  FROM $BASE AS deps
    └── from  alpine:3.22
  RUN true

build
  FROM deps AS build
    └── from  deps
  COPY --from=busybox:1.37 /bin/sh /
    └╌╌ copy  busybox:1.37
  RUN --mount=type=bind,from=deps,target=/d true
    └┈┈ mount deps

spare  not needed
  FROM scratch AS spare
  COPY a.txt /

stage-3
  FROM scratch
  COPY --from=build / /
    └╌╌ copy  build
  COPY --from=build / /again  target
    └╌╌ copy  build

solid: FROM, dashed: COPY --from, dotted: mount
`,
};

for (const [flags, expected] of [
	[[], shown.stages],
	[['--steps'], shown.steps],
] as const) {
	test(`graph ${flags.join(' ')}`, async t => {
		await inFolder(t, {Dockerfile: dockerfile}, async cwd => {
			const text = await runInProcess(['graph', 'app', ...flags], cwd, plain);
			t.deepEqual(text, {exitCode: 0, stdout: expected, stderr: ''});
			const json = await runInProcess(['graph', 'app', ...flags, '--format', 'json'], cwd, plain);
			const graph = JSON.parse(json.stdout) as {
				readonly nodes: readonly {readonly id: string; readonly label: string}[];
				readonly edges: readonly {readonly from: string; readonly to: string; readonly kind: string}[];
			};
			t.deepEqual(schemaErrors(schema, graph), []);
			const ids = new Set(graph.nodes.map(({id}) => id));
			t.is(ids.size, graph.nodes.length);
			t.deepEqual(
				graph.edges.filter(({from, to}) => !ids.has(from) || !ids.has(to)),
				[],
			);
			for (const [format, edge] of [
				['dot', / -> /g],
				['mermaid', /^\t\w+ (?:-->|-\.->).* \w+$/gm],
				['svg', /<path class="(?:from|copy|mount)"/g],
			] as const) {
				const {stdout, exitCode} = await runInProcess(['graph', 'app', ...flags, '--format', format], cwd, plain);
				t.is(exitCode, 0);
				t.is(stdout.match(edge)?.length, graph.edges.length, stdout);
			}
		});
	});
}

test('a target, and an argument that decides on a base', async t => {
	await inFolder(t, {Dockerfile: dockerfile}, async cwd => {
		const args = ['graph', 'app', '--target', 'DEPS', '--build-arg', 'BASE=debian'];
		const {stdout} = await runInProcess(args, cwd, plain);
		t.true(stdout.startsWith('deps  target\n└── from  debian\n'), stdout);
	});
});

test('a mistake is told', async t => {
	await inFolder(t, {Dockerfile: 'FROM scratch\nCOPY --from=0 / /\n'}, async cwd => {
		const {exitCode, stdout, stderr} = await runInProcess(['graph', 'app'], cwd, plain);
		t.is(exitCode, 1);
		t.is(stdout, '');
		t.true(stderr.startsWith('app/Dockerfile:2:'), stderr);
	});
});

test('names are quoted for graphviz and mermaid', async t => {
	await inFolder(t, {Dockerfile: hostileDockerfile}, async cwd => {
		const dot = await runInProcess(['graph', 'app', '--steps', '--format', 'dot'], cwd, plain);
		// Every line is made of words of ours and quoted strings.
		const lines = dot.stdout
			.trimEnd()
			.split('\n')
			.map(line => line.replace(/"(?:[^"\\]|\\.)*"/g, '"'));
		t.deepEqual(
			lines.filter(line => !/^\t*(?:(?:digraph|subgraph) " \{|\}|[\w,;=" []+(?:->)?[\w,;=" [\]]*)$/.test(line)),
			[],
		);
		const mermaid = await runInProcess(['graph', 'app', '--steps', '--format', 'mermaid'], cwd, plain);
		const labels = [...mermaid.stdout.matchAll(/\["(.*)"\]/g)].map(([, text = '']) => text.replaceAll('<br/>', ''));
		t.true(labels.length > 15);
		t.deepEqual(
			labels.filter(label => /[<>"'`&{}()[\]|\\-]|#(?!\d+;)/.test(label)),
			[],
		);
	});
});

test('a chain of stages is not drawn ever deeper', async t => {
	const stages = Array.from({length: 2000}, (_, at) => `FROM ${at === 0 ? 'scratch' : `s${at - 1}`} AS s${at}`);
	await inFolder(t, {Dockerfile: `${stages.join('\n')}\n`}, async cwd => {
		const {stdout, exitCode} = await runInProcess(['graph', 'app'], cwd, plain);
		t.is(exitCode, 0);
		t.true(stdout.length < 2000 * 60, String(stdout.length));
		t.true(stdout.includes(' s0\n'));
	});
});

// The bundle finds the layout package by itself.
test('a drawing by the program as it is published', async t => {
	await inFolder(t, {Dockerfile: dockerfile}, async cwd => {
		const {stdout, stderr, exitCode} = await runCli(['graph', 'app', '--format', 'svg'], {cwd, env: plain});
		t.is(stderr, '');
		t.is(exitCode, 0);
		t.true(stdout.startsWith('<svg xmlns="http://www.w3.org/2000/svg" '), stdout);
	});
});
