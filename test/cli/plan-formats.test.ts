import {createHash} from 'node:crypto';
import anyTest, {type TestFn} from 'ava';
import {planFormats} from '../../cli/render/plan-formats.ts';
import {hostileDockerfile, hostileTexts} from '../helpers/hostile-dockerfile.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {inFolder, offline, type PlanContext, plain, prepare} from '../helpers/plan-cases.ts';

const test = anyTest as TestFn<PlanContext>;
prepare(test);

const entity = (text: string) => text.replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`);
const unescapeEntities = (text: string) =>
	text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

for (const format of planFormats) {
	test(`--format ${format}: hostile names stay text`, async t => {
		await inFolder(t, {Dockerfile: hostileDockerfile}, async cwd => {
			const {stdout, stderr, exitCode} = await runInProcess([...offline, '--format', format], cwd, plain);
			t.is(stderr, '');
			t.is(exitCode, 0);
			t.true(stdout.endsWith('\n'));
			t.true(stdout.includes(format === 'commands' ? 'docker buildx build ' : 'constructor'));
			switch (format) {
				case 'html': {
					for (const text of hostileTexts) {
						t.true(stdout.includes(entity(JSON.stringify(`/${text}`).slice(1, -1))), text);
					}

					t.deepEqual(stdout.match(/<script/g), ['<script']);
					t.false(/<img|<\/style><img|javascript:alert\(1\)["']/.test(stdout));
					break;
				}

				case 'markdown': {
					// Nothing of it is left that Markdown, HTML or GitHub could take for its own.
					const cells = [...stdout.matchAll(/<code>(.*?)<\/code>/g)].map(([, text = '']) => text);
					t.true(cells.length > hostileTexts.length);
					t.deepEqual(
						cells.filter(text => /[<>`|@*_[\]\\~:]|&(?!#\d+;)/.test(text)),
						[],
					);
					t.true(cells.map(unescapeEntities).some(text => text.includes('</style><img src=x onerror=alert(1)>')));
					t.true(stdout.split('\n').every(line => !line.startsWith('|') || line.match(/\|/g)?.length === 5));
					break;
				}

				case 'json': {
					t.notThrows(() => JSON.parse(stdout));
					break;
				}

				default: {
					t.false(/[^\P{Cc}\n\t]/u.test(stdout));
				}
			}
		});
	});
}

test('tree is what text is, and the default', async t => {
	await inFolder(t, {}, async cwd => {
		const show = async (...flags: readonly string[]) => (await runInProcess([...offline, ...flags], cwd, plain)).stdout;
		const tree = await show();
		t.true(tree.includes('✖ miss    COPY a.txt /'), tree);
		t.is(await show('--format', 'tree'), tree);
		t.is(await show('--format', 'text'), tree);
	});
});

test('a table is a row a step, no wider than the terminal', async t => {
	await inFolder(
		t,
		{Dockerfile: `FROM scratch AS a\nCOPY a.txt /${'x'.repeat(200)}\nCOPY a.txt /猫猫\n`},
		async cwd => {
			const {stdout} = await runInProcess([...offline, '--format', 'table'], cwd, plain);
			const lines = stdout.split('\n');
			t.regex(lines[0] ?? '', /^LINE {2}STAGE {2}FORECAST {2}STEP +CAUSE$/);
			t.true(/^ {3}2 {2}a {6}✖ miss {4}COPY a\.txt \/x+… {2}no cache yet$/.test(lines[2] ?? ''), lines[2]);
			t.true(
				lines.every(line => line.length <= 100),
				stdout,
			);
			t.is(lines.at(-2), '0 hit, 2 miss, 0 unknown');
		},
	);
});

test('a plan of three thousand steps fits into one comment', async t => {
	const steps = Array.from({length: 3000}, (_, at) => `COPY a.txt /<${at}>`);
	await inFolder(t, {Dockerfile: `FROM scratch\n${steps.join('\n')}\n`}, async cwd => {
		const {stdout} = await runInProcess([...offline, '--format', 'markdown'], cwd, plain);
		t.true(stdout.length < 65_536, String(stdout.length));
		t.true(stdout.includes('… and 2980 more.\n'));
		t.regex(stdout, /… and 2\d+ more steps\.\n\n<\/details>\n$/);
	});
});

test('the page allows its own style and script alone, and asks nobody for anything', async t => {
	await inFolder(t, {}, async cwd => {
		const {stdout} = await runInProcess([...offline, '--format', 'html'], cwd, plain);
		const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(stdout)?.[1] ?? '';
		t.true(policy.startsWith("default-src 'none'; "), policy);
		for (const tag of ['style', 'script']) {
			const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(stdout)?.[1] ?? '';
			t.true(policy.includes(`${tag}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`), tag);
		}

		t.false(/ style=|src=|@import|url\(|https?:/.test(stdout), stdout);
		t.false(/ on\w+=/.test(stdout));
	});
});

test('an svg of several platforms has them all, one below the other', async t => {
	await inFolder(t, {Dockerfile: 'FROM --platform=$TARGETPLATFORM scratch AS a\nCOPY a.txt /\n'}, async cwd => {
		const draw = async (platform: string) =>
			(await runInProcess([...offline, '--format=svg', `--platform=${platform}`], cwd, plain)).stdout;
		const [one, both] = [await draw('linux/amd64'), await draw('linux/amd64,linux/arm64')];
		t.false(one.includes('class="heading"'));
		t.deepEqual(
			[...both.matchAll(/<text class="heading"[^>]*>([^<]*)</g)].map(([, text]) => text),
			['linux/amd64', 'linux/arm64'],
		);
		t.is(both.match(/class="node stage/g)?.length, 2);
		t.is(both.match(/✔ hit/g)?.length, 1);
		const height = (svg: string) => Number(/ height="([\d.]+)" role/.exec(svg)?.[1]);
		t.true(height(both) > height(one) * 1.5, `${height(both)}`);
	});
});

test('what is too large to be drawn is said', async t => {
	const stages = Array.from({length: 401}, (_, at) => `FROM scratch AS s${at}\nCOPY a.txt /`);
	await inFolder(t, {Dockerfile: `${stages.join('\n')}\n`}, async cwd => {
		const svg = await runInProcess([...offline, '--format', 'svg'], cwd, plain);
		t.is(svg.exitCode, 2);
		t.is(svg.stdout, '');
		t.is(
			svg.stderr,
			'error there is too much to draw: more than 400 nodes\n  hint: write it with --format dot, and let graphviz draw it\n',
		);
		const html = await runInProcess([...offline, '--format', 'html'], cwd, plain);
		t.is(html.exitCode, 0);
		t.true(html.stdout.includes('<p>There are too many stages to draw them.</p>'));
	});
});
