import test, {type ExecutionContext} from 'ava';
import {parseAst} from '../../../analyzer/dockerfile/ast.ts';
import type {Dockerfile, Instruction, InstructionBase} from '../../../analyzer/dockerfile/instruction.ts';
import {parseDockerfile} from '../../../analyzer/dockerfile/parse.ts';
import type {Range} from '../../../analyzer/dockerfile/source.ts';

function parse(text: string): Dockerfile {
	const result = parseDockerfile({path: 'Dockerfile', text});
	if (result.kind === 'failed') {
		throw new Error(`internal: ${result.diagnostic.message}`);
	}

	return result.dockerfile;
}

/** The instructions in order, FROM included. */
function instructionsOf({globalArgs, stages}: Dockerfile): readonly Instruction[] {
	return [...globalArgs, ...stages.flatMap(({from, instructions}) => [from, ...instructions])];
}

/** `2:5-2:9` */
function show({start, end}: Range): string {
	return `${start.line}:${start.column}-${end.line}:${end.column}`;
}

/** Every range of a value in place of itself as text, so that tables stay readable. */
function withShortRanges(value: unknown): unknown {
	if (Array.isArray(value)) {
		return value.map(withShortRanges);
	}

	if (typeof value !== 'object' || value === null) {
		return value;
	}

	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [key, isRange(inner) ? show(inner) : withShortRanges(inner)]),
	);
}

function isRange(value: unknown): value is Range {
	return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}

const BASE_KEYS: readonly (keyof InstructionBase)[] = [
	'keyword',
	'keywordRange',
	'range',
	'text',
	'flags',
	'heredocs',
	'comments',
];

/** What an instruction has beside the fields that all have. */
function ownPart(instruction: Instruction | undefined): unknown {
	const own = Object.entries(instruction ?? {}).filter(([key]) => !BASE_KEYS.some(base => base === key));
	return withShortRanges(Object.fromEntries(own));
}

const reads = test.macro({
	exec(t: ExecutionContext, text: string, expected: unknown) {
		t.deepEqual(ownPart(instructionsOf(parse(`FROM a\n${text}\n`)).at(1)), expected);
	},
	title: (_, text = '') => `reads ${JSON.stringify(text)}`,
});

const none = {mounts: [], mountProblems: [], devices: []};
const copied = {heredocSources: [], link: false, parents: false, excludes: []};

test(reads, 'RUN', {kind: 'run', command: {form: 'shell', text: ''}, ...none});
test(reads, 'run  echo  a \t', {kind: 'run', command: {form: 'shell', text: 'echo  a'}, ...none});
test(reads, 'RUN a \\\n  # note\n\n  && b', {kind: 'run', command: {form: 'shell', text: 'a   && b'}, ...none});
test(reads, 'RUN ["a b","\\u0041"]', {kind: 'run', command: {form: 'exec', args: ['a b', 'A']}, ...none});
test(reads, 'RUN ["a",]', {kind: 'run', command: {form: 'shell', text: '["a",]'}, ...none});
test(reads, 'RUN []', {kind: 'run', command: {form: 'exec', args: []}, ...none});
test(reads, 'RUN --network=none --security=insecure --device=v/c=x,required -- --y', {
	kind: 'run',
	command: {form: 'shell', text: '--y'},
	...none,
	network: 'none',
	security: 'insecure',
	devices: ['v/c=x,required'],
});
test(reads, 'RUN --mount=type=cache,id=i,target="/a b",sharing=locked --mount=from=b,target=/c,rw x', {
	kind: 'run',
	command: {form: 'shell', text: 'x'},
	devices: [],
	mountProblems: [],
	mounts: [
		{
			type: 'cache',
			readonly: false,
			required: false,
			id: 'i',
			target: '/a b',
			sharing: 'locked',
			range: '2:5-2:57',
		},
		{
			type: 'bind',
			readonly: false,
			required: false,
			from: {text: 'b', range: '2:71-2:72'},
			target: '/c',
			range: '2:58-2:85',
		},
	],
});
test(reads, 'COPY --from=b --chown="1:1" --link a "b c" /x', {
	kind: 'copy',
	...copied,
	link: true,
	from: {text: 'b', range: '2:13-2:14'},
	chown: '1:1',
	sources: [
		{text: 'a', range: '2:36-2:37'},
		{text: '"b', range: '2:38-2:40'},
		{text: 'c"', range: '2:41-2:43'},
	],
	destination: {text: '/x', range: '2:44-2:46'},
});
test(reads, 'COPY --parents --exclude=*.md --exclude=b --chmod=u+x ["a b", "/\\\\x"]', {
	kind: 'copy',
	...copied,
	parents: true,
	excludes: ['*.md', 'b'],
	chmod: 'u+x',
	sources: [{text: 'a b', range: '2:56-2:61'}],
	destination: {text: '/\\x', range: '2:63-2:69'},
});
test(reads, 'COPY <<-EOF <<"X" a /d\n\tone\n\tEOF\n\ttwo $x\nX', {
	kind: 'copy',
	...copied,
	heredocSources: [
		{name: 'EOF', data: 'one\n', expand: true},
		{name: 'X', data: '\ttwo $x\n', expand: false},
	],
	sources: [{text: 'a', range: '2:19-2:20'}],
	destination: {text: '/d', range: '2:21-2:23'},
});
test(reads, 'ADD --checksum=sha256:1 --keep-git-dir --unpack=FALSE u /d', {
	kind: 'add',
	...copied,
	checksum: 'sha256:1',
	keepGitDir: true,
	unpack: false,
	sources: [{text: 'u', range: '2:55-2:56'}],
	destination: {text: '/d', range: '2:57-2:59'},
});
test(reads, "ENV a=1 b='x y' c=", {
	kind: 'env',
	pairs: [
		{name: 'a', value: '1', noDelimiter: false, range: '2:5-2:8'},
		{name: 'b', value: "'x y'", noDelimiter: false, range: '2:9-2:16'},
		{name: 'c', value: '', noDelimiter: false, range: '2:17-2:19'},
	],
});
test(reads, 'LABEL a  b c=d', {
	kind: 'label',
	pairs: [{name: 'a', value: 'b c=d', noDelimiter: true, range: '2:7-2:15'}],
});
test(reads, 'ARG a b="x y" \\\n  c=', {
	kind: 'arg',
	args: [
		{name: 'a', range: '2:5-2:6'},
		{name: 'b', value: '"x y"', range: '2:7-2:14'},
		{name: 'c', value: '', range: '3:3-3:5'},
	],
});
test(reads, 'WORKDIR /a b', {kind: 'workdir', path: {text: '/a b', range: '2:9-2:13'}});
test(reads, 'USER u:g', {kind: 'user', user: {text: 'u:g', range: '2:6-2:9'}});
test(reads, 'SHELL ["a", "-c"]', {kind: 'shell', shell: ['a', '-c']});
test(reads, 'CMD a', {kind: 'cmd', command: {form: 'shell', text: 'a'}});
test(reads, 'ENTRYPOINT ["a"]', {kind: 'entrypoint', command: {form: 'exec', args: ['a']}});
test(reads, 'EXPOSE 9 10/udp', {
	kind: 'expose',
	ports: [
		{text: '10/udp', range: '2:10-2:16'},
		{text: '9', range: '2:8-2:9'},
	],
});
test(reads, 'VOLUME /a /b', {kind: 'volume', volumes: ['/a', '/b']});
test(reads, 'VOLUME [" /a "]', {kind: 'volume', volumes: ['/a']});
test(reads, 'STOPSIGNAL --x 9', {kind: 'stopsignal', signal: {text: '9', range: '2:16-2:17'}});
test(reads, 'HEALTHCHECK --interval=1m30s CMD ["a"]', {
	kind: 'healthcheck',
	command: {form: 'exec', args: ['a']},
});
test(reads, 'HEALTHCHECK --interval=never none', {kind: 'healthcheck', command: 'none'});
test(reads, 'MAINTAINER me <me@example.org>', {kind: 'maintainer', maintainer: 'me <me@example.org>'});

test('reads FROM with platform and name', t => {
	const [from] = instructionsOf(parse('from --platform=$BUILDPLATFORM a:1 as Build-1.x'));
	t.deepEqual(ownPart(from), {
		kind: 'from',
		platform: {text: '$BUILDPLATFORM', range: '1:17-1:31'},
		image: {text: 'a:1', range: '1:32-1:35'},
		as: {text: 'as', range: '1:36-1:38'},
		name: {text: 'Build-1.x', range: '1:39-1:48'},
	});
});

test('keeps what all instructions have', t => {
	const text = '\n# one\n#two\n\nRU\\\nN --network=none \\\n # in\n x <<E\n\ty\nE\n';
	const run = instructionsOf(parse(`FROM a${text}`)).at(1);
	t.deepEqual(withShortRanges({...run}), {
		...none,
		kind: 'run',
		keyword: 'RUN',
		keywordRange: '5:1-6:2',
		range: '5:1-10:2',
		text: 'RUN --network=none  x <<E',
		flags: [{name: 'network', value: 'none', range: '6:3-6:17'}],
		heredocs: [{name: 'E', fileDescriptor: 0, expand: true, chomp: false, content: '\ty\n'}],
		comments: ['one', 'two'],
		command: {form: 'shell', text: 'x <<E'},
		network: 'none',
	});
});

test('an ONBUILD trigger is an instruction of its own', t => {
	const [, copy, broken] = instructionsOf(parse('FROM a\nONBUILD  COPY --from=b <<E /x\nq\nE\nONBUILD FOO x \n'));
	t.like(copy, {kind: 'onbuild', expression: 'COPY --from=b <<E /x\nq\nE'});
	const trigger = copy?.kind === 'onbuild' ? copy.trigger : undefined;
	t.like(trigger, {kind: 'copy', text: 'COPY --from=b <<E /x', comments: [], from: {text: 'b'}});
	t.is(trigger && show(trigger.keywordRange), '2:10-2:14');
	t.deepEqual(ownPart(broken), {kind: 'onbuild', expression: 'FOO x '});
});

test('cuts the file into stages and global arguments', t => {
	const {globalArgs, stages} = parse('ARG a\nARG b=1\nFROM x AS y\nARG c\nFROM z\nRUN q\nRUN r\n');
	t.deepEqual(
		globalArgs.map(({args}) => args.map(({name}) => name)),
		[['a'], ['b']],
	);
	t.deepEqual(
		stages.map(({from, instructions}) => [from.image.text, instructions.map(({kind}) => kind)]),
		[
			['x', ['arg']],
			['z', ['run', 'run']],
		],
	);
});

test('reads the directives and goes by the escape character', t => {
	const dockerfile = parse(
		'\ufeff# syntax=docker/dockerfile:1 x\r\n#escape = `\r\n# check=skip=all\r\nFROM a`\r\n AS b\nRUN x\\',
	);
	t.is(dockerfile.escape, '`');
	t.deepEqual(withShortRanges(dockerfile.directives), [
		{name: 'syntax', value: 'docker/dockerfile:1 x', range: '1:1-1:31'},
		{name: 'escape', value: '`', range: '2:1-2:12'},
		{name: 'check', value: 'skip=all', range: '3:1-3:17'},
	]);
	t.deepEqual(
		instructionsOf(dockerfile).map(({text}) => text),
		['FROM a AS b', 'RUN x\\'],
	);
});

test('warns of empty lines inside an instruction, not of comments', t => {
	const {warnings} = parse('FROM a\nRUN x \\\n\n# c\n\n  y\nRUN z \\\n# c\n q\n');
	t.deepEqual(
		warnings.map(({rule, range, notes}) => [rule, show(range), notes?.map(note => show(note.range))]),
		[['NoEmptyContinuation', '3:1-3:1', ['6:1-6:4']]],
	);
});

test('what is wrong with a mount is told apart, for BuildKit finds it later', t => {
	const {stages} = parse('FROM a\nRUN --mount=type=cahe,id=x --mount=type=$T,uid=$U,target=/x true\n');
	const [run] = stages.at(0)?.instructions ?? [];
	t.deepEqual(ownPart(run), {
		kind: 'run',
		command: {form: 'shell', text: 'true'},
		devices: [],
		mounts: [{type: 'bind', readonly: true, required: false, target: '/x', range: '2:28-2:60'}],
		mountProblems: [
			{
				rule: 'syntax',
				severity: 'error',
				file: 'Dockerfile',
				message: 'unsupported mount type "cahe"',
				hint: 'did you mean "cache"?',
				range: '2:18-2:22',
			},
		],
	});
});

const refuses = test.macro({
	exec(t: ExecutionContext, text: string, place: string, message: string, hint?: string) {
		const result = parseDockerfile({path: 'D', text});
		t.is(result.kind, 'failed');
		if (result.kind === 'failed') {
			const {diagnostic} = result;
			t.deepEqual([show(diagnostic.range), diagnostic.message, diagnostic.hint], [place, message, hint]);
			t.like(diagnostic, {rule: 'syntax', severity: 'error', file: 'D'});
		}
	},
	title: (_, text = '') => `refuses ${JSON.stringify(text.slice(0, 60))}`,
});

const CONTINUE = 'if it belongs to the line above, end that with "\\"';
const FROM_USAGE = 'write "FROM image" or "FROM image AS name"';
test(refuses, '', '1:1-1:1', 'the Dockerfile is empty');
test(refuses, '\ufeff', '1:1-1:1', 'the Dockerfile is empty');
test(refuses, '# c\n', '1:1-1:1', 'the Dockerfile has no instructions', 'a stage begins with FROM');
test(refuses, 'ARG x\n', '1:1-1:1', 'the Dockerfile has no stage to build', 'a stage begins with FROM');
test(refuses, 'RUN x\nFROM a', '1:1-1:4', '"RUN" stands before the first FROM', 'only ARG may stand there');
test(refuses, 'FROM a\n frm b', '2:2-2:5', 'unknown instruction "frm"', 'did you mean "FROM"?');
test(refuses, 'FROM a\nFNTRYPOINT x', '2:1-2:11', 'unknown instruction "FNTRYPOINT"', 'did you mean "ENTRYPOINT"?');
test(refuses, 'FROM a\nnonsense x', '2:1-2:9', 'unknown instruction "nonsense"');
test(refuses, 'FROM a\n&& x', '2:1-2:3', 'unknown instruction "&&"', CONTINUE);
test(
	refuses,
	'FROM a\nRUN\u00a0x',
	'2:1-2:6',
	'unknown instruction "RUN\u00a0x"',
	'the blank in it is the character U+00A0: replace it by a plain blank',
);
test(refuses, 'FROM a\n\\\n', '2:1-2:1', 'the line is continued, but nothing follows');
test(refuses, 'FROM', '1:1-1:5', 'FROM requires either one or three arguments', FROM_USAGE);
test(refuses, 'FROM a b', '1:8-1:9', 'FROM requires either one or three arguments', 'write "AS" before "b"');
test(
	refuses,
	'FROM a AS',
	'1:8-1:10',
	'FROM requires either one or three arguments',
	'a stage name is missing behind it',
);
test(
	refuses,
	'FROM a AS b c d',
	'1:13-1:16',
	'FROM requires either one or three arguments',
	`a stage name is one word: ${FROM_USAGE}`,
);
test(refuses, 'FROM a is b', '1:8-1:10', 'FROM has "is" where "AS" should be', FROM_USAGE);
test(
	refuses,
	'FROM a AS 1x',
	'1:11-1:13',
	'invalid stage name "1x"',
	'a stage name starts with a letter and has only letters, digits, "-", "_" and "."',
);
test(refuses, 'FROM --platfrom=x a', '1:6-1:16', 'unknown flag "--platfrom" of FROM', 'did you mean "--platform"?');
test(refuses, 'FROM a\nCOPY --form=b x y', '2:6-2:12', 'unknown flag "--form" of COPY', 'did you mean "--from"?');
test(
	refuses,
	'FROM a\nRUN --mount x',
	'2:5-2:12',
	'flag "--mount" needs a value',
	'write it with "=" and no blank: --mount=value',
);
test(refuses, 'FROM a\nCOPY --link=x a b', '2:13-2:14', 'flag "--link" must be true or false, not "x"');
test(refuses, 'FROM a\nCOPY --link= a b', '2:6-2:13', 'flag "--link" has no value behind its "="');
test(
	refuses,
	'FROM a\nCOPY --from=a \\\n  --from=b a b',
	'3:3-3:11',
	'flag "--from" is given twice',
	'keep one of them',
);
test(refuses, 'FROM a\nCOPY x', '2:6-2:7', 'COPY requires at least two arguments', 'write "COPY source destination"');
test(refuses, 'FROM a\nADD x <<E\nE', '2:7-2:10', 'ADD cannot accept a heredoc as a destination');
test(
	refuses,
	'FROM a\nRUN x <<A <<B\nA\n',
	'2:11-2:14',
	'unterminated heredoc "B"',
	'end it with a line that holds only "B"',
);
test(
	refuses,
	'FROM a\nRUN --mount=type=bind,from=$x,target=/x x',
	'2:28-2:30',
	'mount option "from" does not support variables: "$x"',
	'name a stage after it: FROM $IMAGE AS name, then from=name',
);
test(refuses, 'FROM a\nRUN --mount= x', '2:13-2:13', 'the value is empty');
test(
	refuses,
	'FROM a\nRUN --network=hots x',
	'2:15-2:19',
	'invalid value "hots" of flag "--network"',
	'did you mean "host"?',
);
test(refuses, 'FROM a\nRUN --device=a,b x', '2:14-2:17', 'device option "b" must be a key=value pair');
test(refuses, 'FROM a\nENV', '2:1-2:4', 'ENV requires at least one argument');
test(refuses, 'FROM a\nENV a', '2:5-2:6', 'ENV "a" has no value', 'write "ENV NAME=value"');
test(
	refuses,
	'FROM a\nLABEL a=b \\\n  c',
	'3:3-3:4',
	'LABEL has "c" without "="',
	'write "name=value", with quotes around blanks',
);
test(refuses, 'FROM a\nENV =b', '2:5-2:7', 'ENV names cannot be blank');
test(refuses, 'FROM a\nARG a =x', '2:7-2:9', 'ARG names cannot be blank');
test(
	refuses,
	'FROM a\nCMD [1]',
	'2:6-2:7',
	'a JSON array of an instruction may hold strings only',
	'put it in quotes: "1"',
);
test(
	refuses,
	'FROM a\nCMD ["a]\\"", \\\n true]',
	'3:2-3:6',
	'a JSON array of an instruction may hold strings only',
	'put it in quotes: "true"',
);
test(refuses, 'FROM a\nCMD ["a", ["b"]]', '2:5-2:17', 'a JSON array of an instruction may hold strings only');
test(
	refuses,
	'FROM a\nSHELL x',
	'2:7-2:8',
	'SHELL requires the arguments to be in JSON form',
	'write them as SHELL ["executable", "argument"]',
);
test(refuses, 'FROM a\nVOLUME ["a",""]', '2:13-2:15', 'a VOLUME cannot be an empty string');
test(refuses, 'FROM a\nUSER', '2:1-2:5', 'USER requires exactly one argument');
test(refuses, 'FROM a\nHEALTHCHECK NONE x', '2:18-2:19', 'HEALTHCHECK NONE takes no arguments');
test(
	refuses,
	'FROM a\nHEALTHCHECK FOO x',
	'2:13-2:16',
	'unknown type "FOO" of HEALTHCHECK',
	'write CMD before the command, or NONE to switch the check off',
);
test(refuses, 'FROM a\nHEALTHCHECK CMD []', '2:13-2:16', 'HEALTHCHECK CMD has no command');
test(
	refuses,
	'FROM a\nHEALTHCHECK --timeout=5 CMD x',
	'2:23-2:24',
	'invalid duration "5" of flag "--timeout"',
	'add a unit: 5s',
);
test(refuses, 'FROM a\nHEALTHCHECK --timeout=1us CMD x', '2:23-2:26', 'flag "--timeout" cannot be less than 1ms');
test(refuses, 'FROM a\nHEALTHCHECK --retries=-1 CMD x', '2:23-2:25', 'flag "--retries" cannot be negative');
test(refuses, 'FROM a\nONBUILD ONBUILD RUN x', '2:9-2:16', 'ONBUILD cannot trigger another ONBUILD');
test(refuses, 'FROM a\nONBUILD from x', '2:9-2:13', '"from" is not allowed as an ONBUILD trigger');
test(
	refuses,
	'# escape=x\nFROM a',
	'1:10-1:11',
	'invalid escape character "x"',
	'the escape character is a backslash or a backtick',
);
test(refuses, '# escape=`\n  # escape=`\nFROM a', '2:3-2:13', 'directive "escape" is given twice', 'keep one of them');
test(refuses, '# check=skp=A\nFROM a', '1:9-1:12', 'unknown check option "skp"', 'did you mean "skip"?');
test(refuses, `FROM a\nRUN ${'x'.repeat(65_532)}\n`, '2:1-2:65537', 'the line is longer than 65535 bytes');
test(refuses, `FROM a\nRUN ${'é'.repeat(32_766)}\n`, '2:1-2:32771', 'the line is longer than 65535 bytes');
test(refuses, 'FROM a\nx\u001b[31m', '2:1-2:7', 'unknown instruction "x\\x1b[31m"', CONTINUE);

test('the longest line is 65535 bytes', t => {
	t.is(parse(`FROM a\nRUN ${'x'.repeat(65_531)}\n`).stages.length, 1);
	t.is(parse(`FROM a\nRUN é${'x'.repeat(65_529)}`).stages.length, 1);
});

test('dockerfile-ast places keywords and flags, but decides nothing', t => {
	t.deepEqual(withShortRanges(parseAst('FROM a\nRUN --network=none \\\n  x')), [
		{keyword: 'FROM', keywordRange: '1:1-1:5', range: '1:1-1:7', flags: []},
		{keyword: 'RUN', keywordRange: '2:1-2:4', range: '2:1-3:4', flags: [{name: 'network', range: '2:5-2:19'}]},
	]);
	// It does not see a heredoc behind a number, and takes the body for an instruction.
	const text = 'FROM a\nRUN cat 3<<EOF\nRUN inner\nEOF\nRUN x';
	t.is(parseAst(text).length, 5);
	t.deepEqual(
		instructionsOf(parse(text)).map(({range}) => show(range)),
		['1:1-1:7', '2:1-4:4', '5:1-5:6'],
	);
});

test('BuildKit stops at what it cannot cut up before it looks at what instructions mean', t => {
	const result = parseDockerfile({path: 'D', text: 'FROM a\nFRM b\nENV x\n'});
	t.is(result.kind === 'failed' ? result.diagnostic.range.start.line : undefined, 3);
});

test('sizes that would stop a quadratic parser', t => {
	const long = `FROM a\nLABEL a="${'x y \\\n'.repeat(200_000)}"\n`;
	t.is(parse(long).stages.at(0)?.instructions.length, 1);
	const stages = Array.from({length: 10_000}, (_, index) => `FROM a AS s${index}\nRUN x\n`).join('');
	t.is(parse(stages).stages.length, 10_000);
	const chain = parseDockerfile({path: 'D', text: `FROM a\n${'ONBUILD --é \\\n'.repeat(50_000)}RUN x`});
	t.is(chain.kind, 'failed');
});
