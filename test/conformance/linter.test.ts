import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {BuildOptions} from '../../analyzer/index.ts';
import {rules} from '../../analyzer/lint/rules/index.ts';
import {checkWarnings, isNewerCheck} from '../helpers/check-warnings.ts';
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

const rulesOf = (found: readonly string[]) => found.map(row => row.slice(5)).sort();

function found({dockerfile, dockerignore, attrs = {}}: CheckCase, inBuild: boolean): readonly string[] {
	const buildArgs = new Map(
		Object.entries(attrs).map(([name, value]) => [name.replace(/^build-arg:/, ''), value] as const),
	);
	return checkWarnings(dockerfile, {
		options: {...options, buildArgs},
		inBuild,
		...(dockerignore !== undefined && {ignoreFile: dockerignore}),
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
		const title = `${one.test}, line ${one.sourceLine}`;
		t.deepEqual(found(one, true), rows(one.warnings), `${title}: in a build`);
		const checked = found(one, false);
		if (one.unmarshalWarnings === undefined) {
			t.deepEqual(checked, rows(one.warnings), `${title}: with --check`);
		} else {
			// BuildKit's own test looks at no lines here, and some of those it lists are not the file's.
			t.deepEqual(rulesOf(checked), rulesOf(rows(one.unmarshalWarnings)), `${title}: with --check`);
		}
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

interface OracleLint {
	readonly file: string;
	readonly error: string | null;
	readonly warnings: readonly {readonly rule: string; readonly start: number}[];
}

for (const name of ['dockerfiles', 'dockerfiles-gotest']) {
	test(`corpus ${name}: every warning of BuildKit, and no other`, t => {
		const oracle = shared(t, 'corpus', 'oracle', `${name}.lint.jsonl`);
		if (oracle === undefined) {
			return;
		}

		const counts = {files: 0, warnings: 0};
		for (const line of oracle.split('\n').filter(one => one !== '')) {
			const {file, error, warnings} = JSON.parse(line) as OracleLint;
			// It was made of builds, with BuildKit 0.26.3; of a file that cannot be read it kept no warnings.
			if (isNewerCheck(file) || error?.startsWith('dockerfile parse error') === true) {
				continue;
			}

			const text = shared(t, 'corpus', name, file) ?? '';
			const expected = rows(warnings.map(({rule, start}) => ({rule, line: start})));
			t.deepEqual(checkWarnings(text, {options, inBuild: true}), expected, file);
			counts.files++;
			counts.warnings += expected.length;
		}

		t.log(counts);
		t.true(counts.files > 200 && counts.warnings > 100);
	});
}
