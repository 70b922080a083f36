import {brotliCompressSync, brotliDecompressSync, constants, gzipSync} from 'node:zlib';
import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {describeCause} from '../../planner/cause.ts';
import {estimateOf} from '../../planner/cost/estimate.ts';
import {formatLedger} from '../../planner/ledger/format-ledger.ts';
import {fromFrontCoded, frontCoded} from '../../planner/ledger/front-coding.ts';
import {ledgerBlob} from '../../planner/ledger/ledger-artifact.ts';
import {isLedgerTag, ledgerTag} from '../../planner/ledger/ledger-tag.ts';
import {parseLedger} from '../../planner/ledger/parse-ledger.ts';
import type {Plan} from '../../planner/plan.ts';
import {noted, type Planned, planOver} from '../helpers/noted-plan.ts';
import {type TreeEntry, temporaryTree} from '../helpers/temporary-tree.ts';

type Tree = Readonly<Record<string, TreeEntry>>;

const dockerfile = `FROM node:22
ARG VERSION=1
ENV MODE=slow
WORKDIR /app
COPY package.json ./
COPY src/ src/
RUN npm ci
RUN npm test
`;

const tree: Tree = {
	'package.json': '{}\n',
	'src/a.js': 'a\n',
	'src/run': {text: 'run\n', mode: 0o644},
	'src/docs/b.md': 'b\n',
};

/** Line, outcome and cause of each step that does not hit and follows none that does not. */
function firstCauses(plan: Plan): readonly string[] {
	return plan.stages
		.flatMap(({steps}) => steps)
		.flatMap(({step, outcome, cause}) =>
			cause === undefined || cause.kind === 'parent'
				? []
				: [`${step.instruction.range.start.line} ${outcome}: ${describeCause(cause)}`],
		);
}

type Changes = Omit<Partial<Planned>, 'folder'> & {readonly tree?: Tree};

const causes = test.macro({
	async exec(t, before: Changes, after: Changes, expected: readonly string[]) {
		const planned = ({tree: files = tree, ...rest}: Changes, cache?: Parameters<typeof planOver>[1]) =>
			planOver({dockerfile, folder: temporaryTree(t, files), ...rest}, cache);
		const {cache} = noted(await planned(before));
		t.deepEqual(firstCauses(await planned(after, cache)), expected);
	},
	title: title => `ledger: ${title}`,
});

const change = (from: string, to: string) => ({dockerfile: dockerfile.replace(from, to)});

test('nothing changed', causes, {}, {}, []);
test('content and mode', causes, {}, {tree: {...tree, 'src/a.js': 'A\n', 'src/run': {text: 'run\n', mode: 0o755}}}, [
	'6 miss: 2 of 3 files changed: src/a.js (content), src/run (mode 0644 → 0755)',
]);
test('mode and content of one file', causes, {}, {tree: {...tree, 'src/run': {text: 'other\n', mode: 0o755}}}, [
	'6 miss: 1 of 3 files changed: src/run (content, mode 0644 → 0755)',
]);
test('a file more, a folder less', causes, {}, {tree: {...tree, 'src/c.js': 'c\n', 'src/docs/b.md': {link: 'x'}}}, [
	'6 miss: 2 of 4 files changed: src/c.js (added), src/docs/b.md (type)',
]);
test('a text', causes, {}, change('npm ci', 'npm ci --omit=dev'), [
	'7 miss: instruction text changed: "npm ci" → "npm ci --omit=dev"',
]);
test('a build argument', causes, {}, {buildArgs: {VERSION: '2'}}, [
	'7 miss: ARG VERSION changed (used by 2 RUN steps, first line 7)',
]);
test('an environment variable', causes, {}, change('MODE=slow', 'MODE=fast'), ['7 miss: ENV MODE changed']);
test('a step more', causes, {}, change('RUN npm ci', 'RUN echo\nRUN npm ci'), ['7 miss: never built before']);
test('the base', causes, {base: 'one'}, {base: 'two'}, [
	'4 miss: base node:22 moved from sha256:7692c3ad3540… to sha256:3fc4ccfe7458…',
]);
test('the ignore file lets in', causes, {ignore: ['src/docs']}, {}, ['6 miss: .dockerignore now lets in src/docs/']);
test('the ignore file leaves out', causes, {}, {ignore: ['src/docs']}, [
	'6 miss: .dockerignore now leaves out src/docs/',
]);
test(
	'several at once',
	causes,
	{},
	{...change('RUN npm ci', 'RUN npm install'), tree: {...tree, 'package.json': '1\n'}},
	['5 miss: 1 of 1 file changed: package.json (content)'],
);

test('what misses now and was found last time is marked', async t => {
	const folder = temporaryTree(t, tree);
	const plan = await planOver({dockerfile, folder});
	const {cache} = noted(plan);
	const ledger =
		cache.ledger === undefined
			? undefined
			: {...cache.ledger, steps: cache.ledger.steps.map(step => ({...step, last: 'cached'}) as const)};
	const after = await planOver(
		{...change('npm ci', 'npm i'), folder},
		{...cache, ...(ledger !== undefined && {ledger})},
	);
	t.deepEqual(firstCauses(after), ['7 miss: instruction text changed: "npm ci" → "npm i" (hit last time)']);
});

test('a ledger of another cache words nothing, and changes no outcome', async t => {
	const folder = temporaryTree(t, tree);
	const {cache} = noted(await planOver({dockerfile, folder}));
	const other = noted(await planOver({...change('npm ci', 'npm run all'), folder}));
	const {ledger} = other.cache;
	const after = await planOver(
		{...change('npm ci', 'npm i'), folder},
		{...cache, ...(ledger !== undefined && {ledger})},
	);
	t.deepEqual(firstCauses(after), ['7 miss: new to the cache: instruction, environment or options changed']);
});

test('no value of a variable is written, and no mark tells it from others', async t => {
	const values = {VERSION: 'value-of-the-argument'};
	const text = dockerfile.replace('slow', 'value-of-the-variable').replace('npm ci', 'npm ci $VERSION ${MODE:-none}');
	const plan = await planOver({
		dockerfile: text,
		folder: temporaryTree(t, {...tree, 'src/a.js': 'content-of-a\n'}),
		buildArgs: values,
	});
	const json = brotliDecompressSync(noted(plan).bytes).toString();
	t.false(/value-of|content-of/.test(json));
	const {steps} = JSON.parse(json) as {readonly steps: readonly {readonly args: object; readonly env: object}[]};
	const marks = steps.flatMap(({args, env}) => [...Object.values(args), ...Object.values(env)]);
	t.true(marks.length > 2);
	t.deepEqual(
		marks.filter(mark => !/^[\da-f]{2}$/.test(String(mark))),
		[],
	);
});

test('a ledger is read back as it was written; what is none is nothing', async t => {
	const {bytes, cache} = noted(await planOver({dockerfile, folder: temporaryTree(t, tree)}));
	t.is(cache.ledger?.steps.length, 5);
	t.deepEqual(cache.ledger?.steps[2]?.reads[0]?.files?.get('src/run')?.mode, 0o644);
	t.is(parseLedger(bytes.subarray(0, bytes.length - 9)), undefined);
	for (const text of [
		'{"version":3,"writtenAt":"","contexts":[],"steps":[]}',
		'{"version":2,"writtenAt":"","contexts":[],"steps":[{}]}',
		Buffer.alloc((64 << 20) + 1),
	]) {
		t.is(parseLedger(brotliCompressSync(text, fast)), undefined);
		t.is(parseLedger(gzipSync(text)), undefined);
	}
});

const fast = {params: {[constants.BROTLI_PARAM_QUALITY]: 1}};

// As it was written before version 2.
const versionOne = {
	version: 1,
	writtenAt: '2026-11-24T00:00:00Z',
	contexts: [{ignore: ['*.log'], paths: ['src', 'src/a.js'], kinds: ['d755', 'f644'], marks: 'aaaabbbb'}],
	steps: [
		{
			id: '0:1',
			stage: 'stage-0',
			line: 2,
			keyword: 'COPY',
			text: 'COPY src /',
			definition: '01234567',
			args: {A: '01'},
			env: {},
			bases: [],
			remotes: [],
			parents: [],
			reads: [{table: 0, rows: [0, 2], total: 1}],
			last: 'ran',
			seconds: [1, 2],
		},
	],
};

test('a ledger of version 1 is read as before', t => {
	const ledger = parseLedger(gzipSync(JSON.stringify(versionOne)));
	t.deepEqual(
		[...(ledger?.steps[0]?.reads[0]?.files ?? [])],
		[
			['src', {kind: 'directory', mode: 0o755, mark: 'aaaa'}],
			['src/a.js', {kind: 'file', mode: 0o644, mark: 'bbbb'}],
		],
	);
	t.is(ledger?.rates, undefined);
	for (const type of ['v1+json+gzip', 'v2+json+br']) {
		const layers = [{mediaType: `application/vnd.cachecast.ledger.${type}`, digest: sha256(''), size: 0}];
		const config = {mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2};
		t.is(ledgerBlob(Buffer.from(JSON.stringify({schemaVersion: 2, config, layers}))), sha256(''));
	}
});

test('paths are front-coded and come back; what is no front coding is nothing', t => {
	const paths = ['', 'a', 'a/b', 'a/bc', 'b', 'bücher', 'bücher/\u{1f600}', 'bücher/\u{1f601}'];
	t.deepEqual(fromFrontCoded(JSON.parse(JSON.stringify(frontCoded(paths)))), paths);
	for (const shared of [[1], [-1], [0.5], [], [0, 0]]) {
		t.is(fromFrontCoded({shared, paths: ['a']}), undefined);
	}
});

test('a ledger of many files takes less than three bytes of each', t => {
	const count = 20_000;
	const files = new Map(
		Array.from({length: count}, (_, at) => {
			const mark = sha256(String(at)).slice('sha256:'.length);
			return [`src/d${at % 97}/file-${at}.js`, {kind: 'file', mode: 0o644, mark} as const];
		}),
	);
	const [step] = parseLedger(gzipSync(JSON.stringify(versionOne)))?.steps ?? [];
	t.not(step, undefined);
	const bytes = formatLedger({
		writtenAt: '',
		steps: step === undefined ? [] : [{...step, reads: [{ignore: [], files, total: count}]}],
	});
	t.true(bytes.byteLength < 3 * count, `${bytes.byteLength} bytes`);
	t.is(parseLedger(bytes)?.steps[0]?.reads[0]?.files?.size, count);
});

test('the cost of what runs, by what it took', async t => {
	const folder = temporaryTree(t, tree);
	const {cache} = noted(await planOver({dockerfile, folder}));
	const {cost} = await planOver({...change('RUN npm ci', 'RUN echo\nRUN npm ci'), folder}, cache);
	t.deepEqual(cost?.best, {steps: 3, seconds: 4, criticalPath: 4, withoutHistory: 1, pushBytes: 0});
	t.is((await planOver({dockerfile, folder})).cost, undefined);
});

test('an estimate is the median', t => {
	t.deepEqual(estimateOf({seconds: [3, 1, 20]}), {seconds: 3, least: 1, most: 20, runs: 3});
	t.deepEqual(estimateOf({seconds: [1, 2]}), {seconds: 1.5, least: 1, most: 2, runs: 2});
	t.is(estimateOf({seconds: []}), undefined);
});

test('the tag of a ledger is told from those of caches', t => {
	t.is(ledgerTag('cache-test'), 'cache-test-LEDGER');
	t.true(isLedgerTag('cache-test-LEDGER'));
	t.false(isLedgerTag('cache-ledger'));
	const long = ['a', 'b'].map(end => ledgerTag(`${'a'.repeat(127)}${end}`));
	t.deepEqual(
		long.map(tag => [tag.length, isLedgerTag(tag)]),
		[
			[128, true],
			[128, true],
		],
	);
	t.not(long[0], long[1]);
});
