import test from 'ava';
import {
	type BaseImage,
	type BuildOptions,
	compilePatterns,
	type LintKnowledge,
	lintSource,
	parseIgnoreFile,
} from '../../analyzer/index.ts';
import {plainImage} from '../helpers/pipeline.ts';

// What the tables of BuildKit leave open of the rules that have its names, and graph/unused-arg.

const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};

interface Surroundings extends Partial<BuildOptions> {
	readonly ignoreFile?: string;
	/** The base image `a`, looked up; without it nothing is known of it. */
	readonly image?: Partial<BaseImage['config']> & {readonly architecture?: string; readonly empty?: true};
}

function knowledge({ignoreFile, image}: Surroundings): LintKnowledge {
	const compiled = ignoreFile === undefined ? undefined : compilePatterns(parseIgnoreFile(ignoreFile));
	const {architecture = 'amd64', empty, ...config} = image ?? {};
	const base: BaseImage = {
		...plainImage,
		...(empty === true && {diffIds: []}),
		platform: {os: 'linux', architecture},
		config: {...plainImage.config, ...config},
	};
	return {
		...(compiled?.kind === 'compiled' && {ignore: compiled.matcher}),
		...(image !== undefined && {images: new Map([['a linux/amd64', {kind: 'resolved', image: base}]])}),
	};
}

/** Rows are `line:column rule`, in order; pins are another matter. */
const finds = test.macro((t, text: string, expected: readonly string[], given: Surroundings = {}) => {
	const {ignoreFile, image, ...more} = given;
	const found = lintSource({path: 'Dockerfile', text}, {...options, ...more}, knowledge(given));
	t.deepEqual(
		found
			.filter(({rule}) => !/^(?:pin|cache)\//.test(rule) && rule !== 'graph/unreachable-stage')
			.map(({rule, range: {start}}) => `${start.line}:${start.column} ${rule}`),
		expected,
	);
});

test('a secret in a name made of a variable', finds, 'FROM scratch\nARG N=TOKEN\nENV MY_$N=1', [
	'3:5 SecretsUsedInArgOrEnv',
]);
test('a part of a word is no secret', finds, 'FROM scratch\nENV MONKEY=1 KEYBOARD=2', []);
test('a secret above the first FROM is in no image', finds, 'ARG TOKEN=a\nFROM $TOKEN', []);
test('each of two pairs', finds, 'FROM scratch\nENV A=1 \\\n  TOKEN=2 \\\n  KEY=3', [
	'3:3 SecretsUsedInArgOrEnv',
	'4:3 SecretsUsedInArgOrEnv',
]);
test('the FROM that runs a trigger', finds, 'FROM scratch AS a\nONBUILD ENV KEY 1\nFROM a', [
	'3:6 LegacyKeyValueFormat',
	'3:6 SecretsUsedInArgOrEnv',
]);
test(
	'triggers of a stage that the target does not need',
	finds,
	'FROM scratch AS a\nONBUILD ENV A 1\nFROM a\nFROM scratch',
	[],
);

test('a variable on an unknown base', finds, 'FROM a\nCOPY $X .', []);
test('a variable that the base sets', finds, 'FROM a\nCOPY $X .', [], {image: {env: ['X=1']}});
test('a variable that it does not set', finds, 'FROM a\nCOPY $X .', ['2:6 UndefinedVar'], {image: {}});
test('a variable that a trigger of the base sets', finds, 'FROM a\nCOPY $X $Y /', ['2:9 UndefinedVar'], {
	image: {onBuild: ['ENV X=1']},
});
test('a trigger of the base', finds, 'FROM a\nRUN x', ['1:6 LegacyKeyValueFormat', '1:6 UndefinedVar'], {
	image: {onBuild: ['ENV X 1', 'COPY $Y .']},
});
test('a variable of the stage below', finds, 'FROM a AS b\nENV X=1\nFROM b\nCOPY $X .', [], {image: {}});
test('twice in a word', finds, `FROM scratch\nCOPY $X/\${X} $Y /z`, ['2:6 UndefinedVar', '2:14 UndefinedVar']);
test('with a default', finds, `FROM scratch\nCOPY \${X:-a} .`, ['2:6 UndefinedVar']);
test('where BuildKit does not tell', finds, `FROM scratch\nEXPOSE $X\nCMD ["$X"]\nRUN $X`, []);
test('in flags and mounts', finds, 'FROM scratch\nCOPY --chown=$U a b\nRUN --mount=type=cache,target=$T x', [
	'2:14 UndefinedVar',
	'3:31 UndefinedVar',
]);
test('in a document', finds, 'FROM scratch\nCOPY <<E <<"F" /\n$A\nE\n$B\nF', ['3:1 UndefinedVar']);
test('an ARG sees those before it', finds, 'FROM scratch\nARG A=1 B=$A C=$D\nCOPY $A $B $C /', ['2:16 UndefinedVar']);
test('a default that a build argument replaces', finds, 'FROM scratch\nARG A=$B\nCOPY $A .', [], {
	buildArgs: new Map([['A', '1']]),
});
test(
	'only what the target needs',
	finds,
	'FROM scratch AS x\nCOPY $A .\nFROM scratch AS y\nCOPY $B .',
	['2:6 UndefinedVar'],
	{target: 'x'},
);

test('a shell of the base image', finds, 'FROM a\nCMD x', [], {image: {shell: ['/bin/bash', '-c']}});
test('a base image without', finds, 'FROM a\nCMD x', ['2:1 JSONArgsRecommended'], {image: {}});
test('a base image that is not known', finds, 'FROM a\nCMD x', ['2:1 JSONArgsRecommended']);
test('the same for Windows', finds, 'FROM --platform=windows/amd64 a AS windows\nCMD x', []);

test('a folder by a variable', finds, 'FROM scratch\nARG A=/x B=y\nWORKDIR $A\nWORKDIR $B', []);
test('an ENV below counts again over an ARG', finds, 'FROM scratch AS a\nENV W=/x\nARG W=y\nFROM a\nWORKDIR $W', []);
test('a relative one by a variable', finds, 'FROM scratch\nARG B=y\nWORKDIR $B', ['3:9 WorkdirRelativePath']);
test('by a variable that may be of the base', finds, 'FROM a\nWORKDIR $HOME', []);
test('a folder of Windows', finds, '# escape=`\nFROM --platform=windows/amd64 a AS windows\nWORKDIR C:\\app', []);

test(
	'waived above the next, which is to blame',
	finds,
	'FROM scratch\nCMD ["a"]\n# check=skip=MultipleInstructionsDisallowed\nCMD ["b"]',
	[],
);
test('not above the first', finds, 'FROM scratch\n# check=skip=MultipleInstructionsDisallowed\nCMD ["a"]\nCMD ["b"]', [
	'3:1 MultipleInstructionsDisallowed',
]);

test(
	'a file that is left out',
	finds,
	'FROM scratch\nCOPY a/b c.md /',
	['2:6 CopyIgnoredFile', '2:10 CopyIgnoredFile'],
	{
		ignoreFile: 'a\n*.md',
	},
);
test('below a folder that is not', finds, 'FROM scratch\nCOPY ./x/../y/ /', [], {ignoreFile: 'x'});
test('by a variable', finds, 'FROM scratch\nARG A=a\nADD $A/b /', ['3:5 CopyIgnoredFile'], {ignoreFile: 'a'});
test('no file of the context', finds, 'FROM scratch AS s\nFROM scratch\nADD https://a.b/x /\nCOPY --from=s x /', [], {
	ignoreFile: '**',
});
test('something is let in again', finds, 'FROM scratch\nCOPY a /', [], {ignoreFile: 'a\n!b'});

test('an image for another platform', finds, 'FROM a', ['1:6 InvalidBaseImagePlatform'], {
	image: {architecture: 'arm64'},
});
test('an image without layers', finds, 'FROM a', [], {image: {architecture: 'arm64', empty: true}});
test('ports by variables', finds, 'FROM scratch\nARG P="1:2 3/UDP"\nEXPOSE $P 4', [
	'3:8 ExposeInvalidFormat',
	'3:8 ExposeProtoCasing',
]);

test('what BuildKit says before a mistake', finds, 'FROM scratch AS B\nMAINTAINER a\nENV A 1\nRUNN x\nMAINTAINER b', [
	'1:17 StageNameCasing',
	'2:1 MaintainerDeprecated',
	'4:1 syntax',
]);
test('experimental rules are off', finds, '# about\nFROM scratch AS a', []);
test('experimental rules on', finds, '# check=experimental=all;skip=all\n# about\nFROM scratch AS A', [
	'3:1 InvalidDefinitionDescription',
]);
test(
	"the build argument takes the place of the file's own",
	finds,
	'# check=skip=all\nFROM scratch as a',
	['2:14 FromAsCasing'],
	{buildArgs: new Map([['BUILDKIT_DOCKERFILE_CHECK', 'skip=StageNameCasing']])},
);

test('an ARG that nothing reads', finds, 'ARG A=1\nFROM scratch\nARG B=2 C\nCOPY x /', [
	'1:5 graph/unused-arg',
	'3:5 graph/unused-arg',
	'3:9 graph/unused-arg',
]);
test('a RUN reads every ARG', finds, 'FROM scratch\nARG A\nRUN true', []);
test('a RUN above it does not', finds, 'FROM scratch\nRUN true\nARG A', ['3:5 graph/unused-arg']);
test('a RUN of a stage built on it', finds, 'FROM scratch AS b\nARG A\nFROM b AS c\nFROM c\nRUN true', []);
test('a RUN of another stage', finds, 'FROM scratch AS b\nARG A\nCOPY x /\nFROM scratch\nCOPY --from=b x /\nRUN true', [
	'2:5 graph/unused-arg',
]);
test('a RUN of a trigger', finds, 'FROM scratch\nARG A\nONBUILD RUN true', []);
test('named behind it', finds, 'FROM scratch\nARG A=1 B=$A\nARG C\nENV D=$B\nCMD ["$C"]', []);
test('named in a stage built on it', finds, `FROM scratch AS b\nARG A\nFROM b\nCOPY \${A}/x /`, []);
test('named above it only', finds, 'FROM scratch\nENV X=a$A\nARG A=1', ['2:8 UndefinedVar', '3:5 graph/unused-arg']);
test('by another above the first FROM', finds, 'ARG A=1\nARG B=$A\nFROM x:$B', []);
test('declared in a stage', finds, 'ARG A=1\nFROM scratch\nARG A\nRUN true', []);
test('read by BuildKit or a proxy', finds, 'ARG TARGETARCH\nARG HTTP_PROXY\nFROM scratch\nARG SOURCE_DATE_EPOCH=1', []);
test(
	'a stage that a FROM may choose for another platform',
	finds,
	`FROM scratch AS linux\nFROM scratch AS windows\nARG A\nFROM \${TARGETOS}\nRUN true`,
	[],
);
test('a FROM that can name no stage', finds, `ARG V=1\nFROM scratch AS x\nARG A\nFROM a:\${V}\nRUN true`, [
	'3:5 graph/unused-arg',
]);
test('words that were meant for a comment', finds, 'FROM scratch\nARG A # for B\nCOPY $A .', ['2:7 graph/unused-arg']);
test('a stage that another platform may need says so', t => {
	const text = `FROM scratch AS linux\nFROM scratch AS windows\nFROM \${TARGETOS}`;
	const [found] = lintSource({path: 'Dockerfile', text}, options);
	t.is(found?.range.start.line, 2);
	t.regex(found?.hint ?? '', /"FROM \$\{TARGETOS\}" names it for .* another platform/);
});
test('a circle has a hint', t => {
	const text = 'FROM scratch AS a\nCOPY --from=b / /\nFROM scratch AS b\nCOPY --from=a / /';
	const found = lintSource({path: 'Dockerfile', text}, options).find(({rule}) => rule === 'graph');
	t.regex(found?.hint ?? '', /above/);
	t.is(found?.range.start.line, 4);
});
