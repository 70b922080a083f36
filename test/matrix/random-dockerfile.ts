import fc, {type Arbitrary} from 'fast-check';

/** Names of the stages before the one an instruction stands in, without those of nothing but copied files. */
type Earlier = readonly string[];

/** One instruction; undefined where it needs an earlier stage and there is none. */
type Line = (earlier: Earlier) => string | undefined;

const plain = (...texts: readonly string[]): Arbitrary<Line> => fc.constantFrom(...texts).map(text => () => text);

/** Sources in the common files of the context that are always there, also after most changes. */
const source = fc.constantFrom(
	...[
		'app.txt',
		'lib/a.txt',
		'lib/sub/b.txt',
		'lib',
		'lib/',
		'conf',
		'static/',
		'scripts',
		'lib/sub',
		'./lib/',
		'/conf',
	],
	...[
		'lib/*.txt',
		'*.json',
		'lib/[ab].txt',
		'l?b',
		'c*/*.conf',
		'links/file',
		'links/dir/a.txt',
		'links',
		'lib/dirlink',
	],
	...['names', 'names/x.txt', 'empty', 'lib/link.txt', '.', 'lib/nothing*', 'lib/../app.txt'],
);
const owner = fc.constantFrom('', '', '', '--chown=1000', '--chown=app:app', '--chown=0:0', '--chown=1000:root');
const mode = fc.constantFrom('', '', '', '', '--chmod=644', '--chmod=0755', '--chmod=4711');
const link = fc.constantFrom('', '', '', '--link');
// Always folders: a file in the place of a folder would end the build.
const folder = fc.constantFrom('/', './', '/d/', '/d/e/', 'rel/', './rel/', '/opt//x/', '/d/../d2/', '.');

const transfer: Arbitrary<Line> = fc
	.tuple(
		fc.constantFrom('COPY', 'COPY', 'COPY', 'ADD'),
		fc.tuple(link, owner, mode),
		fc.array(source, {minLength: 1, maxLength: 3}),
		folder,
	)
	.map(
		([word, flags, sources, target]) =>
			() =>
				words([word, ...flags, ...sources, target]),
	);

const copyFrom: Arbitrary<Line> = fc
	.tuple(
		fc.tuple(link, owner, mode),
		fc.nat(5),
		fc.constantFrom(
			'/etc/passwd',
			'/etc/motd',
			'/etc',
			'/etc/*',
			'/e?c/motd',
			'/bin/../etc/group',
			'/etc/passwd /etc/motd',
		),
		folder,
	)
	.map(([flags, at, sources, target]) => earlier => {
		const from = [...earlier, '{{base}}'][at % (earlier.length + 1)];
		return words(['COPY', `--from=${from}`, ...flags, sources, target]);
	});

const mount: Arbitrary<Line> = fc.oneof(
	plain(
		...['type=cache,target=/c', 'type=cache,target=/c,id=x', 'type=cache,target=/c2,sharing=locked,uid=1000,mode=0700'],
		...[
			'type=tmpfs,target=/t',
			'type=bind,target=/ctx',
			'type=bind,source=lib,target=/b',
			'source=conf/,target=/cc,rw',
		],
		...['type=bind,source=lib/a.txt,target=/one.txt', 'type=secret,id=none', 'type=secret,id=none,target=/s,mode=0400'],
		...['type=ssh', 'from={{base}},target=/base', 'from={{base}},source=/etc,target=/etc2'],
	),
	fc.nat(5).map(
		(at): Line =>
			earlier => {
				const from = earlier[at % Math.max(earlier.length, 1)];
				return from === undefined ? undefined : `from=${from},source=/etc,target=/f${at}`;
			},
	),
);

const run: Arbitrary<Line> = fc
	.tuple(
		fc.constantFrom('', '', '', '--network=none', '--network=default'),
		fc.array(mount, {maxLength: 2}),
		fc.constantFrom(
			...[
				'true',
				'echo a > /made || true',
				'cat /etc/motd',
				'echo "$A $B"',
				'ls -R /d || true',
				'["/bin/sh", "-c", "id"]',
			],
			...[
				'echo x \\\n   && echo y',
				'<<EOF\necho one\necho $A\nEOF',
				'<<-"EOF"\n\techo two\n\tEOF',
				'<<EOF cat\nbody $A\nEOF',
			],
			...['<<EOF\n#!/bin/sh\necho script\nEOF', "echo '<&>'", 'echo \\"é\\"'],
		),
	)
	.map(([network, mounts, text]) => earlier => {
		const flags = mounts.flatMap(one => one(earlier) ?? []).map(one => `--mount=${one}`);
		// Two mounts at one place are refused.
		const targets = flags.map(flag => /target=([^,]+)/.exec(flag)?.[1]);
		const kept = flags.filter((_, at) => targets.indexOf(targets[at]) === at);
		return words(['RUN', network, ...kept, text]);
	});

const other: Arbitrary<Line> = plain(
	...[
		'ENV A=1',
		'ENV A=2 B="x y"',
		'ENV B=$A',
		'ENV PATH=/opt/bin:$PATH',
		'ARG A',
		'ARG A=3',
		'ARG B=$A-x',
		'ARG TARGETARCH',
	],
	...[
		'WORKDIR /w',
		'WORKDIR sub',
		'WORKDIR ../up/',
		'WORKDIR /',
		'WORKDIR /$TARGETARCH/x',
		'USER app',
		'USER 1000:1000',
		'USER root',
	],
	...['SHELL ["/bin/sh", "-ec"]', 'LABEL a=b', 'CMD ["x"]', 'EXPOSE 80', 'STOPSIGNAL 9'],
	...[
		'COPY <<EOF /h/one\nhello $A\nEOF',
		'COPY --chmod=600 <<"EOF" <<TWO /h/\n$A\nEOF\ntwo\nTWO',
		'ADD data.tar /tar/',
	],
	...['# a comment', 'COPY --link <<EOF /linked\nx\nEOF'],
);

const instruction: Arbitrary<Line> = fc.oneof(
	{weight: 4, arbitrary: transfer},
	{weight: 3, arbitrary: run},
	{weight: 2, arbitrary: copyFrom},
	{weight: 4, arbitrary: other},
);

/** Valid Dockerfiles of up to four stages over the common files and `{{base}}`; what a build makes of them is not looked at. */
export const dockerfiles: Arbitrary<string> = fc
	.array(
		fc.record({
			base: fc.constantFrom('base', 'base', 'base', 'stage', 'platform'),
			at: fc.nat(5),
			lines: fc.array(instruction, {minLength: 1, maxLength: 6}),
		}),
		{minLength: 1, maxLength: 4},
	)
	.map(stages => {
		const names: string[] = [];
		const texts = stages.map(({base, at, lines}, index) => {
			const stage = base === 'stage' ? names[at % Math.max(names.length, 1)] : undefined;
			const from = stage ?? (base === 'platform' ? '--platform=$BUILDPLATFORM {{base}}' : '{{base}}');
			const text = [`FROM ${from} AS s${index}`, ...lines.flatMap(line => line(names) ?? [])].join('\n');
			names.push(`s${index}`);
			return `${text}\n`;
		});
		return texts.join('\n');
	});

function words(parts: readonly string[]): string {
	return parts.filter(part => part !== '').join(' ');
}
