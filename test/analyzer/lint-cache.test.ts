import test from 'ava';
import {
	type BuildOptions,
	compilePatterns,
	defaultPolicy,
	type LintKnowledge,
	type LintPolicy,
	lintSource,
	type NamedContext,
	parseIgnoreFile,
	type Range,
} from '../../analyzer/index.ts';

// The rules about caches and pins, beyond the examples of their pages.

const options: BuildOptions = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const base = `FROM node:22@${digest}`;

interface Surroundings extends Partial<BuildOptions> {
	readonly ignoreFile?: string;
	readonly names?: readonly string[];
	readonly policy?: Partial<LintPolicy>;
}

function knowledge({ignoreFile, names, policy}: Surroundings): LintKnowledge {
	const compiled = ignoreFile === undefined ? undefined : compilePatterns(parseIgnoreFile(ignoreFile));
	return {
		...(compiled?.kind === 'compiled' && {ignore: compiled.matcher}),
		...(names !== undefined && {context: {names, dockerfile: 'Dockerfile'}}),
		...(policy !== undefined && {policy: {...defaultPolicy, today: '2026-01-01', ...policy}}),
	};
}

function covered(text: string, {start, end}: Range): string {
	return start.line === end.line
		? (text.split('\n')[start.line - 1] ?? '').slice(start.column - 1, end.column - 1)
		: 'several lines';
}

/** Rows are `line rule "what is marked"` of the rules that `family` names, and those that count here: cache and pin. */
function rowsOf(text: string, {ignoreFile, names, policy, ...more}: Surroundings): readonly string[] {
	const known = knowledge({
		...(ignoreFile !== undefined && {ignoreFile}),
		...(names !== undefined && {names}),
		...(policy !== undefined && {policy}),
	});
	return lintSource({path: 'Dockerfile', text}, {...options, ...more}, known)
		.filter(({rule}) => /^(?:cache|pin|syntax|graph$)/.test(rule))
		.map(({rule, range}) => `${range.start.line} ${rule.replace('cache/', '')} ${covered(text, range)}`);
}

const finds = test.macro((t, text: string, expected: readonly string[], given: Surroundings = {}) => {
	t.deepEqual(rowsOf(text, given), expected);
});

/** One stage on a pinned official image; the lines are counted without its FROM. `package-cache` is another matter. */
const stage = test.macro((t, text: string, expected: readonly string[]) => {
	const rows = rowsOf(`${base}\n${text}`, {}).filter(row => !row.includes(' package-cache '));
	t.deepEqual(
		rows.map(row => row.replace(/^\d+/, line => String(Number(line) - 1))),
		expected,
	);
});

const apt = 'apt-get update && apt-get install -y curl';

// cache/copy-before-install, by ecosystem.
const early = ['1 copy-before-install .'];
for (const command of [
	'npm ci',
	'npm install --omit=dev',
	'npm --prefix web i',
	'yarn',
	'yarn install --frozen-lockfile',
	'pnpm i',
	'pnpm fetch',
	'bun install',
	'pip install -r requirements.txt',
	'pip3 install --no-cache-dir --requirement=requirements.txt',
	'python -m pip install -U -r requirements.txt',
	'uv pip install --system -r requirements.txt',
	'uv sync --frozen --no-install-project',
	'poetry install --no-root',
	'pipenv sync',
	'go mod download',
	'cargo fetch --locked',
	'mvn -B dependency:go-offline',
	'./gradlew --no-daemon dependencies',
	'bundle install --jobs 4',
	'composer install --no-dev',
	'dotnet restore',
	'mix deps.get',
	'apk add --no-cache git',
	'dnf -y install git',
	apt,
	'npm install -g typescript',
	'pip install flask==3.1.0 "uvicorn[standard]>=0.30"',
	'cd web && npm ci && npm run build',
	'DEBIAN_FRONTEND=noninteractive apt-get -qq update && sudo -E apt-get install -y git',
	'if [ -f package.json ]; then npm ci; fi',
	'bash -euo pipefail -c "npm ci"',
	'(cd web; npm ci)',
	'case "$(uname -m)" in x86_64) npm ci ;; *) exit 1 ;; esac',
	'set -eux; \\\n  # a comment\n  npm ci',
]) {
	test(`behind COPY . : ${command}`, stage, `COPY . .\nRUN ${command}`, early);
}

for (const command of [
	'npm run build',
	'npm install ./lib',
	'npm install -g .',
	'npm --version',
	'yarn build',
	'yarn --version',
	'pip install .',
	'pip install -e .[dev]',
	'pip install ./lib',
	'pip install dist/app-1.0-py3-none-any.whl',
	'pip install $PACKAGES',
	'pip install -r https://example.org/r.txt',
	'poetry install',
	'uv sync',
	'go build ./...',
	'go install ./cmd/app',
	'cargo build --release',
	'cargo install --path .',
	'mvn package',
	'mvn dependency:go-offline package',
	'./gradlew build',
	'apt-get install -y ./app.deb',
	'apk add --allow-untrusted /out/app.apk',
	'cp sources.list /etc/apt/ && apt-get install -y curl',
	'./configure.sh && apt-get install -y curl',
	'echo "npm ci"',
	"echo 'a && npm ci'",
	'true # && npm ci',
	'cat <<X > run.sh\nnpm ci\nX',
	'make install',
]) {
	test(`no installation that needs lists alone: ${command}`, stage, `COPY . .\nRUN ${command}`, []);
}

for (const copy of [
	'COPY ./ /app/',
	'ADD . /app',
	'COPY --chown=node src/ /app/src',
	'COPY ["./", "/app"]',
	'COPY a . /app/',
	'COPY * /app/',
]) {
	test(`a broad copy: ${copy}`, t => {
		t.deepEqual(
			rowsOf(`${base}\n${copy}\nRUN --mount=type=cache,target=/root/.npm npm ci`, {}).map(row => row.split(' ')[1]),
			['copy-before-install'],
		);
	});
}

for (const copy of [
	'COPY package*.json ./',
	'COPY --parents ./**/package.json ./',
	'COPY --exclude=src . .',
	'COPY --from=busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef . .',
	'COPY vendor /app/vendor',
	'COPY <<X /x\nX',
]) {
	test(`no broad copy: ${copy}`, stage, `${copy}\nRUN npm ci`, []);
}

test('copied behind', stage, 'COPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev', []);
test('copied behind, another ecosystem', stage, 'COPY package.json .\nRUN npm ci\nCOPY . .\nRUN go mod download', [
	'3 copy-before-install .',
]);
test('installed in the stage below', finds, `${base} AS a\nRUN yarn\nFROM a\nCOPY . .\nRUN yarn install`, []);
test('a stage that is none of its own', finds, `${base} AS a\nCOPY . .\nFROM a\nRUN yarn`, []);
test('two installations, one finding', stage, 'COPY . .\nRUN yarn\nRUN bundle install', early);
test('what may prepare it', stage, 'COPY . .\nRUN sh setup.sh\nRUN apt-get install -y curl', []);
test('a mount of the context', stage, 'RUN --mount=target=. go mod download', [
	'1 copy-before-install --mount=target=.',
]);
test('a mount that a build needs', stage, 'RUN --mount=target=. go mod download && go build', []);
test('a mount of one file', stage, 'RUN --mount=source=go.mod,target=go.mod go mod download', []);
test('in a document', stage, 'COPY . .\nRUN <<E\nset -e\nnpm ci\nE', early);
test('a document of another language', stage, 'COPY . .\nRUN <<E\n#!/usr/bin/env python3\nnpm ci\nE', []);
test('in exec form', stage, 'COPY . .\nRUN ["npm", "ci"]', early);
test('another shell', stage, 'SHELL ["pwsh", "-c"]\nCOPY . .\nRUN npm ci', []);
test('waived', stage, '# check=skip=cache/copy-before-install\nCOPY . .\nRUN npm ci', []);

test('the notes name the installation', t => {
	const text = `${base}\nCOPY . .\nRUN true && \\\n  npm ci --no-audit && true`;
	const [found] = lintSource({path: 'Dockerfile', text}, options);
	t.is(found?.message, 'every change in the context runs "npm ci" again');
	t.is(found?.hint, 'copy package.json and its lock file alone, run "npm ci", and copy the rest behind it');
	t.deepEqual(found?.notes, [
		{message: '"npm ci" is run here', range: {start: {line: 4, column: 3}, end: {line: 4, column: 20}}},
	]);
	t.deepEqual(
		found?.reruns?.map(({start}) => start.line),
		[3],
	);
});

// cache/volatile-before-run and cache/source-date-epoch.
for (const name of [
	'GIT_SHA',
	'COMMIT',
	'git_commit',
	'VCS_REF',
	'BUILD_DATE',
	'CI_PIPELINE_ID',
	'GITHUB_SHA',
	'REVISION',
]) {
	test(`volatile: ${name}`, stage, `ARG ${name}\nRUN ${apt}`, [`1 volatile-before-run ${name}`]);
}

for (const name of [
	'VERSION',
	'NODE_VERSION',
	'PROTOC_COMMIT',
	'SHARED',
	'UPDATE',
	'CREATED_BY',
	'TARGETARCH',
	'CACHEBUST',
]) {
	test(`not volatile: ${name}`, stage, `ARG ${name}\nRUN ${apt}`, []);
}

test('a stand-in is no value', stage, `ARG GIT_SHA=unknown\nRUN ${apt}`, ['1 volatile-before-run GIT_SHA=unknown']);
test('a fixed commit', stage, `ARG COMMIT=0123456789abcdef\nRUN ${apt}`, []);
test(
	'fixed above the first FROM',
	finds,
	`ARG COMMIT=0123456789\n${base}\nARG COMMIT\nRUN ${apt} && rm -r /var/lib/apt/lists`,
	[],
);
test('above the first FROM alone', finds, `ARG COMMIT\n${base}\nRUN ${apt} && rm -r /var/lib/apt/lists`, []);
test('used at once', stage, `ARG COMMIT\nRUN ${apt} && echo $COMMIT`, []);
test('used before', stage, `ARG COMMIT\nRUN echo \${COMMIT:-0} > /c\nRUN ${apt}`, []);
test('used in a COPY', stage, `ARG COMMIT\nCOPY app-$COMMIT /\nRUN ${apt}`, []);
test('a label uses it', stage, `ARG COMMIT\nLABEL a=$COMMIT\nRUN ${apt}`, ['1 volatile-before-run COMMIT']);
test('an ENV of it is used', stage, `ARG COMMIT\nENV V=$COMMIT\nRUN echo $V\nRUN ${apt}`, []);
test('an ENV of it', stage, `ARG COMMIT\nENV COMMIT=$COMMIT\nRUN ${apt}`, ['1 volatile-before-run COMMIT']);
test('an ENV of another', stage, `ARG X\nENV GIT_SHA=$X\nRUN ${apt}`, ['2 volatile-before-run GIT_SHA=$X']);
test('a constant ENV', stage, `ENV BUILD_DATE=today\nRUN ${apt}`, []);
test('what may use it', stage, `ARG COMMIT\nRUN make\nRUN ${apt}`, []);
test('a script may use it', stage, `ARG COMMIT\nRUN ./a.sh && ${apt}`, []);
test('nothing expensive', stage, 'ARG COMMIT\nRUN mkdir /a', []);
test('a download', stage, 'ARG COMMIT\nRUN curl -fO https://a.b/c-1.2.tgz', ['1 volatile-before-run COMMIT']);
test('in a stage on top', finds, `${base} AS a\nARG COMMIT\nFROM a\nRUN go mod download`, [
	'2 volatile-before-run COMMIT',
]);
test('declared twice', stage, `ARG COMMIT\nARG COMMIT\nRUN ${apt}`, ['1 volatile-before-run COMMIT']);
test('another stage is not reached', finds, `${base} AS a\nARG COMMIT\n${base}\nRUN go mod download`, []);
test('an epoch', stage, `ARG SOURCE_DATE_EPOCH\nRUN ${apt}`, ['1 source-date-epoch SOURCE_DATE_EPOCH']);
test('an epoch that is fixed', stage, `ARG SOURCE_DATE_EPOCH=0\nRUN ${apt}`, []);
test('an epoch behind', stage, `RUN ${apt}\nARG SOURCE_DATE_EPOCH\nRUN make`, []);

// cache/update-alone.
test('updated alone', stage, 'RUN apt-get -qq update\nRUN apt-get install -y a', ['1 update-alone apt-get -qq update']);
test('apk updated alone', stage, 'RUN apk update\nRUN apk add a', ['1 update-alone apk update']);
test('updated again', stage, `RUN apt-get update\nRUN ${apt}`, []);
test('updated with something else', stage, 'RUN apt-get update && ./x\nRUN apt-get install -y a', []);
test('never installed', stage, 'RUN apt-get update\nRUN apk add a', []);

// cache/package-cache.
const kept = (row: string) => [`2 package-cache ${row}`];
test('apt keeps lists', finds, `${base}\nRUN ${apt}`, kept('apt-get install -y curl'));
test('apt without update has none', finds, `${base}\nRUN apt-get install -y curl`, []);
for (const rest of [
	'rm -rf /var/lib/apt/lists/*',
	'rm -rf /var/lib/{apt,dpkg}/',
	'apt-get distclean',
	'find /var/lib/apt/lists -type f -delete',
	'cleanup.sh',
]) {
	test(`apt and ${rest}`, finds, `${base}\nRUN ${apt} && ${rest}`, []);
}

test('apt clean leaves lists', finds, `${base}\nRUN ${apt} && apt-get clean`, kept('apt-get install -y curl'));
test('apt with a mount', finds, `${base}\nRUN --mount=type=cache,target=/var/lib/apt ${apt}`, []);
test('apk with an index', finds, `${base}\nRUN apk update && apk add a`, kept('apk add a'));
test('apk -U', finds, `${base}\nRUN apk add -U a`, kept('apk add -U a'));
test('apk --no-cache', finds, `${base}\nRUN apk add --no-cache a`, []);
test('apk and rm', finds, `${base}\nRUN apk add -U a && rm -rf /var/cache/apk/*`, []);
test('dnf', finds, `${base}\nRUN dnf install -y a`, kept('dnf install -y a'));
test('dnf clean', finds, `${base}\nRUN dnf install -y a && dnf clean all`, []);
test('zypper', finds, `${base}\nRUN zypper -n in a`, kept('zypper -n in a'));
test('pip', finds, `${base}\nRUN pip install a==1`, kept('pip install a==1'));
test('pip --no-cache-dir', finds, `${base}\nRUN pip install --no-cache-dir a==1`, []);
test('pip by ENV', finds, `${base}\nENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1`, []);
test('pip by assignment', finds, `${base}\nRUN PIP_NO_CACHE_DIR=1 pip install a==1`, []);
test('pip on an image of another', finds, `FROM a/b@${digest}\nRUN pip install a==1`, []);
test('npm', finds, `${base}\nRUN npm ci`, kept('npm ci'));
test('npm with a mount', finds, `${base}\nRUN --mount=type=cache,target=/root/.npm npm ci`, []);
test('npm cleaned', finds, `${base}\nRUN npm ci && npm cache clean --force`, []);

// cache/git-ref-unpinned, cache/fetch-unpinned, cache/secret-stale, cache/add-url-checksum.
test('a clone', stage, 'RUN git clone --depth 1 https://a.b/c', [
	'1 git-ref-unpinned git clone --depth 1 https://a.b/c',
]);
test('a clone of main', stage, 'RUN git clone -b main https://a.b/c', [
	'1 git-ref-unpinned git clone -b main https://a.b/c',
]);
for (const command of [
	'git clone --branch v1 https://a.b/c',
	'git clone --branch=$V https://a.b/c',
	'git clone https://a.b/c && cd c && git checkout 1234567',
	'git clone https://a.b/c\nRUN git -C c reset --hard $C',
	'git clone /src',
	'git clone $REPO',
	'git config --global a b',
]) {
	test(`pinned: ${command}`, stage, `RUN ${command}`, []);
}

test('ADD of a branch', stage, 'ADD https://github.com/a/b.git#main /b', [
	'1 git-ref-unpinned https://github.com/a/b.git#main',
]);
test('ADD of a commit', stage, `ADD https://github.com/a/b.git#${'0'.repeat(40)} /b`, []);
test('ADD of a checked branch', stage, `ADD --checksum=${'0'.repeat(40)} https://github.com/a/b.git#main /b`, []);
test('ADD of a variable', stage, 'ARG C\nADD https://github.com/a/b.git#$C /b', []);
test('ADD of a URL', stage, 'ADD a https://a.b/c /x/', ['1 add-url-checksum https://a.b/c']);
test('ADD of a checked URL', stage, `ADD --checksum=${digest} https://a.b/c /x`, []);

const fetched = (text: string) => [`1 fetch-unpinned ${text}`];
for (const url of [
	'https://github.com/a/b/releases/latest/download/c',
	'https://a.b/latest',
	'https://raw.githubusercontent.com/a/b/master/install.sh',
	'https://raw.githubusercontent.com/a/b/refs/heads/main/x',
	'https://github.com/a/b/archive/main.tar.gz',
	'https://github.com/a/b/raw/HEAD/x',
]) {
	test(`unpinned: ${url}`, stage, `RUN curl -fsSL ${url} | sh`, fetched(url));
}

for (const command of [
	'curl -O https://github.com/a/b/releases/download/v1.2/latest.tgz',
	'curl -O https://a.b/latest-news',
	'curl -O https://raw.githubusercontent.com/a/main/1.2/x',
	'curl -O https://latest.example.org/c-1.2',
	'curl -O https://a.b/latest/c && echo "abc c" | sha256sum -c -',
	'npm install -g typescript@5.6',
	'echo a@latest',
	'pip install "git+https://github.com/a/b@v1"',
]) {
	test(`not sure: ${command}`, stage, `RUN ${command}`, []);
}

test('npm latest', stage, 'RUN npm i -g npm@latest', fetched('npm@latest'));
test('go latest', stage, 'RUN go install a.b/c@latest', fetched('a.b/c@latest'));
test('pip from a branch', stage, 'RUN pip install git+https://a.b/c', fetched('git+https://a.b/c'));
test(
	'inside a substitution',
	stage,
	'RUN V="$(wget -qO- https://a.b/latest | jq .v)" && echo $V',
	fetched('https://a.b/latest'),
);
test('a token is not printed', t => {
	const text = `${base}\nRUN pip install git+https://user:token@a.b/c`;
	t.notRegex(
		lintSource({path: 'Dockerfile', text}, options)
			.map(({message}) => message)
			.join('\n'),
		/token/,
	);
});

const secret = '--mount=type=secret,id=t';
test('fetched with a secret', stage, `RUN ${secret} curl -o x https://a.b/c`, [`1 secret-stale ${secret}`]);
test('a version with a secret', stage, `RUN ${secret} curl -o x https://a.b/c-1.2`, []);
test('a secret that fetches nothing', stage, `RUN ${secret} ./x`, []);
test('copied with a secret', stage, `RUN ${secret} aws s3 cp s3://a/b .`, [`1 secret-stale ${secret}`]);

// cache/link-ignored, cache/context-noise, cache/duplicate-steps.
test('link and chmod', stage, 'COPY --chmod=755 --link a /', ['1 link-ignored --link']);
test('link and chown', stage, 'COPY --chown=1:1 --link a /', []);
test('link switched off', stage, 'COPY --link=false --chmod=755 a /', []);

const names = ['.git', 'src', 'node_modules'];
const whole = `FROM scratch\nCOPY . /`;
test('no context', finds, whole, []);
test('noise', finds, whole, ['2 context-noise .'], {names});
test('all ignored', finds, whole, [], {names, ignoreFile: '.git\n**/node_modules/\nDockerfile*'});
test('their content ignored', finds, whole, [], {names, ignoreFile: '.git/**\nnode_modules/*\nDockerfile'});
test('a part ignored', finds, whole, ['2 context-noise .'], {names, ignoreFile: '.git\nDockerfile'});
test('all but', finds, whole, [], {names, ignoreFile: '*\n!src'});
test('the Dockerfile alone', finds, whole, ['2 context-noise .'], {names: ['src']});
test('a mount', finds, `FROM a@${digest}\nRUN --mount=target=/src make`, ['2 context-noise --mount=target=/src'], {
	names,
});
test('git is used', finds, `FROM a@${digest}\nCOPY . .\nRUN git describe`, [], {
	names: ['.git'],
	ignoreFile: 'Dockerfile',
});

const twice = (first: string, second: string) =>
	`${base} AS a\n${first}\nRUN apk add --no-cache a\n${base}\n${second}\nRUN apk add --no-cache a\nCOPY --from=a /a /a`;
test('twice the same', finds, twice('ENV A=1', 'ENV A=2'), ['6 duplicate-steps apk add --no-cache a']);
test('shared', finds, twice('ENV A=1', 'ENV A=1'), []);
test('a label does not part them', finds, twice('LABEL a=1', 'LABEL a=2'), []);
test('an ARG without a value does not part them', finds, twice('ARG A', 'ARG B'), []);
test('what may prepare one', finds, twice('COPY a /etc/', 'ENV A=2'), []);
test('with a variable', finds, twice('ENV A=1', 'ENV A=2').replaceAll('no-cache a', 'no-cache $A'), []);

// pin/…: policies, waivers, frontends, named contexts.
const pins = 'FROM a/b\nFROM a/b:latest\nFROM a/b:1\nFROM a/b:1.2.3-x';
test('digest', finds, pins, [
	'1 pin/no-tag a/b',
	'2 pin/latest-tag a/b:latest',
	'3 pin/no-digest a/b:1',
	'4 pin/no-digest a/b:1.2.3-x',
]);
test('tag', finds, pins, ['1 pin/no-tag a/b', '2 pin/latest-tag a/b:latest'], {policy: {pin: 'tag'}});
test('semver', finds, pins, ['1 pin/no-tag a/b', '2 pin/latest-tag a/b:latest', '3 pin/partial-version a/b:1'], {
	policy: {pin: 'semver'},
});
const waived = (pattern: string, until?: string): Surroundings => ({
	policy: {waived: [{pattern, reason: 'r', ...(until !== undefined && {until})}]},
});
test('waived by name', finds, 'FROM a/b:1', [], waived('a/b'));
test('waived by pattern', finds, 'FROM ghcr.io/a/b/c', [], waived('ghcr.io/a/**'));
test('waived by tag', finds, 'FROM node:22\nFROM node:20', ['2 pin/no-digest node:20'], waived('node:22*'));
test('waived by its usual name', finds, 'FROM docker.io/library/node', [], waived('node'));
test('another image', finds, 'FROM a/c', ['1 pin/no-tag a/c'], waived('a/b'));
test('a pattern of images has no "!"', finds, 'FROM a/c', ['1 pin/no-tag a/c'], waived('!a/b'));
test('the last day', finds, 'FROM a/b', [], waived('a/b', '2026-01-01'));
test('the day after', finds, 'FROM a/b', ['1 pin/expired-waiver a/b'], waived('a/b', '2025-12-31'));
test('pinned by now', finds, `FROM a/b@${digest}`, [], waived('a/b', '2025-12-31'));
test('an older waiver', finds, 'FROM a/b', [], {
	policy: {
		waived: [
			{pattern: 'a/*', reason: 'r', until: '2025-01-01'},
			{pattern: 'a/b', reason: 'r'},
		],
	},
});

const syntax = '# syntax=docker/dockerfile:1\nFROM scratch';
test('a frontend', finds, syntax, ['1 pin/no-digest docker/dockerfile:1']);
test('a frontend without tag', finds, '#syntax = docker/dockerfile\nFROM scratch', ['1 pin/no-tag docker/dockerfile']);
test('a frontend with a digest', finds, `# syntax=docker/dockerfile:1@${digest}\nFROM scratch`, []);
test('a frontend by build argument', finds, syntax, [], {buildArgs: new Map([['BUILDKIT_SYNTAX', 'a/b']])});
test('a context for an image', finds, 'FROM a/b', ['1 pin/no-digest a/b'], {
	contexts: new Map<string, NamedContext>([['a/b', {kind: 'image', reference: 'c/d:1'}]]),
});
test('a pinned context for an image', finds, 'FROM a/b', [], {
	contexts: new Map<string, NamedContext>([['a/b', {kind: 'image', reference: `c/d@${digest}`}]]),
});
test('a folder for an image', finds, 'FROM a/b', [], {
	contexts: new Map<string, NamedContext>([['a/b', {kind: 'folder'}]]),
});
test('a platform in a name', finds, 'ARG TARGETARCH\nFROM a/b-$TARGETARCH', ['2 pin/no-tag a/b-$TARGETARCH']);
