import {spawnSync} from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import {isDockerfileName} from '../../planner/discovery/dockerfile-name.ts';
import {findDockerfiles} from '../../planner/discovery/find-dockerfiles.ts';
import {environment} from '../helpers/in-process.ts';
import {folderOf} from '../helpers/lint-folder.ts';

const names: Readonly<Record<string, boolean>> = {
	Dockerfile: true,
	dockerfile: true,
	'Dockerfile.prod': true,
	'Dockerfile.22-alpine': true,
	'api.Dockerfile': true,
	'api.dockerfile': true,
	Containerfile: true,
	'Containerfile.dev': true,
	'Dockerfile.dockerignore': false,
	'Dockerfile.md': false,
	'Dockerfile.j2': false,
	'Dockerfile.tmpl': false,
	'Dockerfile.orig': false,
	'Dockerfile~': false,
	'.Dockerfile.swp': false,
	'Dockerfile.': false,
	'.dockerfile': false,
	Dockerfiles: false,
	MyDockerfile: false,
	'dockerfile.go': false,
};

test('names of Dockerfiles', t => {
	t.deepEqual(Object.fromEntries(Object.keys(names).map(name => [name, isDockerfileName(name)])), names);
});

const files = Object.fromEntries(
	[
		'Dockerfile',
		'docs/README.md',
		'services/api/Dockerfile',
		'services/api/Dockerfile.dev',
		'services/web/web.Dockerfile',
		'services/web/recipe',
		'vendor/lib/Dockerfile',
		'vendor/kept/Dockerfile',
		'node_modules/x/Dockerfile',
		'build/Dockerfile',
		'services/api/out/Dockerfile',
	].map(name => [name, '']),
);
const gitignores = {'.gitignore': '/build/\nvendor/*\n!vendor/kept\n', 'services/api/.gitignore': 'out\n'};

interface Found {
	readonly found?: readonly string[];
	readonly problems?: readonly string[];
}

const finds = test.macro(
	(t, args: readonly string[], expected: Found, ignored: readonly string[] = [], isRepository = false) => {
		const cwd = folderOf(t, {...files, ...gitignores});
		if (isRepository) {
			t.is(spawnSync('git', ['init', '-q', cwd]).status, 0);
		}

		const result = findDockerfiles(args, {
			cwd,
			env: environment,
			ignored: ignored.length === 0 ? [] : [{folder: path.join(cwd, 'services'), patterns: ignored}],
		});
		t.deepEqual(
			[result.files, result.problems.map(({message}) => message)],
			[expected.found ?? [], expected.problems ?? []],
		);
	},
);

const everything = [
	'Dockerfile',
	'services/api/Dockerfile',
	'services/api/Dockerfile.dev',
	'services/web/web.Dockerfile',
	'vendor/kept/Dockerfile',
];

test('a folder', finds, ['.'], {found: everything});
test('a folder of a repository', finds, ['.'], {found: everything}, [], true);
test('a folder below one of a repository', finds, ['services/api/'], {found: everything.slice(1, 3)}, [], true);
test('a folder below, each once', finds, ['services/api', 'services', './services/api/Dockerfile'], {
	found: ['services/api/Dockerfile', 'services/api/Dockerfile.dev', 'services/web/web.Dockerfile'],
});
test(
	'patterns of the configuration',
	finds,
	['.', 'services/*/Dockerfile*'],
	{
		found: ['Dockerfile', 'services/web/web.Dockerfile', 'vendor/kept/Dockerfile'],
		problems: ['no file matches "services/*/Dockerfile*"'],
	},
	['/api'],
);
test(
	'what is named is taken',
	finds,
	['services/web/recipe', 'build/Dockerfile', '-', 'none'],
	{
		found: ['services/web/recipe', 'build/Dockerfile', '-', 'none'],
	},
	['recipe'],
);
test('a glob', finds, ['services/*/Dockerfile'], {found: ['services/api/Dockerfile']});
test('a glob is for its folder', finds, ['*ockerfile'], {found: ['Dockerfile']});
test('a glob for every depth', finds, ['**/Dockerfile'], {
	found: ['Dockerfile', 'services/api/Dockerfile', 'vendor/kept/Dockerfile'],
});
test('a glob for any name', finds, ['services/web/r*e'], {found: ['services/web/recipe']});
test('a glob for folders', finds, ['services/*'], {found: everything.slice(1, 4)});
test('a glob of a repository', finds, ['**/[D]ockerfile.d?v'], {found: ['services/api/Dockerfile.dev']}, [], true);
test('nothing', finds, ['services/web/*.txt', 'none/*', 'docs'], {
	problems: [
		'no file matches "services/web/*.txt"',
		'no file matches "none/*"',
		'no Dockerfile is in the folder "docs"',
	],
});
