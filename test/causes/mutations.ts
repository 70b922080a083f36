import {chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** One change of the project, and what has to be said of it. */
export interface Mutation {
	readonly name: string;
	apply(dir: string): void;
	/** Of the first step that misses: its line, as changed, and its cause; none: everything hits. */
	readonly first?: {readonly line: number; readonly cause: RegExp};
	/** Arguments of plan and build; what is asked of git is not asked with them. */
	readonly args?: readonly string[];
	/** The base image is made anew before. */
	readonly movesBase?: true;
}

/** The project before; `base` is an image with a shell. */
export function projectFiles(base: string): Readonly<Record<string, string>> {
	return {
		Dockerfile: `# A project with most of what a key is made of.
ARG BASE=${base}
FROM \${BASE} AS deps
ARG VERSION=1
ENV MODE=release
WORKDIR /app
COPY package.json ./
RUN echo "$VERSION $MODE" > version.txt && cat package.json > deps.txt
FROM deps AS build
COPY src src/
RUN cat src/*.js > bundle.js
COPY <<EOF settings.txt
one
EOF
FROM \${BASE}
WORKDIR /run
COPY --from=build /app/bundle.js ./
COPY --chmod=0755 bin/start ./start
RUN cat bundle.js > out.txt
`,
		'.dockerignore': '*.md\nsrc/skipped\n',
		'package.json': '{}\n',
		'README.md': 'read me\n',
		'src/a.js': '// a\n',
		'src/b.js': '// b\n',
		'src/skipped/c.js': '// c\n',
		'bin/start': 'start\n',
	};
}

const write = (file: string, text: string) => (dir: string) => {
	mkdirSync(path.dirname(path.join(dir, file)), {recursive: true});
	writeFileSync(path.join(dir, file), text);
};
const edit = (file: string, from: string, to: string) => (dir: string) => {
	const text = readFileSync(path.join(dir, file), 'utf8');
	if (!text.includes(from)) {
		throw new Error(`${file} has no "${from}"`);
	}

	writeFileSync(path.join(dir, file), text.replace(from, to));
};
const inDockerfile = (from: string, to: string) => edit('Dockerfile', from, to);

/** Each is done to the project as it was committed. */
export const mutations: readonly Mutation[] = [
	{name: 'nothing', apply: () => {}},
	{name: 'a file that no step may read', apply: write('README.md', 'changed\n')},
	{name: 'a comment', apply: inDockerfile('# A project', '# The project')},
	{
		name: 'the name of a stage',
		apply: dir => {
			inDockerfile('AS build', 'AS made')(dir);
			inDockerfile('--from=build', '--from=made')(dir);
		},
	},
	{
		name: 'the content of a file',
		apply: write('package.json', '{"a": 1}\n'),
		first: {line: 7, cause: /1 of 1 file changed: package\.json \(content\)/},
	},
	{
		name: 'the mode of a file',
		apply: dir => chmodSync(path.join(dir, 'src/a.js'), 0o755),
		first: {line: 10, cause: /1 of 2 files changed: src\/a\.js \(mode 0644 → 0755\)/},
	},
	{
		name: 'mode and content of a file',
		apply: dir => {
			write('src/a.js', '// other\n')(dir);
			chmodSync(path.join(dir, 'src/a.js'), 0o755);
		},
		first: {line: 10, cause: /src\/a\.js \(content, mode 0644 → 0755\)/},
	},
	{
		name: 'a file more',
		apply: write('src/new.js', '// new\n'),
		first: {line: 10, cause: /1 of 3 files changed: src\/new\.js \(added\)/},
	},
	{
		name: 'a file less',
		apply: dir => rmSync(path.join(dir, 'src/b.js')),
		first: {line: 10, cause: /1 of 1 file changed: src\/b\.js \(removed\)/},
	},
	{
		name: 'a link in the place of a file',
		apply: dir => {
			rmSync(path.join(dir, 'src/b.js'));
			symlinkSync('a.js', path.join(dir, 'src/b.js'));
		},
		first: {line: 10, cause: /src\/b\.js \(type\)/},
	},
	{
		name: 'two files of two steps',
		apply: dir => {
			write('package.json', '{"a": 1}\n')(dir);
			write('bin/start', 'other\n')(dir);
		},
		first: {line: 7, cause: /package\.json \(content\)/},
	},
	{
		name: 'a file that only the last stage reads',
		apply: write('bin/start', 'other\n'),
		first: {line: 18, cause: /1 of 1 file changed: bin\/start \(content\)/},
	},
	{
		name: 'the command of RUN',
		apply: inDockerfile('cat src/*.js', 'cat src/a.js src/b.js'),
		first: {line: 11, cause: /instruction text changed: "cat src\/\*\.js > bundle\.js" → /},
	},
	{
		name: 'the default of an argument',
		apply: inDockerfile('VERSION=1', 'VERSION=2'),
		first: {line: 8, cause: /ARG VERSION changed/},
	},
	{
		name: 'an argument of the command line',
		apply: () => {},
		args: ['--build-arg', 'VERSION=7'],
		first: {line: 8, cause: /ARG VERSION changed/},
	},
	{
		name: 'a variable of the environment',
		apply: inDockerfile('MODE=release', 'MODE=debug'),
		first: {line: 8, cause: /ENV MODE changed/},
	},
	{
		name: 'a new variable',
		apply: inDockerfile('ENV MODE=release', 'ENV MODE=release MORE=1'),
		first: {line: 8, cause: /ENV MORE added/},
	},
	{
		name: 'a step more',
		apply: inDockerfile('RUN cat src', 'RUN echo more\nRUN cat src'),
		first: {line: 11, cause: /never built before/},
	},
	{
		name: 'a folder',
		apply: inDockerfile('WORKDIR /app', 'WORKDIR /other'),
		first: {line: 6, cause: /instruction text changed: "\/app" → "\/other"/},
	},
	{
		name: 'an inline document',
		apply: inDockerfile('one\n', 'two\n'),
		first: {line: 12, cause: /instruction text changed/},
	},
	{
		name: 'the ignore file lets in',
		apply: edit('.dockerignore', 'src/skipped\n', ''),
		first: {line: 10, cause: /\.dockerignore now lets in src\/skipped\//},
	},
	{
		name: 'the ignore file leaves out',
		apply: edit('.dockerignore', '*.md\n', '*.md\nsrc/b.js\n'),
		first: {line: 10, cause: /\.dockerignore now leaves out src\/b\.js/},
	},
	{
		name: 'an option of COPY',
		apply: inDockerfile('--chmod=0755', '--chmod=0700'),
		first: {line: 18, cause: /instruction text changed/},
	},
	{
		name: 'the base image moves',
		apply: () => {},
		movesBase: true,
		first: {line: 6, cause: /base \$\{BASE\} moved from sha256:.* to sha256:.* \(1 layer more\)/},
	},
];
