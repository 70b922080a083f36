import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import test, {type ExecutionContext} from 'ava';
import {xmlText} from '../../cli/render/lint/xml.ts';
import {lintFolder} from '../helpers/lint-folder.ts';

const require = createRequire(import.meta.url);

/** OASIS's own schema; a pattern of it is no regular expression with the flag "u". */
const ajv = new ajvDraft04.default({strict: false, unicodeRegExp: false});
addFormats.default(ajv);
const schema = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const isSarif = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

/** A warning with a note, an info, an error; a file without findings. */
const files = {
	'a b/Dockerfile': 'ARG TAG=latest\nFROM node:$TAG\n\n  COPY --from=alpine:3 / /\n',
	Dockerfile: 'FROM scratch\n',
	broken: 'FROM scratch\nRUNN<&"\'> x\n',
};
const rules = ['*=off', 'pin/latest-tag=warning', 'pin/no-digest=info'].flatMap(rule => ['--rule', rule]);

async function inFormat(
	t: ExecutionContext,
	format: string,
	more: readonly string[] = [],
	env: Readonly<Record<string, string>> = {},
): Promise<{readonly stdout: string; readonly stderr: string}> {
	const args = [...Object.keys(files), '--format', format, ...rules, ...more];
	const {stdout, stderr, exitCode} = await lintFolder(t, files, args, {env});
	t.is(exitCode, 1);
	return {stdout, stderr};
}

const isWritten = test.macro(async (t, format: string, expected: string, more: readonly string[] = []) => {
	t.deepEqual(await inFormat(t, format, more), {stdout: expected, stderr: ''});
});

test(
	'compact',
	isWritten,
	'compact',
	`a b/Dockerfile:2:6: warning: image "node:latest" is moved with every release [pin/latest-tag]
a b/Dockerfile:4:15: info: image "alpine:3" has no digest, so its tag can be moved to another image [pin/no-digest]
broken:2:1: error: unknown instruction "RUNN<&"'>" [syntax]
`,
);

test(
	'github',
	isWritten,
	'github',
	`::warning file=a b/Dockerfile,line=2,endLine=2,col=6,endColumn=15,title=cachecast%3A pin/latest-tag::image "node:latest" is moved with every release%0Awrite a version and its digest: node:VERSION@sha256:…
::notice file=a b/Dockerfile,line=4,endLine=4,col=15,endColumn=23,title=cachecast%3A pin/no-digest::image "alpine:3" has no digest, so its tag can be moved to another image%0Awrite alpine:3@sha256:…, as "docker buildx imagetools inspect alpine:3" prints it
::error file=broken,line=2,endLine=2,col=1,endColumn=10,title=cachecast%3A syntax::unknown instruction "RUNN<&"'>"%0Aif it belongs to the line above, end that with "\\"
`,
);

test(
	'checkstyle',
	isWritten,
	'checkstyle',
	`<?xml version="1.0" encoding="utf-8"?>
<checkstyle version="4.3">
	<file name="a b/Dockerfile">
		<error line="2" column="6" severity="warning" message="image &quot;node:latest&quot; is moved with every release" source="cachecast.pin/latest-tag"/>
		<error line="4" column="15" severity="info" message="image &quot;alpine:3&quot; has no digest, so its tag can be moved to another image" source="cachecast.pin/no-digest"/>
	</file>
	<file name="Dockerfile">
	</file>
	<file name="broken">
		<error line="2" column="1" severity="error" message="unknown instruction &quot;RUNN&lt;&amp;&quot;'&gt;&quot;" source="cachecast.syntax"/>
	</file>
</checkstyle>
`,
);

test(
	'junit: what does not fail the run fails no test',
	isWritten,
	'junit',
	`<?xml version="1.0" encoding="utf-8"?>
<testsuites name="cachecast lint" tests="4" failures="2">
	<testsuite name="a b/Dockerfile" tests="2" failures="1">
		<testcase classname="a b/Dockerfile" name="pin/latest-tag 2:6">
			<failure type="warning" message="image &quot;node:latest&quot; is moved with every release">a b/Dockerfile:2:6 warning image &quot;node:latest&quot; is moved with every release (write a version and its digest: node:VERSION@sha256:…)</failure>
		</testcase>
		<testcase classname="a b/Dockerfile" name="pin/no-digest 4:15">
			<system-out>a b/Dockerfile:4:15 info image &quot;alpine:3&quot; has no digest, so its tag can be moved to another image (write alpine:3@sha256:…, as &quot;docker buildx imagetools inspect alpine:3&quot; prints it)</system-out>
		</testcase>
	</testsuite>
	<testsuite name="Dockerfile" tests="1" failures="0">
		<testcase classname="Dockerfile" name="no findings"/>
	</testsuite>
	<testsuite name="broken" tests="1" failures="1">
		<testcase classname="broken" name="syntax 2:1">
			<failure type="error" message="unknown instruction &quot;RUNN&lt;&amp;&quot;'&gt;&quot;">broken:2:1 error unknown instruction &quot;RUNN&lt;&amp;&quot;'&gt;&quot; (if it belongs to the line above, end that with &quot;\\&quot;)</failure>
		</testcase>
	</testsuite>
</testsuites>
`,
	['--fail-on', 'warning'],
);

test(
	'markdown',
	isWritten,
	'markdown',
	`**cachecast lint**: 3 findings in 3 files

| Place | Severity | Rule | Finding |
| --- | --- | --- | --- |
| a b/Dockerfile&#58;2 | warning | pin/latest-tag | image "node&#58;latest" is moved with every release |
| a b/Dockerfile&#58;4 | info | pin/no-digest | image "alpine&#58;3" has no digest, so its tag can be moved to another image |
| broken&#58;2 | error | syntax | unknown instruction "RUNN&#60;&#38;"'&#62;" |
`,
);

test('what XML has no character for', t => {
	t.is(xmlText('a\u0000\u001b\n\ud800\uffffb\t<\u{1f600}'), 'a\ufffd\ufffd\ufffd\ufffd\ufffdb&#9;&lt;\u{1f600}');
});

test('in GitHub Actions annotations are commands, and are written once', async t => {
	const plain = await inFormat(t, 'github');
	const {stdout, stderr} = await inFormat(t, 'github', [], {GITHUB_ACTIONS: 'true'});
	t.deepEqual([stdout, stderr], ['', plain.stdout]);
});

interface Report {
	readonly fingerprint: string;
	readonly location: {readonly lines: {readonly begin: number}};
}

test('gitlab', async t => {
	const {stdout} = await inFormat(t, 'gitlab');
	const [first, second, third] = JSON.parse(stdout) as readonly Report[];
	t.like(first, {
		description: 'image "node:latest" is moved with every release',
		check_name: 'pin/latest-tag',
		severity: 'minor',
		location: {path: 'a b/Dockerfile', lines: {begin: 2, end: 2}},
	});
	t.like(second, {check_name: 'pin/no-digest', severity: 'info'});
	t.like(third, {check_name: 'syntax', severity: 'major'});
	t.is(new Set([first, second, third].map(one => one?.fingerprint)).size, 3);
});

test('a fingerprint outlives lines put in above, and tells like lines apart', async t => {
	const linted = async (text: string) => {
		const {stdout} = await lintFolder(t, {Dockerfile: text}, ['./Dockerfile', '--format', 'gitlab', ...rules]);
		return JSON.parse(stdout) as readonly Report[];
	};
	const text = 'FROM scratch\nCOPY --from=alpine:3 / /\nCOPY --from=alpine:3 / /\n';
	const before = await linted(text);
	const after = await linted(`# A remark.\n\n${text.replaceAll('COPY', '\tCOPY')}`);
	t.deepEqual(
		after.map(({fingerprint}) => fingerprint),
		before.map(({fingerprint}) => fingerprint),
	);
	t.deepEqual(
		after.map(({location}) => location.lines.begin),
		[4, 5],
	);
	t.is(new Set(after.map(({fingerprint}) => fingerprint)).size, 2);
	t.like(after[0], {location: {path: 'Dockerfile'}});
});

test('sarif, as its schema says', async t => {
	const {stdout} = await inFormat(t, 'sarif');
	const sarif = JSON.parse(stdout) as {
		readonly runs: readonly {
			readonly tool: {readonly driver: {readonly rules: readonly {readonly help?: {readonly markdown: string}}[]}};
		}[];
	};
	isSarif(sarif);
	t.deepEqual(isSarif.errors, null);
	const place = (uri: string, line: number, column: number, endColumn: number) => ({
		physicalLocation: {
			artifactLocation: {uri, uriBaseId: '%SRCROOT%'},
			region: {startLine: line, startColumn: column, endLine: line, endColumn},
		},
	});
	t.like(sarif.runs[0], {
		columnKind: 'utf16CodeUnits',
		tool: {
			driver: {
				name: 'cachecast',
				rules: {
					0: {id: 'pin/latest-tag', defaultConfiguration: {level: 'warning'}, properties: {tags: {0: 'pin'}}},
					1: {id: 'pin/no-digest', defaultConfiguration: {level: 'note'}},
					2: {id: 'syntax'},
				},
			},
		},
		artifacts: {1: {location: {uri: 'Dockerfile'}}},
		results: {
			0: {
				ruleId: 'pin/latest-tag',
				ruleIndex: 0,
				level: 'warning',
				locations: {0: place('a%20b/Dockerfile', 2, 6, 15)},
				relatedLocations: {0: {id: 0, ...place('a%20b/Dockerfile', 1, 5, 15)}},
			},
			1: {ruleId: 'pin/no-digest', ruleIndex: 1, level: 'note', locations: {0: place('a%20b/Dockerfile', 4, 15, 23)}},
			2: {ruleId: 'syntax', ruleIndex: 2, level: 'error', locations: {0: place('broken', 2, 1, 10)}},
		},
	});
	t.regex(sarif.runs[0]?.tool.driver.rules[0]?.help?.markdown ?? '', /^# pin\/latest-tag\n/);
});

test('sarif without findings, and from standard input', async t => {
	for (const [input, results] of [
		['FROM scratch\n', 0],
		['FROM a:latest\n', 1],
	] as const) {
		const {stdout} = await lintFolder(t, {}, ['-', '--format', 'sarif', ...rules], {input});
		const sarif = JSON.parse(stdout) as {readonly runs: readonly {readonly results: readonly unknown[]}[]};
		t.true(isSarif(sarif), JSON.stringify(isSarif.errors));
		t.is(sarif.runs[0]?.results.length, results);
	}

	t.false(isSarif({version: '2.1.0', runs: [{}]}), 'the schema can fail');
});
