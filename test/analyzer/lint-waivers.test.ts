import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {type BuildOptions, type LintKnowledge, lintSource} from '../../analyzer/index.ts';
import {hadolintRules} from '../../analyzer/lint/hadolint-rules.ts';
import {rules} from '../../analyzer/lint/rules/index.ts';
import {projectRoot} from '../helpers/project.ts';

const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
/** Only rules about images and waivers, so that others change nothing here. */
const levels: LintKnowledge['levels'] = [
	{rules: '*', level: 'off'},
	...['pin/no-tag', 'pin/no-digest', 'graph/undefined-stage', 'DuplicateStageName', 'waiver/*'].map(
		name => ({rules: name, level: 'warning'}) as const,
	),
];

/** `line:column rule`. */
const finds = test.macro((t, text: string, expected: readonly string[], known: LintKnowledge = {levels}) => {
	t.deepEqual(
		lintSource({path: 'Dockerfile', text}, options, known).map(
			({rule, range}) => `${range.start.line}:${range.start.column} ${rule}`,
		),
		expected,
	);
});

const from = 'FROM scratch\n';
test('one rule', finds, `${from}# cachecast ignore=pin/no-tag a folder\nCOPY --from=a/b / /\nCOPY --from=a/b / /`, [
	'4:13 pin/no-tag',
]);
test('a group', finds, `${from}# cachecast ignore=pin/* a folder\nCOPY --from=a/b / /`, []);
test(
	'two rules',
	finds,
	`${from}# cachecast ignore=pin/no-tag,pin/no-digest why\nRUN --mount=from=a/b,target=/b --mount=from=a/c:1,target=/c x`,
	[],
);
test('on a later line', finds, `${from}# cachecast ignore=pin/no-tag why\nCOPY \\\n  --from=a/b / /`, []);
test(
	'other comments and blank lines between',
	finds,
	`${from}# cachecast ignore=pin/no-tag why\n\n# more\nCOPY --from=a/b / /`,
	[],
);
test('parted by an empty comment', finds, `${from}# cachecast ignore=pin/no-tag why\n#\nCOPY --from=a/b / /`, [
	'4:13 pin/no-tag',
]);
test('as wide as can be', finds, `${from}  #  cachecast  ignore = pin/no-tag   # why\nCOPY --from=a/b / /`, []);
test(
	'of the whole file',
	finds,
	`# syntax=a/b\n# cachecast global ignore=pin/no-tag,pin/no-digest why\nFROM a/b\nCOPY --from=c/d:1 / /`,
	[],
);
test(
	'of a trigger',
	finds,
	'FROM scratch AS a\n# cachecast ignore=pin/no-tag why\nONBUILD COPY --from=a/b / /\nFROM a',
	[],
);
test('another rule', finds, `${from}# cachecast ignore=pin/no-digest why\nCOPY --from=a/b / /`, [
	'2:20 waiver/unused',
	'3:13 pin/no-tag',
]);
test('one used, one not', finds, `${from}# cachecast ignore=pin/no-digest,pin/no-tag why\nCOPY --from=a/b / /`, [
	'2:20 waiver/unused',
]);
test('without a reason', finds, `${from}# cachecast ignore=pin/no-tag\nCOPY --from=a/b / /`, ['2:3 waiver/no-reason']);
test('with a sign for a reason', finds, `${from}# cachecast ignore=pin/no-tag --\nCOPY --from=a/b / /`, [
	'2:3 waiver/no-reason',
]);
test('an unknown rule', finds, `${from}# cachecast ignore=pin/no-tags,pin/no-tag why\nCOPY --from=a/b / /`, [
	'2:20 waiver/unknown-rule',
]);
test('a rule that is off', finds, `${from}# cachecast ignore=pin/latest-tag why\nCOPY a /`, []);
test('a rule that the context decides', finds, `${from}# cachecast ignore=CopyIgnoredFile why\nCOPY a /`, [], {
	levels: [...levels, {rules: 'CopyIgnoredFile', level: 'info'}],
});
test('unused where the stages are unknown', finds, '# cachecast ignore=pin/no-tag why\nFROM $X', ['2:6 graph']);
test('a mistake is not waived', finds, '# cachecast ignore=* why\nFROM $X', ['2:6 graph']);
test(
	'a comment inside an instruction waives nothing',
	finds,
	`${from}COPY \\\n# cachecast ignore=pin/no-tag why\n--from=a/b / /`,
	['4:8 pin/no-tag'],
);
test(
	'text of a heredoc is no comment',
	finds,
	`${from}RUN <<E\n# cachecast ignore=pin/no-tag\nE\nCOPY --from=a/b / /`,
	['5:13 pin/no-tag'],
);

test('hadolint', finds, `${from}# hadolint ignore=DL3006\nCOPY --from=a/b / /`, []);
test('hadolint, several', finds, `${from}# hadolint ignore=SC2086, DL3006,DL3059\nCOPY --from=a/b / /`, []);
test('hadolint, the whole file', finds, '# hadolint global ignore=DL3006\nFROM a/b\nCOPY --from=c/d / /', []);
test('hadolint, another rule, no complaint', finds, `${from}# hadolint ignore=DL3024,DL9999\nCOPY --from=a/b / /`, [
	'3:13 pin/no-tag',
]);
test('hadolint, a rule of ours has no code', finds, `${from}# hadolint ignore=pin/no-tag\nCOPY --from=a/b / /`, [
	'3:13 pin/no-tag',
]);

test('what hadolint calls differently are rules, and the page says so', t => {
	const names = new Set(rules.map(({name}) => name));
	t.deepEqual(
		[...hadolintRules.values()].filter(name => !names.has(name)),
		[],
	);
	const page = readFileSync(path.join(projectRoot, 'docs', 'hadolint.md'), 'utf8');
	const rows = Array.from(page.matchAll(/^\| (DL\d+) \| `([^`]+)` \|$/gm), ([, code, name]) => [code, name]);
	t.deepEqual(rows, [...hadolintRules]);
});
