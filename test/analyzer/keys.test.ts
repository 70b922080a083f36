import test from 'ava';
import {type BaseImage, type Digest, dialectOf, dialects, newestDialect, sha256} from '../../analyzer/index.ts';
import {contentRecord, keyedSteps, plainImage} from '../helpers/pipeline.ts';
import {temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

// One build on real engines (Docker 28.5.2; FROM, COPY and WORKDIR have the same digests on 26.1.5 and 20.10.24). Every
// digest below was exported by BuildKit; only the base's layers are not on record, so its key by layers is left out.
const example = `ARG VER=1
FROM 127.0.0.1:5055/base@sha256:343cde96f876a2716015d659df0f20407b3987e97c7eccbc961651023913ea50 AS build
ARG VER
ENV MODE=release GREETING="hello <world> & co"
WORKDIR /src
COPY app.txt ./
COPY lib/ ./lib/
RUN mkdir -p /out && cat app.txt lib/*.txt > /out/all.txt && echo "$VER $MODE" >> /out/all.txt
FROM 127.0.0.1:5055/base@sha256:343cde96f876a2716015d659df0f20407b3987e97c7eccbc961651023913ea50
LABEL a=b
WORKDIR /app
COPY --from=build /out/all.txt /app/all.txt
COPY scripts /app/scripts
USER app
RUN ["/bin/sh","-c","ls -l /app > /tmp/listing || true"]
CMD ["/bin/sh"]
`;

const exampleContext = {
	'app.txt': 'app\n',
	'lib/a.txt': 'a\n',
	'lib/sub/b.txt': 'b\n',
	'lib/link.txt': {link: 'a.txt'},
	'scripts/run.sh': {text: 'echo hi\n', mode: 0o755},
};

const exampleImage: BaseImage = {
	...plainImage,
	digest: 'sha256:343cde96f876a2716015d659df0f20407b3987e97c7eccbc961651023913ea50',
	config: {env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'FOO=bar'], workingDir: '', user: '', onBuild: []},
};

/** What an engine exported for one step. */
interface Exported {
	readonly title: string;
	readonly definition: Digest;
	readonly record: Digest;
	/** One for each input; absent: the link has none. */
	readonly selectors?: readonly (Digest | undefined)[];
	readonly contents?: readonly Digest[];
}

const rootSelector: Digest = 'sha256:8a5edab282632443219e051e4ade2d1d5bbc671c781051bf1437897cbdfea0f1';
const from = `FROM ${example.split('\n')[1]?.slice('FROM '.length, -' AS build'.length)}`;

const exported: readonly Exported[] = [
	{
		title: `build: ${from} AS build`,
		definition: 'sha256:576969d07fa4b25fe687f8858288f4121c8e16997d3d3f8ef4b2c01a1e2ee867',
		record: 'sha256:c18ed20c56ad8bc1915909c38e5b9839efd437dd616f2b366c59508b684b6dc0',
	},
	{
		title: 'build: WORKDIR /src',
		definition: 'sha256:bca3a1321c8dac0fa4b2eedae446623a3e80f4b37fac95a2c3efc9e558c15d42',
		record: 'sha256:57a5ab45ee83a930675514d2528c657cf1d5e669475f33931afc0e7c848c0e34',
		selectors: [undefined],
	},
	{
		title: 'build: COPY app.txt ./',
		definition: 'sha256:f23b83d427f941e364ba0b967928b4f8bdd883b3d958c0a9ec044ef33d4a14bc',
		record: 'sha256:2cd43a589fd3351619acf6317e792dd3f5bf59fbd213725dec0bfd1a7fe19950',
		selectors: [undefined, 'sha256:9468c0ab83091afbdd0e5b7d59c3ea676caa8033a56b2fba5931d332409ba634'],
		contents: ['sha256:252365d0a1abeb543dee68e6b0f17a3f067a6770cdf4b5cf1cdbf5d3439e1942'],
	},
	{
		title: 'build: COPY lib/ ./lib/',
		definition: 'sha256:adbf3d45dced457e67bbed3993424cc2f9b50b3033dbc015cc0c49c667a861fa',
		record: 'sha256:30de11465870bcb9a99eda2b7fc6f165d6f2a6915fe0e062d0e7c3c0a0855bf6',
		selectors: [undefined, 'sha256:4b2f4473e24574e8f7e12b6eaeb2210f9987d5836ca53404b80edb821c973b37'],
		contents: ['sha256:22649252a22865193965be55fc9d4da0522bc8ddd8d7e6ae0110db17de8418f9'],
	},
	{
		title: 'build: RUN mkdir -p /out && cat app.txt lib/*.txt > /out/all.txt && echo "$VER $MODE" >> /out/all.txt',
		definition: 'sha256:8b83bf8c23edc1ddacb9deee1b9d70ef09bda314079eccf105b61f1e60eabec3',
		record: 'sha256:2155b668757d5f74662639dc3910228f42076732f62e1801261ac5c99976c004',
		selectors: [rootSelector],
	},
	{
		title: `stage-1: ${from}`,
		definition: 'sha256:576969d07fa4b25fe687f8858288f4121c8e16997d3d3f8ef4b2c01a1e2ee867',
		record: 'sha256:c18ed20c56ad8bc1915909c38e5b9839efd437dd616f2b366c59508b684b6dc0',
	},
	{
		title: 'stage-1: WORKDIR /app',
		definition: 'sha256:7ea5325d7cca0cfc78567c2d7347cc6dac674e45bef5edb2a83f5b7cf188ff3a',
		record: 'sha256:807b3e8722c68572736f54d83fd741a5b1d69ccbef218fae52b4149a56d232ce',
		selectors: [undefined],
	},
	{
		title: 'stage-1: COPY --from=build /out/all.txt /app/all.txt',
		definition: 'sha256:57f227a177afbaba5e07f4c56f9e5b71869605acfba877290ab4e443b896f8a7',
		record: 'sha256:1521ac609453b47d6c801abec933db18c2801fca216d25f6aca05f9df4410a85',
		selectors: [undefined, 'sha256:18e47bdc0d2cc1fbfcefa0b58dccde12807e733f5f6434c9524b7071c315cb4a'],
	},
	{
		title: 'stage-1: COPY scripts /app/scripts',
		definition: 'sha256:31e4039a6800bced0cf9ff0cb8ea197000cd81b6c8565344a2bb82c0d8cd7ba5',
		record: 'sha256:b4023cb1a3c2a532bc6d7a26d5116e0b3d18d4b917c3c76a3abb1baf172e92cb',
		selectors: [undefined, 'sha256:1310380f3a6c651731b0e414f2a6197cc80876034307189e657f3f59b63ceda5'],
		contents: ['sha256:ae49ce0c933c4dd95a8e561b888de61b32c04c2fee362f00484ceb79056c56c3'],
	},
	{
		title: 'stage-1: RUN ["/bin/sh","-c","ls -l /app > /tmp/listing || true"]',
		definition: 'sha256:dda0ef154e7bcd519fc99355511dc85c9bc840865b56a1fe8192944ce2cc3ae8',
		record: 'sha256:55745f11a1d5e6c1199a475f339a22e110e312931acad8b9cd38744d54ccfcdc',
		selectors: [rootSelector],
	},
];

test('the keys of a real build', t => {
	const context = temporaryTree(t, exampleContext);
	for (const since of ['0.13', '0.25', '0.29']) {
		const steps = keyedSteps(example, {context, image: exampleImage, dialect: dialectOf(since) ?? newestDialect});
		t.deepEqual(
			steps.map(({title, map, record, contents}) => ({
				title,
				definition: map?.digests[0],
				record,
				selectors: map?.inputs.map(({selector}) => selector),
				contents,
			})),
			exported.map(one => ({selectors: [], contents: [], ...one})),
			since,
		);
	}
});

test('FROM has two keys: what the reference points at, and its layers', t => {
	const [step] = keyedSteps('FROM base\nRUN true\n');
	const [first = '', second = ''] = plainImage.diffIds;
	const manifest = sha256(`{"Digest":"${plainImage.digest}","OS":"linux","Arch":"amd64"}`);
	const layers = sha256(`${first} ${second}`);
	t.deepEqual(step?.map?.digests, [sha256(`buildkit.source.v0:${manifest}`), sha256(`buildkit.source.v0:${layers}`)]);
	const image = {...plainImage, diffIds: plainImage.diffIds.slice(0, 1)};
	t.is(keyedSteps('FROM base\nRUN true\n', {image})[0]?.map?.digests[1], sha256(`buildkit.source.v0:${first}`));
});

test('what the RUN of the real build makes, as a content key', t => {
	const context = temporaryTree(t, {'all.txt': 'app\na\na\n1 release\n'});
	t.true(contentRecord(context, '/all.txt').startsWith('sha256:171c8ba0dd32'));
});

test('only RUN differs in older dialects', t => {
	const context = temporaryTree(t, exampleContext);
	for (const dialect of dialects) {
		const steps = keyedSteps(example, {context, image: exampleImage, dialect});
		for (const [index, {title, map, record, contents}] of steps.entries()) {
			if (!title.includes('RUN')) {
				t.is(map?.digests[0], exported[index]?.definition, `${dialect.since} ${title}`);
				t.deepEqual(contents, exported[index]?.contents ?? [], `${dialect.since} ${title}`);
			}

			t.is(
				record === exported[index]?.record,
				!title.includes('RUN') || !['0.8', '0.9', '0.10'].includes(dialect.since),
				`${dialect.since} ${title}`,
			);
		}
	}
});

test('RUN as Docker 20.10 keys it', t => {
	const run = keyedSteps(example, {image: exampleImage, dialect: dialectOf('0.8') ?? newestDialect})[4];
	t.true(run?.record?.startsWith('sha256:48609b49a600'));
	t.deepEqual(
		run?.map?.inputs.map(({selector}) => selector),
		[undefined],
	);
});

/** Which options of a build change the key of a RUN. */
const run = (options: Parameters<typeof keyedSteps>[1], text = 'FROM a\nARG USED=1\nRUN true\n') =>
	keyedSteps(text, options).at(-1)?.full;

test('what is in the key of a RUN, and what is not', t => {
	const key = run({});
	t.not(run({buildArgs: {USED: '2'}}), key);
	t.is(run({buildArgs: {UNUSED: '2'}}), key);
	t.is(run({buildArgs: {HTTP_PROXY: 'http://proxy'}}), key);
	t.not(run({execOptions: {network: 'host'}}), key);
	t.not(run({execOptions: {network: 'none'}}), key);
	t.not(run({execOptions: {extraHosts: ['db']}}), key);
	t.not(run({execOptions: {shmSize: 1024}}), key);
	t.not(run({execOptions: {ulimits: [{name: 'nofile', soft: 1, hard: 2}]}}), key);
	t.not(run({execOptions: {cgroupParent: 'x'}}), key);
	t.is(run({}, 'FROM a\nARG USED=1\nLABEL a=b\nRUN true\nCMD x\nEXPOSE 1\n'), key);
	t.is(run({}, 'FROM a\nARG USED=1\nRUN   true  \n'), key);
	t.not(run({}, 'FROM a\nARG USED=1\nRUN true \\\n  x\n'), run({}, 'FROM a\nARG USED=1\nRUN true \\\n    x\n'));
	t.not(run({}, 'FROM a\nRUN true\n'), key);
	t.not(run({}, 'FROM a\nARG USED=1\nUSER app\nRUN true\n'), key);
	t.not(run({}, 'FROM a\nARG USED=1\nWORKDIR /w\nRUN true\n'), key);
	t.not(run({}, 'FROM a\nARG USED=1\nSHELL ["/bin/ash", "-c"]\nRUN true\n'), key);
});

test('a file that a step takes does change its key, and no other record', t => {
	const files = {'a.txt': 'a\n', 'lib/b.txt': 'b\n'};
	const context = temporaryTree(t, files);
	const lines = ['FROM image', 'WORKDIR /w', 'COPY lib lib', 'COPY a.txt ./', 'RUN make', 'COPY lib/b.txt /b'];
	const steps = () => keyedSteps(`${lines.join('\n')}\n`, {context});
	const before = steps();
	writeTree(context, {'a.txt': 'changed\n'});
	const after = steps();
	const changed = (of: (step: (typeof before)[number]) => string) =>
		before.flatMap((step, index) => {
			const other = after[index];
			return other !== undefined && of(step) === of(other) ? [] : step.step.instruction.text;
		});
	t.deepEqual(
		changed(step => step.contents.join()),
		['COPY a.txt ./'],
	);
	t.deepEqual(
		changed(step => step.full),
		['COPY a.txt ./', 'RUN make', 'COPY lib/b.txt /b'],
	);
	t.deepEqual(
		changed(step => step.record ?? ''),
		[],
	);
});

test('an image spelled in two ways is one input, with another tag it is two', t => {
	const key = (from: string) => keyedSteps(`FROM debian\nCOPY --from=${from} /a /b\n`).at(-1)?.full;
	t.is(key('docker.io/library/debian:latest'), key('debian'));
	t.not(key('debian:12'), key('debian'));
});
