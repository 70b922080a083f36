import test from 'ava';
import fc from 'fast-check';
import {stageDag} from '../../analyzer/graph/stage-dag.ts';
import type {StageDependency} from '../../analyzer/index.ts';
import {
	type BuildOptions,
	type Diagnostic,
	formatPlatform,
	type NamedContexts,
	newestDialect,
	parseDockerfile,
	requiredImages,
	resolveStages,
	type StageGraph,
	type StageGraphResult,
} from '../../analyzer/index.ts';

const amd64 = {os: 'linux', architecture: 'amd64'};

type Wish = Partial<Omit<BuildOptions, 'buildArgs'>> & {readonly buildArgs?: Readonly<Record<string, string>>};

function resolve(lines: readonly string[], wish: Wish = {}): StageGraphResult {
	const parsed = parseDockerfile({path: 'Dockerfile', text: `${lines.join('\n')}\n`});
	return parsed.kind === 'failed'
		? {kind: 'failed', diagnostics: [parsed.diagnostic]}
		: resolveStages(
				parsed.dockerfile,
				{buildPlatform: amd64, ...wish, buildArgs: new Map(Object.entries(wish.buildArgs ?? {}))},
				newestDialect,
			);
}

/** `0:image 1:0 2:scratch(1)`: each needed stage with its base and, in brackets, the stages its COPYs and mounts use. */
function shape({stages}: StageGraph): string {
	return stages
		.filter(stage => stage.needed)
		.map(({index, base, dependencies}) => {
			const name = base.kind === 'stage' ? base.index : base.kind === 'image' ? base.reference : base.kind;
			const used = dependencies.filter(({kind}) => kind !== 'from').map(({stage}) => stage);
			return `${index}:${name}${used.length === 0 ? '' : `(${used.join()})`}`;
		})
		.join(' ');
}

const resolves = test.macro((t, lines: readonly string[], expected: string, wish: Wish = {}) => {
	const result = resolve(lines, wish);
	t.is(result.kind === 'resolved' ? shape(result.graph) : JSON.stringify(result.diagnostics), expected);
});

/** The message of the first mistake and the text at its place. */
const refuses = test.macro((t, lines: readonly string[], message: string, place: string, wish: Wish = {}) => {
	const result = resolve(lines, wish);
	const [first] = result.kind === 'failed' ? result.diagnostics : [];
	t.is(first?.message, message);
	t.is(first === undefined ? undefined : textAt(lines, first), place);
});

function textAt(lines: readonly string[], {range: {start, end}}: Diagnostic): string {
	return (lines[start.line - 1] ?? '').slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined);
}

test('the last stage is the target; what it does not reach is not needed', resolves, ['FROM a', 'FROM b'], '1:b');
test(
	'FROM, COPY and mounts are edges',
	resolves,
	['FROM a AS x', 'FROM b AS y', 'FROM x', 'COPY --from=y / /', 'RUN --mount=from=x,target=/x true'],
	'0:a 1:b 2:0(1,0)',
);
test('--target', resolves, ['FROM a AS x', 'FROM x AS y', 'FROM y'], '0:a 1:0', {target: 'Y'});
test(
	'triggers of stages that nobody needs are not looked at',
	resolves,
	['FROM a AS x', 'ONBUILD COPY --from=$y / /', 'FROM x', 'FROM b'],
	'2:b',
);
test(
	'triggers of a needed stage are',
	refuses,
	['FROM a AS x', 'ONBUILD COPY --from=$y / /', 'FROM x'],
	'variables are not expanded in --from',
	'$y',
);
const folder: NamedContexts = new Map([['x', {kind: 'folder'}]]);
const image: NamedContexts = new Map([['x', {kind: 'image', reference: 'i'}]]);
test('a context in the place of a base', resolves, ['FROM docker.io/library/x:latest'], '0:i', {contexts: image});
test('not of another tag', resolves, ['FROM x:1'], '0:x:1', {contexts: image});
test('not of scratch', resolves, ['FROM scratch'], '0:scratch', {
	contexts: new Map([['scratch', {kind: 'folder'} as const]]),
});
test(
	'a context in the place of a stage, which then needs nothing',
	resolves,
	['FROM a AS w', 'FROM w AS X', 'COPY --from=w / /', 'FROM b', 'COPY --from=x / /'],
	'1:folder 2:b(1)',
	{contexts: folder},
);
test('what only a replaced stage uses is no leaf', t => {
	const result = resolve(['FROM a AS w', 'FROM w AS x', 'FROM b AS y', 'FROM c'], {contexts: folder});
	const leaves = result.kind === 'resolved' ? result.graph.stages.filter(stage => stage.leaf) : [];
	t.deepEqual(
		leaves.map(stage => stage.index),
		[2, 3],
	);
});
test('contexts are asked for', t => {
	const lines = ['FROM scratch', 'COPY --from=x / /', 'RUN --mount=from=x,target=/x true'];
	const result = resolve(lines, {contexts: image});
	t.deepEqual(
		result.kind === 'resolved' ? requiredImages(result.graph).map(one => one.reference) : result.diagnostics,
		['i'],
	);
});
test('a target by its index', resolves, ['FROM a', 'FROM b', 'FROM c'], '1:b', {targetIndex: 1});
test(
	'FROM takes the latest earlier stage of a name',
	resolves,
	['FROM a AS x', 'FROM b AS x', 'FROM x', 'FROM c AS x', 'FROM x'],
	'3:c 4:3',
);
test(
	'FROM of a later name is an image',
	resolves,
	['FROM x', 'FROM a AS x', 'FROM scratch', 'COPY --from=0 / /'],
	'0:x 2:scratch(0)',
);
test('FROM of its own name is an image', resolves, ['FROM alpine AS alpine'], '0:alpine');
test(
	'COPY takes the last stage of a name',
	resolves,
	['FROM a AS x', 'FROM b AS x', 'FROM c', 'COPY --from=x / /'],
	'1:b 2:c(1)',
);
test('COPY ignores case', resolves, ['FROM a AS Base', 'FROM b', 'COPY --from=BASE / /'], '0:a 1:b(0)');
test('COPY of a name with a tag is an image', resolves, ['FROM a AS x', 'FROM b', 'COPY --from=x:1 / /'], '1:b');
test('numbers work in COPY', resolves, ['FROM a', 'FROM b', 'COPY --from=0 / /'], '0:a 1:b(0)');
test(
	'a number is an image in FROM and in a mount',
	resolves,
	['FROM a', 'FROM 0', 'RUN --mount=from=0,target=/x true'],
	'1:0',
);
test('an argument chooses the stage', resolves, ['ARG W=x', 'FROM a AS x', 'FROM b AS y', 'FROM $W'], '1:b 2:1', {
	buildArgs: {W: 'y'},
});
test('ARG of a stage is not seen by FROM', resolves, ['ARG V=1', 'FROM a', 'ARG V=2', 'FROM b:$V'], '1:b:1');
test(
	'built-in arguments',
	resolves,
	['FROM a:$TARGETARCH-$TARGETVARIANT-$BUILDARCH-$TARGETSTAGE AS fin'],
	'0:a:arm-v7-amd64-fin',
	{
		platform: {os: 'linux', architecture: 'arm', variant: 'v7'},
	},
);
test('a stage called scratch', resolves, ['FROM a AS scratch', 'FROM scratch'], '0:a 1:0');
test(
	'names that objects have',
	resolves,
	['FROM a AS constructor', 'FROM b AS tostring', 'FROM constructor', 'COPY --from=tostring / /'],
	'0:a 1:b 2:0(1)',
);
test(
	'FROM sees names in lower case only',
	refuses,
	['FROM a AS Base', 'FROM Base'],
	'invalid image reference "Base": repository name must be lowercase',
	'Base',
);
test('a stage that uses itself', refuses, ['FROM a AS x', 'COPY --from=x / /'], 'stage "x" uses itself', 'x');
test(
	'a circle',
	refuses,
	['FROM a AS x', 'COPY --from=y / /', 'FROM b AS y', 'RUN --mount=from=x,target=/x true'],
	'stages use each other in a circle: "y" → "x"',
	'x',
);
test(
	'a needed stage uses a later one',
	refuses,
	['FROM a AS x', 'COPY --from=y / /', 'FROM b AS y', 'FROM x'],
	'stage "y" is used before it is defined',
	'y',
);
test('the same in a stage that is not needed', resolves, ['FROM a AS x', 'COPY --from=y / /', 'FROM b AS y'], '1:b');
test('an unknown number', refuses, ['FROM a', 'COPY --from=7 / /'], 'there is no stage 7', '7');
test('a variable in --from', refuses, ['FROM a', 'COPY --from=$X / /'], 'variables are not expanded in --from', '$X');
/** The hint of the first mistake. */
const anyName = 'write the name of a stage above, an image as NAME:TAG, or scratch';
const hints = test.macro((t, lines: readonly string[], hint: string | undefined, wish: Wish = {}) => {
	const result = resolve(lines, wish);
	const [first] = result.kind === 'failed' ? result.diagnostics : [];
	t.truthy(first);
	t.is(first?.hint, hint);
});

const noValue = '"B" has no value: give it a default (ARG NAME=value before FROM) or --build-arg';
test('declared without a value', hints, ['ARG B', 'FROM $B'], noValue);
test('declared without a value beside a near one', hints, ['ARG B', 'ARG BB=a', 'FROM $B'], noValue);
test('not declared', hints, ['FROM $BASE'], '"BASE" is not declared: write ARG BASE=value before the first FROM');
test(
	'given, but not declared',
	hints,
	['FROM $BASE'],
	'"BASE" is not declared: write ARG BASE=value before the first FROM',
	{
		buildArgs: {BASE: 'a'},
	},
);
test('a value that is empty', hints, ['ARG B=', 'FROM $B'], anyName);
test(
	'misspelt after one that is fine',
	hints,
	['ARG REPO=a', 'ARG TAG=1', 'FROM $REPO:$TGA'],
	'"TGA" has no value: did you mean "TAG"?',
);
test(
	'a misspelt platform',
	hints,
	['FROM --platform=linux/$TARGTARCH a'],
	'"TARGTARCH" has no value: did you mean "TARGETARCH"?',
);
test('no platform', hints, ['FROM --platform=linux/ a'], 'write os/architecture, for example linux/arm64');
test(
	'a platform that is required',
	hints,
	['FROM --platform=${P:?none} a'],
	'give "P" a value: a default (ARG P=value) or --build-arg',
);
test('upper case', hints, ['FROM GHCR.io/Acme/App:RC1'], 'write it in lower case: "ghcr.io/acme/app:RC1"');
test('upper case with a port', hints, ['FROM Localhost:5000/App'], 'write it in lower case: "localhost:5000/app"');
test('upper case is not all', hints, ['FROM Acme//App'], anyName);
test('upper case in COPY', hints, ['FROM a', 'COPY --from=Acme/App / /'], 'write it in lower case: "acme/app"');
test('a stage in upper case', hints, ['FROM a AS Base', 'FROM Base'], 'did you mean "base"?');
test('a target by number', hints, ['FROM a AS x'], 'BuildKit finds targets by name only: its only named stage is "x"', {
	target: '0',
});
test('a target, and no stage has a name', hints, ['FROM a'], 'no stage of this file has a name', {target: 'x'});

test('an empty base', refuses, ['ARG B', 'FROM ${B}'], 'the base image "${B}" is empty', '${B}');
test('an empty platform', refuses, ['FROM --platform=$P a'], 'the platform "$P" is empty', '$P');
test('a wrong platform', refuses, ['FROM --platform=pc a'], '"pc" is not a platform', 'pc');
test(
	'a misspelt target',
	refuses,
	['FROM a AS builder', 'FROM b'],
	'target stage "biulder" is not defined',
	'builder',
	{
		target: 'biulder',
	},
);
test(
	'a misspelt target of which there are two',
	refuses,
	['FROM a AS builder', 'FROM b AS builder', 'FROM c'],
	'target stage "biulder" is not defined',
	'builder',
	{target: 'biulder'},
);
test('an unknown target', refuses, ['FROM a AS builder', 'FROM b'], 'target stage "release" is not defined', 'FROM b', {
	target: 'release',
});

test('leaves, order and labels', t => {
	const result = resolve([
		'FROM a AS base',
		'FROM base AS left',
		'FROM base AS right',
		'FROM b',
		'COPY --from=right / /',
		'COPY --from=left / /',
	]);
	const graph = result.kind === 'resolved' ? result.graph : undefined;
	t.deepEqual(graph?.order, [0, 1, 2, 3]);
	t.deepEqual(
		graph?.stages.filter(({leaf}) => leaf).map(({index}) => index),
		[3],
	);
	t.false(graph?.single);
	const alone = resolve(['FROM a', 'RUN true']);
	t.true(alone.kind === 'resolved' && alone.graph.single);
	// BuildKit counts an empty mount and an image of COPY as a stage when it names steps.
	for (const line of ['COPY --from=b / /', 'RUN --mount=type=cache,target=/c true']) {
		const result = resolve(['FROM a', line]);
		t.false(result.kind === 'resolved' && result.graph.single, line);
	}
});

test('the images of needed stages, each once for a platform', t => {
	const result = resolve([
		'FROM a AS unneeded',
		'FROM --platform=linux/arm64 b AS x',
		'FROM b',
		'COPY --from=c / /c',
		'COPY --from=x / /x',
		'COPY --from=c /d /d',
	]);
	const images = result.kind === 'resolved' ? requiredImages(result.graph) : [];
	t.deepEqual(
		images.map(({reference, platform, range}) => `${reference} ${formatPlatform(platform)} ${range.start.line}`),
		['b linux/arm64 2', 'b linux/amd64 3', 'c linux/amd64 4'],
	);
});

// Graphs of up to 12 stages in which a stage uses earlier ones only.
const dagArbitrary = fc
	.array(fc.array(fc.nat(20), {maxLength: 4}), {minLength: 1, maxLength: 12})
	.map(uses => uses.map((used, index) => (index === 0 ? [] : used.map(one => one % index))));

const range = {start: {line: 1, column: 1}, end: {line: 1, column: 1}};
const edges = (uses: readonly (readonly number[])[]): readonly (readonly StageDependency[])[] =>
	uses.map(used => used.map(stage => ({kind: 'copy', stage, range})));

test('order, reach and leaves of any graph', t => {
	const property = fc.property(dagArbitrary, uses => {
		const dag = stageDag(edges(uses));
		const order = dag.order();
		t.deepEqual(
			[...order].sort((a, b) => a - b),
			uses.map((_, index) => index),
		);
		for (const [stage, used] of uses.entries()) {
			t.true(used.every(one => order.indexOf(one) < order.indexOf(stage)));
			const reached = dag.reachable(stage);
			t.true(reached.has(stage));
			t.true([...reached].every(one => (uses[one] ?? []).every(below => reached.has(below))));
			t.true(
				[...reached].every(one => one === stage || uses.some((all, user) => all.includes(one) && reached.has(user))),
			);
		}

		t.deepEqual(
			dag.leaves(),
			[...uses.keys()].filter(stage => !uses.flat().includes(stage)),
		);
		t.is(dag.cycle(), undefined);
	});
	t.notThrows(() => fc.assert(property, {numRuns: 200}));
});

test('an edge back makes a circle that leads from stage to stage', t => {
	const property = fc.property(dagArbitrary, fc.nat(), fc.nat(), (uses, a, b) => {
		const [low = 0, high = 0] = [a % uses.length, b % uses.length].sort((x, y) => x - y);
		const closed = uses.map((used, stage) => (stage === low ? [...used, high] : used));
		const reaches = stageDag(edges(uses)).reachable(high).has(low);
		const cycle = stageDag(edges(closed)).cycle();
		t.is(cycle !== undefined, reaches);
		const stages = (cycle ?? []).map(({stage}) => stage);
		for (const [index, stage] of stages.entries()) {
			const user = stages.at(index - 1) ?? stage;
			t.true(closed[user]?.includes(stage));
		}
	});
	t.notThrows(() => fc.assert(property, {numRuns: 200}));
});

test('5,000 stages in a row', t => {
	const uses = Array.from({length: 5000}, (_, index) => (index === 0 ? [] : [index - 1]));
	const dag = stageDag(edges(uses));
	t.is(dag.reachable(uses.length - 1).size, uses.length);
	t.is(dag.order().length, uses.length);
	t.is(dag.cycle(), undefined);
	t.is(stageDag(edges([[uses.length - 1], ...uses.slice(1)])).cycle()?.length, uses.length);
});
