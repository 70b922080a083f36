import test, {type ExecutionContext} from 'ava';
import {
	type BaseImage,
	type BuildOptions,
	defaultExecOptions,
	frontendOf,
	imageKey,
	lowerStages,
	newestDialect,
	openContext,
	parseDockerfile,
	requiredImages,
	resolveStages,
	sha256,
} from '../../analyzer/index.ts';
import {mainContents} from '../../planner/context-contents.ts';
import type {ResultDefinition} from '../../planner/plan.ts';
import {resultDefinition} from '../../planner/publish/result-key.ts';
import {contextKeys} from '../../planner/vertex-keys.ts';
import {plainImage} from '../helpers/pipeline.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

interface Variant {
	readonly text?: string;
	readonly files?: Readonly<Record<string, string>>;
	readonly buildArgs?: Readonly<Record<string, string>>;
	readonly platform?: string;
	readonly buildArchitecture?: string;
	readonly target?: string;
	readonly image?: BaseImage;
	readonly unresolved?: boolean;
}

const dockerfile = `ARG BASE=base
FROM \${BASE} AS deps
ARG VERSION=1
ENV MODE=release
COPY a.txt /a.txt
RUN make $VERSION
FROM deps AS app
LABEL title=app
ENV NEXT=1
FROM other AS tests
RUN check
FROM app
COPY --from=tests /report /report
COPY <<END /motd
hello
END
HEALTHCHECK --interval=5s CMD true
ONBUILD RUN later
ENTRYPOINT ["/app"]
CMD ["run"]
`;

function definition(t: ExecutionContext, variant: Variant = {}): ResultDefinition {
	const {text = dockerfile, image = plainImage} = variant;
	const parsed = parseDockerfile({path: 'Dockerfile', text});
	if (parsed.kind === 'failed') {
		throw new Error(parsed.diagnostic.message);
	}

	const buildArgs = new Map(Object.entries(variant.buildArgs ?? {}));
	const options: BuildOptions = {
		buildArgs,
		buildPlatform: {os: 'linux', architecture: variant.buildArchitecture ?? 'amd64'},
		platform: {os: 'linux', architecture: variant.platform ?? 'amd64'},
		...(variant.target !== undefined && {target: variant.target}),
	};
	const resolved = resolveStages(parsed.dockerfile, options, newestDialect);
	if (resolved.kind === 'failed') {
		throw new Error(resolved.diagnostics.map(one => one.message).join('; '));
	}

	const {graph} = resolved;
	const result = variant.unresolved
		? ({kind: 'unresolved', reason: 'away'} as const)
		: ({kind: 'resolved', image} as const);
	const requests = requiredImages(graph);
	const images = new Map(requests.map(({reference, platform}) => [imageKey(reference, platform), result]));
	const lowered = lowerStages({graph, images, buildArgs, execOptions: defaultExecOptions, dialect: newestDialect});
	if (lowered.kind === 'failed') {
		throw new Error(lowered.diagnostics.map(one => one.message).join('; '));
	}

	const tree = openContext(temporaryTree(t, {'a.txt': 'a\n', ...variant.files}), undefined);
	return resultDefinition({
		graph,
		options,
		output: lowered.stages.find(({stage}) => stage === graph.target)?.output,
		keys: contextKeys(() => mainContents(tree, false), newestDialect),
		images: requests.map(({reference, platform}) => ({
			reference,
			platform,
			result: result.kind === 'resolved' ? {...result, origin: 'registry' as const} : result,
		})),
		frontend: frontendOf(text, buildArgs),
	});
}

const key = (t: ExecutionContext, variant: Variant): string => {
	const made = definition(t, variant);
	t.is(made.kind, 'known');
	return made.kind === 'known' ? made.digest : '';
};

const changes = test.macro({
	exec: (t, _title: string, variant: Variant) => t.not(key(t, variant), key(t, {})),
	title: (_, title: string) => `another result: ${title}`,
});

const edit = (from: string, to: string): Variant => {
	if (!dockerfile.includes(from)) {
		throw new Error(`"${from}" is not in the Dockerfile`);
	}

	return {text: dockerfile.replace(from, to)};
};

test(changes, 'a file that is copied', {files: {'a.txt': 'b\n'}});
test(changes, 'a RUN of a base stage', edit('RUN make', 'RUN make all'));
test(changes, 'a RUN of a stage that is copied from', edit('RUN check', 'RUN check -v'));
test(changes, 'an ENV of the last but one stage', edit('NEXT=1', 'NEXT=2'));
test(changes, 'an ENV below a RUN', edit('MODE=release', 'MODE=debug'));
test(changes, 'a LABEL', edit('title=app', 'title=other'));
test(changes, 'CMD', edit('["run"]', '["stop"]'));
test(changes, 'ENTRYPOINT', edit('["/app"]', '["/app", "-v"]'));
test(changes, 'HEALTHCHECK', edit('5s', '6s'));
test(changes, 'ONBUILD', edit('RUN later', 'RUN never'));
test(changes, 'the text of an inline file', edit('hello', 'bye'));
test(
	changes,
	'the order of instructions that make no step',
	edit('LABEL title=app\nENV NEXT=1', 'ENV NEXT=1\nLABEL title=app'),
);
test(changes, 'a build argument that is declared', {buildArgs: {VERSION: '2'}});
test(changes, 'the default of an argument', edit('VERSION=1', 'VERSION=2'));
test(changes, 'SOURCE_DATE_EPOCH', {buildArgs: {SOURCE_DATE_EPOCH: '1'}});
test(changes, 'an argument for BuildKit', {buildArgs: {BUILDKIT_INLINE_CACHE: '1'}});
test(changes, 'the platform', {platform: 'arm64'});
test(changes, 'the platform of the builder', {buildArchitecture: 'arm64'});
test(changes, 'the target', {target: 'app'});
test(changes, 'the digest of a base image', {image: {...plainImage, digest: sha256('newer')}});
test(changes, 'the frontend', {text: `# syntax=docker/dockerfile:1.7\n${dockerfile}`});
test(changes, 'the escape character', {text: `# escape=\`\n${dockerfile}`});

const same = test.macro({
	exec: (t, _title: string, variant: Variant) => t.is(key(t, variant), key(t, {})),
	title: (_, title: string) => `the same result: ${title}`,
});

test(same, 'nothing changed', {});
test(same, 'a file that nothing reads', {files: {'b.txt': 'b\n'}});
test(same, 'a comment', edit('RUN make', '# why\nRUN make'));
test(same, 'a stage that is not needed', edit('FROM app\n', 'FROM other AS unused\nRUN anything\nFROM app\n'));
test(same, 'an argument that nothing declares, perhaps a proxy with a password', {
	buildArgs: {HTTP_PROXY: 'http://user:password@proxy'},
});

test('an empty image has a key too, and its config counts', t => {
	t.not(key(t, {text: 'FROM scratch\nLABEL a=1\n'}), key(t, {text: 'FROM scratch\nLABEL a=2\n'}));
	const layerless = {...plainImage, diffIds: []};
	const text = 'FROM base\nLABEL a=1\n';
	t.not(key(t, {text, image: layerless}), key(t, {text, image: {...layerless, digest: sha256('newer')}}));
});

test('the frontend of a tag is to be looked up', t => {
	const made = definition(t, {text: `# syntax=docker/dockerfile:1\n${dockerfile}`});
	t.like(made, {kind: 'known', frontend: 'docker/dockerfile:1'});
});

const open = test.macro({
	exec(t, _title: string, variant: Variant, reason: RegExp) {
		const made = definition(t, variant);
		t.is(made.kind, 'open');
		t.regex(made.kind === 'open' ? made.reason : '', reason);
	},
	title: (_, title: string) => `no key: ${title}`,
});

test(open, 'a base image that is not known', {unresolved: true}, /^image base is not known$/);
test(open, 'a frontend that is not known', {text: `# syntax=example.com/own\n${dockerfile}`}, /^what the frontend/);
test(open, 'what a URL holds', {text: 'FROM scratch\nADD https://example.com/a.tar /\n'}, /example\.com/);
