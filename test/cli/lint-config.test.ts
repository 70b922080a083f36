import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {schemaErrors} from '../helpers/json-schema.ts';
import {lintFolder} from '../helpers/lint-folder.ts';
import {projectRoot} from '../helpers/project.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
/** A warning in line 1, an info in line 2. */
const dockerfile = 'FROM node AS one\nFROM alpine:3 AS two\nCOPY --from=one /a /b\n';

function readSchema(name: string): object {
	return JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', name), 'utf8')) as object;
}

const isValidConfig = new Ajv2020().compile(readSchema('config.schema.json'));

/** What was found, as `line rule severity`. */
function foundIn(stdout: string): readonly string[] {
	const {files} = JSON.parse(stdout) as {files: {findings: {line: number; rule: string; severity: string}[]}[]};
	return files.flatMap(({findings}) => findings.map(({line, rule, severity}) => `${line} ${rule} ${severity}`));
}

const asInfo = '2 pin/no-digest info';
const asWarning = '1 pin/no-tag warning';

const finds = test.macro(
	async (
		t,
		files: Readonly<Record<string, string>>,
		flags: readonly string[],
		expected: readonly string[],
		code = 1,
	) => {
		const {exitCode, stdout, stderr} = await lintFolder(
			t,
			{Dockerfile: dockerfile, ...files},
			[...flags, '--format', 'json'],
			files['sub/here'] === undefined ? {} : {at: 'sub'},
		);
		t.is(stderr, '');
		t.deepEqual([foundIn(stdout), exitCode], [expected, code]);
	},
);

const json = 'cachecast.config.json';
const yaml = 'cachecast.config.yaml';

test('no configuration', finds, {}, [], [asWarning, asInfo]);
test('a rule off', finds, {}, ['--rule', 'pin/no-tag=off'], [asInfo]);
test('a rule up', finds, {}, ['--rule', 'pin/no-digest=error'], [asWarning, '2 pin/no-digest error']);
test('a group off', finds, {}, ['--rule', 'pin/*=off'], [], 0);
test('all but one', finds, {}, ['--rule', '*=off', '--rule', 'pin/no-tag=info'], ['1 pin/no-tag info']);
test('the last flag counts', finds, {}, ['--rule', 'pin/no-tag=info', '--rule', 'pin/*=off'], [], 0);
test('the names of BuildKit as a group', finds, {}, ['--rule', 'buildkit/*=off'], [asWarning, asInfo]);
test(
	'error=true of a file beats a level',
	finds,
	{Dockerfile: `# check=error=true\n${dockerfile}`},
	['--rule', 'pin/no-digest=info'],
	['2 pin/no-tag error', '3 pin/no-digest error'],
);
test('a mistake has no level', finds, {Dockerfile: 'FRM x'}, ['--rule', '*=off'], ['1 syntax error']);
test('fail on warnings', finds, {}, ['--fail-on', 'warning'], [asWarning, asInfo]);
test('fail on errors', finds, {}, ['--fail-on', 'error'], [asWarning, asInfo], 0);
test('an info and fail on warnings', finds, {}, ['--rule', 'pin/no-tag=off', '--fail-on', 'warning'], [asInfo], 0);
test(
	'an error and fail on warnings',
	finds,
	{},
	['--rule', 'pin/*=error', '--fail-on', 'warning'],
	['1 pin/no-tag error', '2 pin/no-digest error'],
);
test('fail on nothing', finds, {Dockerfile: 'FRM x'}, ['--fail-on', 'none'], ['1 syntax error'], 0);

test('JSON', finds, {[json]: '{"lint": {"rules": {"pin/no-tag": "off"}}}'}, [], [asInfo]);
test(
	'JSON with comments, tabs and last commas',
	finds,
	{
		'cachecast.config.jsonc':
			'// why\n{\n\t"lint": {/* "x": 1 */ "rules": {\n\t\t"pin/no-tag": "off", // "no"\n\t},},\n}\n',
	},
	[],
	[asInfo],
);
test('YAML', finds, {[yaml]: 'lint:\n  rules:\n    pin/no-tag: off\n'}, [], [asInfo]);
test('its other ending', finds, {'cachecast.config.yml': 'lint: {failOn: error}'}, [], [asWarning, asInfo], 0);
test('an empty file', finds, {[yaml]: ''}, [], [asWarning, asInfo]);
test('a byte order mark', finds, {[json]: '\ufeff{"lint": {"rules": {"pin/*": "off"}}}'}, [], [], 0);
test('nothing behind the names', finds, {[yaml]: 'extends:\nlint:\n  rules:\n  ignore:\n'}, [], [asWarning, asInfo]);
test(
	'the more exact name counts, wherever it stands',
	finds,
	{[yaml]: 'lint: {rules: {pin/no-tag: error, "pin/*": off, "*": info}}'},
	[],
	['1 pin/no-tag error'],
);
test('a flag beats the file', finds, {[yaml]: 'lint: {rules: {pin/no-tag: error}}'}, ['--rule', 'pin/*=off'], [], 0);
test('--fail-on beats the file', finds, {[yaml]: 'lint: {failOn: none}'}, ['--fail-on', 'info'], [asWarning, asInfo]);
test(
	'--no-config',
	finds,
	{[yaml]: 'lint: {failOn: none, rules: {pin/no-tag: off}}'},
	['--no-config'],
	[asWarning, asInfo],
);
test(
	'--config',
	finds,
	{[yaml]: '{', 'ci/lint.yaml': 'lint: {rules: {"*": off}}'},
	['--config', 'ci/lint.yaml'],
	[],
	0,
);
test(
	'extends, one after the other',
	finds,
	{
		[yaml]: 'extends: [ci/a.json, ci/b.yaml]\nlint: {rules: {pin/no-digest: warning}}',
		'ci/a.json': '{"lint": {"rules": {"pin/*": "error"}, "failOn": "none"}}',
		'ci/b.yaml': 'extends: ../c.yaml',
		'c.yaml': 'lint: {rules: {pin/no-tag: info}}',
	},
	[],
	['1 pin/no-tag info', '2 pin/no-digest warning'],
	0,
);
test(
	'found above, as far as the repository goes',
	finds,
	{'.git/HEAD': '', [yaml]: 'lint: {rules: {"*": off}}', 'sub/here': '', 'sub/Dockerfile': dockerfile},
	[],
	[],
	0,
);
test(
	'not above a repository',
	finds,
	{'sub/.git': 'gitdir: x', [yaml]: '{', 'sub/here': '', 'sub/Dockerfile': dockerfile},
	[],
	[asWarning, asInfo],
);
test(
	'outside a repository only here',
	finds,
	{[yaml]: '{', 'sub/here': '', 'sub/Dockerfile': dockerfile},
	[],
	[asWarning, asInfo],
);

/** What is told of a configuration, without the lines that quote it, and whether its schema finds it wrong too. */
const refused = test.macro(async (t, name: string, text: string, expected: readonly string[], inSchema = true) => {
	const {exitCode, stdout, stderr} = await lintFolder(t, {Dockerfile: dockerfile, [name]: text}, []);
	t.deepEqual([exitCode, stdout], [2, '']);
	t.deepEqual(
		stderr.split('\n').filter(line => line !== '' && !/^ +(?:\d+ )?\|/.test(line)),
		expected,
	);
	if (name === json) {
		t.is(isValidConfig(JSON.parse(text)), !inSchema);
	}
});

test('an unknown setting', refused, json, '{"lnt": {}}', [
	`${json}:1:2 error a configuration has no setting "lnt" [config]`,
	'  hint: did you mean "lint"?',
]);
test(
	'all mistakes at once',
	refused,
	json,
	'{"lint": {"rules": {"pin/no-tag": "of"},\n  "failOn": 1, "ignore": "x"}}',
	[
		`${json}:1:35 error the level of "pin/no-tag" must be off, info, warning or error, not "of" [config]`,
		'  hint: did you mean "off"?',
		`${json}:2:13 error failOn must be error, warning, info or none, not 1 [config]`,
		`${json}:2:26 error ignore must be a list, not "x" [config]`,
	],
);
test(
	'an unknown rule',
	refused,
	json,
	'{"lint": {"rules": {"pin/no-tags": "off", "pins/*": "off"}}}',
	[
		`${json}:1:21 error there is no rule "pin/no-tags" [config]`,
		'  hint: did you mean "pin/no-tag"?',
		`${json}:1:43 error there is no rule "pins/*" [config]`,
		'  hint: did you mean "pin/*"?',
	],
	false,
);
test('a list in the place of a table', refused, json, '[]', [
	`${json}:1:1 error a configuration must be a table of names and values, not a list [config]`,
]);
test(
	'waivers',
	refused,
	yaml,
	'lint:\n  pin:\n    waivers:\n      - image: a\n      - {reason: b, image: "[", until: 2026-02-30}\n',
	[
		`${yaml}:4:9 error a waiver must say its "reason" [config]`,
		`${yaml}:5:28 error "[" is no pattern of images: invalid pattern "[" [config]`,
		`${yaml}:5:40 error "2026-02-30" is no day [config]`,
		'  hint: write it as 2027-01-31',
	],
);
test('YAML that is none', refused, yaml, 'lint:\n  rules: {\n', [
	`${yaml}:3:1 error no valid YAML or JSON: Flow map in block collection must be sufficiently indented and end with a } [config]`,
]);
test('a name twice', refused, yaml, 'lint: {}\nlint: {}\n', [`${yaml}:2:1 error this name was given before [config]`]);
test('anchors', refused, yaml, 'lint: &a {}\nextends: *a\n', [
	`${yaml}:2:10 error anchors and aliases are not read [config]`,
	'  hint: write the value where it is meant',
]);
test('nested without end', refused, yaml, '['.repeat(100_000), [
	`${yaml}:1:1 error the configuration is nested too deeply [config]`,
]);
test('nested without end, in a block', refused, yaml, '- '.repeat(100_000), [
	`${yaml}:1:1 error the configuration is nested too deeply [config]`,
]);
test('a file that is too long', refused, yaml, '#'.repeat(1_100_000), [
	`${yaml}:1:1 error the configuration is longer than 1 MiB [config]`,
]);
test('it extends itself', refused, yaml, 'extends: ./cachecast.config.yaml', [
	`${yaml}:1:10 error the files extend one another in a circle: ${yaml} → ${yaml} [config]`,
]);
test(
	'it extends what is not there',
	refused,
	json,
	'{"extends": ["a.yaml"]}',
	[`${json}:1:14 error "a.yaml" is not there [config]`, '  hint: the path is relative to the file that names it'],
	false,
);

test('files that each extend the next one twice', async t => {
	const names = Array.from({length: 40}, (_, index) => `c${index}.yaml`);
	const files = Object.fromEntries(
		names.map((name, index) => [name, `extends: [c${index + 1}.yaml, c${index + 1}.yaml]`]),
	);
	const {exitCode, stderr} = await lintFolder(t, {...files, 'c40.yaml': ''}, ['--config', 'c0.yaml']);
	t.is(exitCode, 2);
	t.regex(stderr, /more than 100 files would be read/);
});

const usage = test.macro(async (t, files: Readonly<Record<string, string>>, flags: readonly string[], said: RegExp) => {
	const {exitCode, stdout, stderr} = await lintFolder(t, {Dockerfile: dockerfile, ...files}, flags);
	t.deepEqual([exitCode, stdout], [2, '']);
	t.regex(stderr, said);
});

test('two configurations', usage, {[json]: '{}', [yaml]: ''}, [], /two configurations: ".*\.json" and ".*\.yaml"/);
test('a configuration that is not there', usage, {}, ['--config', 'x.yaml'], /"x\.yaml" is not there/);
test('a configuration that is a folder', usage, {'x/y': ''}, ['--config', 'x'], /"x" is a folder/);
test('a level without a rule', usage, {}, ['--rule', '=off'], /there is no rule ""/);
test('a rule without a level', usage, {}, ['--rule', 'pin/no-tag'], /says no level/);
test('a level that is none', usage, {}, ['--rule', 'pin/no-tag=on'], /says no level/);
test('a rule that is none', usage, {}, ['--rule', 'pin/notag=off'], /did you mean "pin\/no-tag"\?/);
test('a severity that is none', usage, {}, ['--fail-on', 'warn'], /Allowed choices are error, warning, info, none/);

test('the list of rules', async t => {
	const {exitCode, stdout} = await lintFolder(t, {}, ['--list']);
	t.is(exitCode, 0);
	t.regex(stdout, /^pin\n(?: .*\n)* {2}pin\/no-tag +warning {2}Images should have a tag or a digest\n/m);
	const data = await lintFolder(t, {}, ['--list', '--format', 'json']);
	t.deepEqual(schemaErrors(readSchema('rules.schema.json'), JSON.parse(data.stdout)), []);
	const {rules} = JSON.parse(data.stdout) as {rules: {name: string}[]};
	t.true(rules.length > 5);
	for (const {name} of rules) {
		t.true(stdout.includes(`  ${name} `), name);
		const page = await lintFolder(t, {}, ['--explain', name]);
		t.true(page.stdout.startsWith(`# ${name}\n`), name);
	}
});

test('a page that is not there', usage, {}, ['--explain', 'pin/nodigest'], /did you mean "pin\/no-digest"\?/);
test('the page of a group', usage, {}, ['--explain', 'pin/*'], /name one rule/);
test('digest', finds, {Dockerfile: `FROM a@${digest}`}, ['--rule', '*=error'], [], 0);
