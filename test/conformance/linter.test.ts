import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type BuildOptions, compilePatterns, parseDockerfile, parseIgnoreFile} from '../../analyzer/index.ts';
import {rules} from '../../analyzer/lint/rules/index.ts';
import {checkWarnings, plainImages} from '../helpers/check-warnings.ts';
import {sharedDir} from '../helpers/project.ts';

// BuildKit's own tables of its linter, and what it said of every file of the corpus, against our rules of the same names.

/** Reads a file of the shared data; where it is not there the test says so and passes. */
function shared(t: ExecutionContext, ...names: readonly string[]): string | undefined {
	const file = sharedDir === undefined ? undefined : path.join(sharedDir, ...names);
	if (file === undefined || !existsSync(file)) {
		t.log(`no shared data here: ${names.join('/')} was not run`);
		t.pass();
		return undefined;
	}

	return readFileSync(file, 'utf8');
}

const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};

interface Warning {
	readonly rule: string;
	readonly line: number;
}

interface CheckCase {
	readonly test: string;
	readonly sourceLine: number;
	readonly dockerfile: string;
	/** What a build warns of. */
	readonly warnings: readonly Warning[];
	/** What `--check` warns of, where that differs: it looks into all stages. */
	readonly unmarshalWarnings?: readonly Warning[];
	readonly dockerignore?: string;
	readonly attrs?: Readonly<Record<string, string>>;
}

const rows = (warnings: readonly Warning[]) =>
	warnings.map(({rule, line}) => `${String(line).padStart(4)} ${rule}`).sort();

function found({dockerfile, dockerignore, attrs = {}}: CheckCase, more: Partial<BuildOptions>): readonly string[] {
	const buildArgs = new Map(
		Object.entries(attrs).map(([name, value]) => [name.replace(/^build-arg:/, ''), value] as const),
	);
	const compiled = dockerignore === undefined ? undefined : compilePatterns(parseIgnoreFile(dockerignore));
	const all = {...options, buildArgs, ...more};
	return checkWarnings(dockerfile, all, {
		images: plainImages(dockerfile, all),
		...(compiled?.kind === 'compiled' && {ignore: compiled.matcher}),
	});
}

test('conformance/linter/check_tests.json', t => {
	const text = shared(t, 'conformance', 'linter', 'check_tests.json');
	if (text === undefined) {
		return;
	}

	const {cases, count} = JSON.parse(text) as {readonly cases: readonly CheckCase[]; readonly count: number};
	t.is(cases.length, count);
	for (const one of cases) {
		const parsed = parseDockerfile({path: 'Dockerfile', text: one.dockerfile});
		const last = parsed.kind === 'parsed' ? parsed.dockerfile.stages.length - 1 : 0;
		const title = `${one.test}, line ${one.sourceLine}`;
		t.deepEqual(found(one, {targetIndex: last}), rows(one.warnings), `${title}: in a build`);
		t.deepEqual(found(one, {}), rows(one.unmarshalWarnings ?? one.warnings), `${title}: with --check`);
	}

	t.log(`${cases.length} cases`);
});

test('conformance/linter/rules.json: the same names, the same ones experimental', t => {
	const text = shared(t, 'conformance', 'linter', 'rules.json');
	if (text === undefined) {
		return;
	}

	const {cases} = JSON.parse(text) as {
		readonly cases: readonly {readonly name: string; readonly experimental: boolean}[];
	};
	const ours = rules.filter(({name}) => !name.includes('/'));
	t.deepEqual(
		ours.map(({name, experimental = false}) => ({name, experimental})).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
		cases.map(({name, experimental}) => ({name, experimental})).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
	);
});
