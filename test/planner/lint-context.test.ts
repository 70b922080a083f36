import path from 'node:path';
import test from 'ava';
import {lintFiles} from '../../planner/lint-files.ts';
import {type TreeEntry, temporaryTree} from '../helpers/temporary-tree.ts';

/** The rules about the context, by what is said of it, where a file is linted from the top of a tree. */
const findsIn = test.macro(
	async (t, entries: Readonly<Record<string, TreeEntry>>, file: string, expected: readonly string[]) => {
		const cwd = temporaryTree(t, entries);
		const surroundings = {cwd: path.join(cwd, 'top'), readStdin: async () => Buffer.from('FROM scratch\nCOPY . /\n')};
		const options = {buildArgs: new Map<string, string>(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
		const result = await lintFiles([file], surroundings, options);
		t.is(result.kind, 'linted');
		const findings = result.kind === 'linted' ? result.files.flatMap(one => one.findings) : [];
		t.deepEqual(
			findings
				.filter(({rule}) => rule === 'cache/context-noise' || rule === 'CopyIgnoredFile')
				.map(({rule, message}) => `${rule} ${message.split(/ (?:is|are) read/, 1)[0] ?? ''}`),
			expected,
		);
	},
);

const whole = 'FROM scratch\nCOPY . /\n';
const noise = (names: string) => [`cache/context-noise ${names}`];

test(
	'the folder of the file',
	findsIn,
	{'top/Dockerfile': whole, 'top/.git/HEAD': ''},
	'Dockerfile',
	noise('".git", "Dockerfile"'),
);
test(
	'its ignore file',
	findsIn,
	{'top/Dockerfile': whole, 'top/.git/HEAD': '', 'top/.dockerignore': '.*\n'},
	'Dockerfile',
	noise('"Dockerfile"'),
);
test(
	'an ignore file of its own comes first',
	findsIn,
	{
		'top/a.Dockerfile': whole,
		'top/a.Dockerfile.dockerignore': 'a.D*\n',
		'top/.dockerignore': '*\n',
		'top/.git/HEAD': '',
	},
	'a.Dockerfile',
	noise('".git"'),
);
test('ignored altogether', findsIn, {'top/Dockerfile': whole, 'top/.dockerignore': '.*\nDocker*\n'}, 'Dockerfile', []);
test(
	'what it names tells that it is built from above',
	findsIn,
	{'top/docker/Dockerfile': `${whole}COPY src /\n`, 'top/src/a': '', 'top/node_modules/a': ''},
	'docker/Dockerfile',
	noise('"node_modules", "docker/Dockerfile"'),
);
test(
	'what it names tells its folder',
	findsIn,
	{'top/a/Dockerfile': `${whole}ADD ./x/y /\n`, 'top/a/x/y': ''},
	'a/Dockerfile',
	noise('"Dockerfile"'),
);
test('nobody has what it names', findsIn, {'top/Dockerfile': `${whole}COPY src /\n`}, 'Dockerfile', []);
test(
	'a folder further down may be built from anywhere',
	findsIn,
	{'top/a/Dockerfile': whole, 'top/.dockerignore': ''},
	'a/Dockerfile',
	[],
);
test(
	'a file beside the tree',
	findsIn,
	{'a/Dockerfile': `${whole}COPY src /\n`, 'top/src/a': '', 'top/venv/a': ''},
	'../a/Dockerfile',
	noise('"venv"'),
);
test(
	'a malformed ignore file says nothing',
	findsIn,
	{'top/Dockerfile': whole, 'top/.dockerignore': '[\n'},
	'Dockerfile',
	[],
);
test('standard input has no folder', findsIn, {'top/.git/HEAD': ''}, '-', []);
test(
	'an ignored file',
	findsIn,
	{'top/Dockerfile': 'FROM scratch\nCOPY a /\n', 'top/a': '', 'top/.dockerignore': 'a\n'},
	'Dockerfile',
	['CopyIgnoredFile "a" is not in the context: the pattern "a" of the ignore file leaves it out'],
);
