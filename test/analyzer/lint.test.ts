import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {
	type BaseImage,
	type BuildOptions,
	compilePatterns,
	type Diagnostic,
	type Dockerfile,
	defaultPolicy,
	type ImageFacts,
	type LintKnowledge,
	type LintPolicy,
	lintDockerfile,
	pageOf,
	parseDockerfile,
	parseIgnoreFile,
	type Range,
} from '../../analyzer/index.ts';
import {rules} from '../../analyzer/lint/rules/index.ts';
import {plainImage} from '../helpers/pipeline.ts';
import {projectRoot, sharedDir} from '../helpers/project.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
const rulesDir = path.join(projectRoot, 'analyzer', 'lint', 'rules');

function parsed(text: string): Dockerfile {
	const result = parseDockerfile({path: 'Dockerfile', text});
	if (result.kind === 'failed') {
		throw new Error(`${result.diagnostic.message}\n${text}`);
	}

	return result.dockerfile;
}

function lint(text: string, more: Partial<BuildOptions> = {}, known: LintKnowledge = {}): readonly Diagnostic[] {
	return lintDockerfile(parsed(text), {...options, ...more}, known);
}

/** The text a range covers; it must lie in one line, as every range of a rule does. */
function covered(text: string, {start, end}: Range): string {
	return start.line === end.line
		? (text.split('\n')[start.line - 1] ?? '').slice(start.column - 1, end.column - 1)
		: 'several lines';
}

/** `line rule "squiggled text"`. */
function briefly(text: string, found: readonly Diagnostic[]): readonly string[] {
	return found.map(({rule, range}) => `${range.start.line} ${rule} ${covered(text, range)}`);
}

// Rows hold what briefly() gives, in order: a finding that is missing and one too many both fail.
const finds = test.macro((t, text: string, expected: readonly string[], more: Partial<BuildOptions> = {}) => {
	t.deepEqual(briefly(text, lint(text, more)), expected);
});

const pinned = `alpine@${digest}`;

test('no tag', finds, 'FROM node', ['1 pin/no-tag node']);
test('latest', finds, 'FROM node:latest', ['1 pin/latest-tag node:latest']);
test('a tag without digest', finds, 'FROM node:22-alpine', ['1 pin/no-digest node:22-alpine']);
test('a digest', finds, `FROM node@${digest}`, []);
test('a tag and a digest', finds, `FROM node:22@${digest}`, []);
test('latest with a digest', finds, `FROM node:latest@${digest}`, []);
test('scratch', finds, 'FROM scratch', []);
test('a port is no tag', finds, 'FROM localhost:5000/app', ['1 pin/no-tag localhost:5000/app']);
test('a tag behind a port', finds, 'FROM localhost:5000/app:1', ['1 pin/no-digest localhost:5000/app:1']);
test('latest of another registry', finds, 'FROM ghcr.io/a/b:latest', ['1 pin/latest-tag ghcr.io/a/b:latest']);
test('a tag that begins with latest', finds, 'FROM a/b:latest-slim', ['1 pin/no-digest a/b:latest-slim']);
test('with a platform and a name', finds, 'FROM --platform=linux/arm64 node AS arm64', ['1 pin/no-tag node']);
test('quoted', finds, 'FROM "node:22"', ['1 pin/no-digest "node:22"']);
test('a stage', finds, `FROM ${pinned} AS base\nFROM base`, []);
test('a stage in another case', finds, `FROM ${pinned} AS Base\nFROM base`, ['1 StageNameCasing Base']);
test('a stage named after its image', finds, 'FROM node AS node\nFROM node', ['1 pin/no-tag node']);
test('a stage called latest', finds, `FROM ${pinned} AS latest\nFROM latest`, []);
test('COPY from a stage', finds, `FROM ${pinned} AS base\nFROM scratch\nCOPY --from=BASE / /`, []);
test('COPY from a number', finds, `FROM ${pinned}\nFROM scratch\nCOPY --from=0 / /`, []);
test('COPY from scratch', finds, 'FROM scratch\nCOPY --from=scratch / /', []);
test('COPY from an image', finds, 'FROM scratch\nCOPY --chown=1 --from=nginx /a /b', ['2 pin/no-tag nginx']);
test('COPY from latest', finds, 'FROM scratch\nCOPY --from=a/b:latest /a /b', ['2 pin/latest-tag a/b:latest']);
test(
	'COPY from the number of an image',
	finds,
	'FROM scratch\nCOPY --from=nginx:1 /a /\nCOPY --from=1 /b /\nCOPY --from=+1 /c /',
	['2 pin/no-digest nginx:1'],
);
test('COPY on several lines', finds, 'FROM scratch\nCOPY \\\n  --from=nginx \\\n  /a /b', ['3 pin/no-tag nginx']);
test('a mount from a stage', finds, `FROM ${pinned} AS b\nFROM b\nRUN --mount=from=b,target=/x true`, []);
test('a mount from an image', finds, `FROM ${pinned}\nRUN --mount=type=bind,from=nginx,target=/x true`, [
	'2 pin/no-tag nginx',
]);
test('a cache mount from an image', finds, `FROM ${pinned}\nRUN --mount=type=cache,target=/x,from=a/b:1 true`, [
	'2 pin/no-digest a/b:1',
]);
test(
	'two mounts',
	finds,
	`FROM ${pinned}\nRUN --mount=from=a/b,target=/x --mount=target=/c --mount=from=c/d:1,target=/y x`,
	['2 pin/no-tag a/b', '2 pin/no-digest c/d:1'],
);
test('ADD knows no image', finds, 'FROM scratch\nADD nginx /', []);
test('a default', finds, 'ARG BASE=node\nFROM $BASE', ['2 pin/no-tag $BASE']);
test('a default with a digest', finds, `ARG BASE=node@${digest}\nFROM $BASE`, []);
test('a tag from a default', finds, `ARG V=22\nFROM node:\${V}`, [`2 pin/no-digest node:\${V}`]);
test('latest from a default', finds, 'ARG V=latest\nFROM node:$V', ['2 pin/latest-tag node:$V']);
test('a default inside the FROM', finds, `ARG V\nFROM node:\${V:-latest}`, [`2 pin/latest-tag node:\${V:-latest}`]);
test('a default that is a stage', finds, `ARG BASE=one\nFROM ${pinned} AS one\nFROM $BASE`, []);
test('a default that is scratch', finds, 'ARG BASE=scratch\nFROM $BASE', []);
test('a build argument', finds, 'ARG V=latest\nFROM node:$V', ['2 pin/no-digest node:$V'], {
	buildArgs: new Map([['V', '22']]),
});
test('a stage by build argument', finds, `ARG BASE=node\nFROM ${pinned} AS one\nFROM $BASE`, [], {
	buildArgs: new Map([['BASE', 'one']]),
});
test('images of unneeded stages', finds, 'FROM node AS x\nFROM scratch', [
	'1 pin/no-tag node',
	'1 graph/unreachable-stage x',
]);

test('a name twice', finds, 'FROM scratch AS b\nFROM b AS b', ['2 DuplicateStageName b']);
test('a name in two cases', finds, 'FROM scratch AS b\nFROM b AS B', ['2 DuplicateStageName B', '2 StageNameCasing B']);
test('a name three times', finds, 'FROM scratch AS b\nFROM b AS b\nFROM b AS b', [
	'2 DuplicateStageName b',
	'3 DuplicateStageName b',
]);
test('names that differ', finds, 'FROM scratch AS b1\nFROM b1 AS b2', []);

test('a misspelt FROM', finds, 'FROM scratch AS builder\nFROM builder AS x\nFROM biulder\nCOPY --from=x / /', [
	'3 graph/undefined-stage biulder',
]);
test('a misspelt COPY', finds, 'FROM scratch AS builder\nFROM builder\nCOPY --from=buidler / /', [
	'3 graph/undefined-stage buidler',
]);
test('a misspelt mount', finds, 'FROM scratch AS builder\nFROM builder\nRUN --mount=from=bulder,target=/b true', [
	'3 graph/undefined-stage bulder',
]);
test(
	'a misspelt default',
	finds,
	'ARG S=biulder\nFROM scratch AS builder\nFROM builder AS x\nFROM $S\nCOPY --from=x / /',
	['4 graph/undefined-stage $S'],
);
test('far from every name', finds, 'FROM scratch AS builder\nFROM builder\nCOPY --from=assets / /', [
	'3 pin/no-tag assets',
]);
test('close, but with a tag', finds, 'FROM scratch AS builder\nFROM builder\nCOPY --from=buildr:1 / /', [
	'3 pin/no-digest buildr:1',
]);
test('close, but in a folder', finds, 'FROM scratch AS builder\nFROM builder\nCOPY --from=a/builder / /', [
	'3 pin/no-tag a/builder',
]);
test('close, but an official image', finds, 'FROM scratch AS nodes\nFROM nodes\nCOPY --from=node / /', [
	'3 pin/no-tag node',
]);
test(
	'a stage named almost after its image',
	finds,
	'FROM tools AS tools1\nFROM tools AS tools2\nCOPY --from=tools1 / /',
	['1 pin/no-tag tools', '2 pin/no-tag tools'],
);
test('FROM a later stage', finds, 'FROM runtime\nFROM scratch AS runtime\nCOPY --from=0 / /', [
	'1 graph/undefined-stage runtime',
]);
test(
	'FROM the image that a later stage is called after',
	finds,
	'FROM tools\nFROM tools:1 AS tools\nCOPY --from=0 / /',
	['1 pin/no-tag tools', '2 pin/no-digest tools:1'],
);
test('a number in FROM', finds, 'FROM scratch\nFROM 0\nCOPY --from=0 / /', ['2 graph/undefined-stage 0']);
test('a number in a mount', finds, 'FROM scratch AS a\nFROM a\nRUN --mount=from=0,target=/x true', [
	'3 graph/undefined-stage 0',
]);
test('a number that is no stage above', finds, 'FROM 0', ['1 pin/no-tag 0']);
test('a short name', finds, 'FROM scratch AS app\nFROM app\nCOPY --from=api / /', ['3 pin/no-tag api']);
test('a later stage where nothing needs it', finds, 'FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b', [
	'1 graph/unreachable-stage a',
	'2 graph/undefined-stage b',
]);
test('a later stage that is needed', finds, 'FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nFROM a', [
	'2 graph b',
]);

test('an unnamed stage', finds, 'FROM scratch\nFROM scratch AS x', ['1 graph/unreachable-stage scratch']);
test('a chain', finds, 'FROM scratch AS a\nFROM a AS b\nFROM scratch', [
	'1 graph/unreachable-stage a',
	'2 graph/unreachable-stage b',
]);
test('for a target', finds, 'FROM scratch AS a\nFROM a AS b\nFROM scratch AS c', ['3 graph/unreachable-stage c'], {
	target: 'B',
});
test('all needed', finds, 'FROM scratch AS a\nFROM scratch AS b\nCOPY --from=a / /\nFROM b', []);
test(
	'a waiver makes a target',
	finds,
	'FROM scratch AS a\nFROM scratch AS c\n# check=skip=graph/unreachable-stage\nFROM a AS b\nFROM scratch',
	['2 graph/unreachable-stage c'],
);

const triggers = 'FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS c\nONBUILD COPY --from=A / /\n';
test('a trigger of a stage that is used', finds, `${triggers}FROM c\nCOPY --from=1 / /`, []);
test('a trigger of a stage that is not used', finds, `${triggers}FROM scratch\nCOPY --from=c / /`, [
	'1 graph/unreachable-stage a',
	'2 graph/unreachable-stage b',
]);
test(
	'a trigger with a mount',
	finds,
	'FROM scratch AS a\nFROM scratch AS c\nONBUILD RUN --mount=from=a,target=/x true\nFROM c',
	[],
);

test(
	'an image in a trigger, run twice',
	finds,
	'FROM scratch AS c\nONBUILD COPY --from=a/b / /\nFROM c AS d\nFROM c\nCOPY --from=d / /',
	['2 pin/no-tag a/b'],
);

test('no such target', finds, 'FROM scratch AS a', ['1 graph a'], {target: 'b'});
test('an empty base', finds, 'ARG B\nFROM scratch AS x\nFROM $B AS x', [
	'3 graph $B',
	'3 InvalidDefaultArgInFrom $B',
	'3 DuplicateStageName x',
]);
test('a wrong mount', finds, 'FROM scratch\nRUN --mount=type=bnd true', ['2 syntax bnd']);

test('skip a rule', finds, '# check=skip=pin/no-tag\nFROM node\nCOPY --from=a/b:1 / /', ['3 pin/no-digest a/b:1']);
test('a remark behind the options', finds, '# check=skip=pin/no-tag // why\nFROM node', []);
test('a blank ends the options', finds, '# check=skip=pin/no-tag, pin/no-digest\nFROM node\nCOPY --from=a:1 / /', [
	'3 pin/no-digest a:1',
]);
test('skip two rules in one word', finds, '# check=skip=pin/no-tag,pin/no-digest\nFROM node\nCOPY --from=a:1 / /', []);
test('skip all', finds, '# check=skip=all\nFROM node AS x\nFROM a/b:1 AS x', []);
test('skip does not waive errors', finds, '# check=skip=all\nFROM $X', ['2 graph $X']);
test('skip an unknown rule', finds, '# check=skip=NoSuchRule\nFROM node', ['2 pin/no-tag node']);
test('skip is case sensitive', finds, '# check=skip=PIN/no-tag\nFROM node', ['2 pin/no-tag node']);
test('skip here only', finds, 'FROM scratch\n# check=skip=pin/no-tag\nCOPY --from=a/b / /\nCOPY --from=a/b / /', [
	'4 pin/no-tag a/b',
]);
test('skip all here', finds, 'FROM scratch\n# check=skip=all // a remark\nCOPY --from=a/b / /', []);
test('skip here on a later line', finds, `FROM ${pinned}\n# check=skip=pin/no-tag\nRUN true \\\n  && true`, []);
test(
	'skip above a continued instruction',
	finds,
	'FROM scratch\n# check=skip=pin/no-tag\nCOPY \\\n --from=a/b / /',
	[],
);
test('another rule here', finds, 'FROM scratch\n# check=skip=pin/no-digest\nCOPY --from=a/b / /', ['3 pin/no-tag a/b']);
test('a comment further up', finds, 'FROM scratch\n# check=skip=all\nWORKDIR /\nCOPY --from=a/b / /', [
	'4 pin/no-tag a/b',
]);

const continued = 'RUN a && \\\n\n  b';
test('an empty line inside', finds, `FROM scratch\n${continued}`, ['3 NoEmptyContinuation ']);
test('several empty lines are one', finds, 'FROM scratch\nRUN a && \\\n \n\n  b \\\n\n  c', [
	'3 NoEmptyContinuation  ',
]);
test('a comment inside', finds, 'FROM scratch\nRUN a && \\\n# why\n  b', []);
test('an empty line in a heredoc', finds, 'FROM scratch\nRUN <<E\na \\\n\nb\nE', []);
test('an empty line in a FROM', finds, 'FROM node:1 \\\n\n  AS x\nFROM a/b', [
	'1 pin/no-digest node:1',
	'2 NoEmptyContinuation ',
	'3 graph/unreachable-stage x',
	'4 pin/no-tag a/b',
]);
test('an empty line and no graph', finds, `FROM scratch\n${continued}\nFROM $X`, [
	'3 NoEmptyContinuation ',
	'5 graph $X',
	'5 InvalidDefaultArgInFrom $X',
	'5 UndefinedArgInFrom $X',
]);
test('empty lines skipped', finds, `# check=skip=NoEmptyContinuation\nFROM scratch\n${continued}`, []);
// BuildKit asks only the options of the file.
test('empty lines skipped here', finds, `FROM scratch\n# check=skip=NoEmptyContinuation\n${continued}\n${continued}`, [
	'4 NoEmptyContinuation ',
	'7 NoEmptyContinuation ',
]);

test('error=true makes errors', t => {
	const text = 'FROM node AS x\nFROM a/b:1';
	t.deepEqual(new Set(lint(text).map(({severity}) => severity)), new Set(['warning', 'info']));
	const found = lint(`# check=error=true;skip=pin/no-tag\n${text}`);
	t.deepEqual(
		found.map(({rule, severity}) => [rule, severity]),
		[
			['graph/unreachable-stage', 'error'],
			['pin/no-digest', 'error'],
		],
	);
});

test('a finding says where it comes from and what to write', t => {
	const text = `ARG V=22\nARG IMAGE=node:\${V}\nARG V=24\nFROM $IMAGE`;
	t.deepEqual(lint(text), [
		{
			rule: 'pin/no-digest',
			severity: 'info',
			message: 'image "node:22" has no digest, so its tag can be moved to another image',
			file: 'Dockerfile',
			range: {start: {line: 4, column: 6}, end: {line: 4, column: 12}},
			hint: 'write node:22@sha256:…, as "docker buildx imagetools inspect node:22" prints it',
			notes: [
				{
					message: '"IMAGE" has its value from here',
					range: {start: {line: 2, column: 5}, end: {line: 2, column: 20}},
				},
				{message: '"V" has its value from here', range: {start: {line: 3, column: 5}, end: {line: 3, column: 9}}},
			],
		},
	]);
	const [given] = lint(text, {buildArgs: new Map([['IMAGE', 'a/b']])});
	t.is(given?.hint, 'write a version and its digest: a/b:VERSION@sha256:…');
	t.deepEqual(given?.notes, [
		{
			message: '"IMAGE" is "a/b" by --build-arg',
			range: {start: {line: 2, column: 5}, end: {line: 2, column: 20}},
		},
	]);
	const [, bare] = lint('ARG B\nFROM $B', {buildArgs: new Map([['B', 'a/b']])});
	t.deepEqual(bare?.notes, [
		{message: '"B" is "a/b" by --build-arg', range: {start: {line: 1, column: 5}, end: {line: 1, column: 6}}},
	]);
	const [latest] = lint('FROM a/b:latest');
	t.is(latest?.hint, 'write a version and its digest: a/b:VERSION@sha256:…');
	const [, duplicate] = lint('FROM scratch AS a\nFROM scratch AS A');
	t.deepEqual(duplicate?.notes, [
		{message: 'first used here', range: {start: {line: 1, column: 17}, end: {line: 1, column: 18}}},
	]);
	const [misspelt] = lint('FROM scratch AS builder\nFROM builder\nCOPY --from=biulder / /');
	t.is(misspelt?.hint, 'did you mean "builder"?');
	const [reached, used] = lint('FROM scratch AS a\nFROM a AS b\nFROM scratch');
	t.is(reached?.notes?.[0]?.message, 'stage "b" uses it here');
	t.regex(used?.hint ?? '', /--target b /);
});

/** The `dockerfile` blocks of a page below its ❌ and its ✅. */
function blocksOf(page: string): {readonly bad: readonly string[]; readonly good: readonly string[]} {
	const [before = '', ...rest] = page.split('✅');
	return {bad: blocks(before.split('❌')[1] ?? '', 'dockerfile'), good: blocks(rest.join('✅'), 'dockerfile')};
}

function blocks(text: string, language: string): readonly string[] {
	return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, block = '']) =>
		name === language ? block : [],
	);
}

const arm: BaseImage = {...plainImage, platform: {os: 'linux', architecture: 'arm64'}};

/** What a `--build-arg` gives where a page speaks of one. */
const given = {buildArgs: new Map([['TAG', `1@${digest}`]])};

/**
 * What the examples of a page stand in: its `dockerignore` block, the names of its `context` block, the policy of its
 * `json` block, the answers of its `registry` block, and images for arm64 alone.
 */
function surroundings(page: string): LintKnowledge {
	const [ignoreFile] = blocks(page, 'dockerignore');
	const [context] = blocks(page, 'context');
	const [policy] = blocks(page, 'json');
	const [registry] = blocks(page, 'registry');
	const compiled = ignoreFile === undefined ? undefined : compilePatterns(parseIgnoreFile(ignoreFile));
	return {
		images: new Map(
			['linux/amd64', 'linux/arm64'].map(platform => [`${pinned} ${platform}`, {kind: 'resolved', image: arm}]),
		),
		...(compiled?.kind === 'compiled' && {ignore: compiled.matcher}),
		...(context !== undefined && {context: {names: context.trim().split('\n'), dockerfile: 'Dockerfile'}}),
		...(registry !== undefined && {
			registry: new Map(Object.entries(JSON.parse(registry) as Readonly<Record<string, ImageFacts>>)),
		}),
		...(policy !== undefined && {
			policy: {...defaultPolicy, today: '2026-01-01', ...(JSON.parse(policy) as Partial<LintPolicy>)},
		}),
	};
}

for (const {name, summary} of rules) {
	test(`the page of ${name}`, t => {
		const file = pageOf({name});
		t.true(existsSync(path.join(rulesDir, `${file}.ts`)), `${file}.ts`);
		const page = readFileSync(path.join(rulesDir, `${file}.md`), 'utf8');
		t.true(page.startsWith(`# ${name}\n\n${summary}\n\n`), 'name and summary');
		const {bad, good} = blocksOf(page);
		t.true(bad.length > 0 && good.length > 0, 'has both blocks');
		const known = surroundings(page);
		for (const block of bad) {
			t.deepEqual([...new Set(lint(block, given, known).map(({rule}) => rule))], [name], block);
		}

		for (const block of good) {
			t.deepEqual(lint(block, given, known), [], block);
		}
	});
}

test('every file of the rules folder is a rule of the list', t => {
	const files = readdirSync(rulesDir);
	t.is(files.filter(file => file.endsWith('.ts') && file !== 'index.ts').length, rules.length);
	t.is(files.filter(file => file.endsWith('.md')).length, rules.length);
	t.is(new Set(rules.map(({name}) => name)).size, rules.length);
});

// Names far from each other and from the images, so that nothing looks misspelt.
const stageNames = ['compile', 'Frontend', 'TESTS', 'x', 'latest', 'node', 'alpine3', 'final-image'];
const images = [
	['acme/app', 'pin/no-tag'],
	['localhost:5000/tool', 'pin/no-tag'],
	['acme/app:latest', 'pin/latest-tag'],
	['golang:1.25', 'pin/no-digest'],
	['acme/app:v1', 'pin/no-digest'],
	[`acme/app@${digest}`, undefined],
	[`golang:latest@${digest}`, undefined],
] as const;

type Reference = {readonly text: string; readonly breaks: string | undefined};

/** A stage above, as someone would write it; scratch; or an image with the rule it breaks. */
function referenceTo(above: number, choice: number, kind: 'from' | 'copy' | 'mount'): Reference {
	const names = stageNames.slice(0, above);
	const forms = {
		from: names.map(name => name.toLowerCase()),
		copy: names.flatMap((name, index) => [name, name.toUpperCase(), String(index)]),
		mount: names.flatMap(name => [name, name.toUpperCase()]),
	}[kind];
	const all: readonly Reference[] = [
		...[...forms, 'scratch'].map(text => ({text, breaks: undefined})),
		...images.map(([text, breaks]) => ({text, breaks})),
	];
	return all[choice % all.length] ?? {text: 'scratch', breaks: undefined};
}

const choices = fc.record({
	base: fc.nat(200),
	viaArg: fc.boolean(),
	copies: fc.array(fc.nat(200)),
	mounts: fc.array(fc.nat(200)),
});

test('property: a stage or scratch is never an image, and every image is judged', t => {
	let references = 0;
	fc.assert(
		fc.property(fc.array(choices, {minLength: 1, maxLength: stageNames.length}), stages => {
			const args: string[] = [];
			const lines: string[] = [];
			const expected: string[] = [];
			const use = ({text, breaks}: Reference, shown = text): string => {
				references++;
				if (breaks !== undefined) {
					expected.push(`${breaks} ${shown}`);
				}

				return shown;
			};

			for (const [index, {base, viaArg, copies, mounts}] of stages.entries()) {
				const from = referenceTo(index, base, 'from');
				if (viaArg) {
					args.push(`ARG A${index}=${from.text}`);
				}

				lines.push(`FROM ${use(from, viaArg ? `\${A${index}}` : from.text)} AS ${stageNames[index] ?? ''}`);
				lines.push(...copies.map(one => `COPY --from=${use(referenceTo(index, one, 'copy'))} /a /b`));
				const flags = mounts.map(one => `--mount=from=${use(referenceTo(index, one, 'mount'))},target=/m`);
				lines.push(`RUN ${[...flags, 'true'].join(' ')}`);
			}

			const text = [...args, ...lines, ''].join('\n');
			const found = lint(text).filter(({rule}) => /^pin\//.test(rule));
			return (
				JSON.stringify(found.map(({rule, range}) => `${rule} ${covered(text, range)}`)) === JSON.stringify(expected)
			);
		}),
		{numRuns: 300},
	);
	t.log(`${references} references`);
	t.pass();
});

/** The corpus folder `name`, or undefined with a line in the log. */
function corpus(t: ExecutionContext, name: string): string | undefined {
	const dir = sharedDir === undefined ? undefined : path.join(sharedDir, 'corpus', name);
	if (dir === undefined || !existsSync(dir)) {
		t.log(`no corpus here: ${name} was not read`);
		t.pass();
		return undefined;
	}

	return dir;
}

function readLines<T>(file: string): readonly T[] {
	return readFileSync(file, 'utf8')
		.split('\n')
		.filter(line => line !== '')
		.map(line => JSON.parse(line) as T);
}

/** What BuildKit itself said of a file: the stages its default target needs, and the images they use. */
interface OracleGraph {
	readonly file: string;
	readonly error: string | null;
	readonly needed: readonly number[];
	readonly stages: readonly {readonly index: number; readonly base: string; readonly baseStage: number | null}[];
}

interface OracleLint {
	readonly file: string;
	readonly error: string | null;
	readonly warnings: readonly {readonly rule: string; readonly start: number}[];
}

for (const name of ['dockerfiles', 'dockerfiles-gotest']) {
	test(`corpus ${name}: stages, scratch and images as BuildKit sees them`, t => {
		const dir = corpus(t, name);
		const oracle = corpus(t, 'oracle');
		if (dir === undefined || oracle === undefined) {
			return;
		}

		const graphs = new Map(
			readLines<OracleGraph>(path.join(oracle, `${name}.graph.jsonl`)).map(one => [one.file, one]),
		);
		const warnings = new Map(
			readLines<OracleLint>(path.join(oracle, `${name}.lint.jsonl`)).map(one => [one.file, one]),
		);
		const counts = {files: 0, findings: 0, compared: 0, bases: 0, duplicates: 0};
		for (const file of readdirSync(dir).filter(one => one.endsWith('.Dockerfile'))) {
			counts.files++;
			const text = readFileSync(path.join(dir, file), 'utf8');
			const result = parseDockerfile({path: file, text});
			if (result.kind === 'failed') {
				continue;
			}

			const {dockerfile} = result;
			const found = lintDockerfile(dockerfile, options);
			counts.findings += found.length;
			const graph = graphs.get(file);
			if (graph === undefined || graph.error !== null || /^# *check *=/im.test(text)) {
				continue;
			}

			counts.compared++;
			const linesOf = (rule: string) => found.filter(one => one.rule === rule).map(({range}) => range.start.line);
			const unneeded = dockerfile.stages.filter((_, index) => !graph.needed.includes(index));
			t.deepEqual(
				linesOf('graph/unreachable-stage'),
				unneeded.map(({from}) => (from.name ?? from.image).range.start.line),
				file,
			);
			t.deepEqual(
				linesOf('DuplicateStageName'),
				(warnings.get(file)?.warnings ?? []).filter(({rule}) => rule === 'DuplicateStageName').map(({start}) => start),
				file,
			);
			counts.duplicates += linesOf('DuplicateStageName').length;
			for (const {index, base, baseStage} of graph.stages) {
				const place = dockerfile.stages[index]?.from.image.range.start;
				const rule = found.find(
					one =>
						(one.rule.startsWith('pin/') || one.rule === 'graph/undefined-stage') &&
						JSON.stringify(one.range.start) === JSON.stringify(place),
				)?.rule;
				const isImage = baseStage === null && base !== 'scratch';
				t.is(rule !== undefined, isImage && !base.includes('@'), `${file}: stage ${index}, ${base}`);
				counts.bases++;
			}
		}

		t.log(counts);
		t.true(counts.compared > 200);
	});
}

interface Truth {
	readonly file: string;
	readonly errors: readonly unknown[];
	readonly unneeded: readonly number[];
	readonly stages: readonly {
		readonly line: number;
		readonly base: string;
		readonly baseStage: number | null;
	}[];
	readonly externalImages: readonly {readonly line: number; readonly image: string; readonly kind: string}[];
}

/** The rule that a reference breaks, told without our parser. */
function pinRule(image: string): string | undefined {
	const last = image.split('/').at(-1) ?? '';
	const tag = /:(.+)$/.exec(last)?.[1];
	return image.includes('@')
		? undefined
		: tag === undefined
			? 'pin/no-tag'
			: tag === 'latest'
				? 'pin/latest-tag'
				: 'pin/no-digest';
}

test('corpus truth: every image of every stage, needed or not', t => {
	const dir = corpus(t, 'truth');
	const files = corpus(t, 'dockerfiles');
	if (dir === undefined || files === undefined) {
		return;
	}

	let images = 0;
	let compared = 0;
	for (const name of readdirSync(dir).filter(one => one.endsWith('.json'))) {
		const truth = JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as Truth;
		if (truth.errors.length > 0) {
			continue;
		}

		compared++;
		const bases = truth.stages
			.filter(({base, baseStage}) => baseStage === null && base !== 'scratch')
			.map(({line, base}) => ({line, image: base}));
		const expected = [...bases, ...truth.externalImages]
			.map(({line, image}) => `${line} ${pinRule(image) ?? ''}`)
			.filter(row => !row.endsWith(' '));
		const text = readFileSync(path.join(files, truth.file), 'utf8');
		// A FROM or RUN may begin lines above the word that is marked.
		const starts = parsed(text).stages.flatMap(({from, instructions}) => [from, ...instructions]);
		const found = lintDockerfile(parsed(text), options)
			.filter(({rule}) => rule.startsWith('pin/') || rule === 'graph/undefined-stage')
			.flatMap(({rule, range}) => {
				const line = starts.findLast(one => one.range.start.line <= range.start.line)?.range.start.line;
				// The frontend stands above all instructions, and is no image of a stage.
				return line === undefined ? [] : `${line} ${rule === 'graph/undefined-stage' ? 'pin/no-tag' : rule}`;
			});
		t.deepEqual(found.toSorted(), expected.toSorted(), name);
		images += expected.length;
	}

	t.log(`${compared} files, ${images} unpinned images`);
	t.true(compared > 30);
});
