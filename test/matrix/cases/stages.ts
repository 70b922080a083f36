import {readFileSync} from 'node:fs';
import path from 'node:path';
import {projectRoot} from '../../helpers/project.ts';
import {type MatrixCase, matrixCase, noFlags} from '../matrix-case.ts';

/** Stages, images and contexts put together. */
export const stageCases: readonly MatrixCase[] = [
	matrixCase(
		'many-stages',
		`FROM {{base}} AS deps
ARG VERSION=1
ENV MODE=release
WORKDIR /src
COPY package.json lock*.json ./
RUN mkdir -p /out && cat package.json > /out/deps && echo "$VERSION $MODE" >> /out/deps

FROM deps AS build
COPY scripts/ ./scripts/
COPY lib lib
RUN sh scripts/build.sh lib/a.txt > /out/app

FROM build AS check
RUN cat /out/app && echo checked > /checked

FROM {{base}} AS final
WORKDIR /app
COPY --from=deps /out/deps ./deps
COPY --from=build --chown=1000:1000 /out/app ./
COPY --from=0 /src/package.json ./
USER 1000
RUN ["/bin/sh", "-c", "ls -l ."]
CMD ["/bin/sh"]
`,
		{files: ['lib/a.txt', 'package.json', 'scripts/build.sh']},
	),
	matrixCase(
		'copy-from-static',
		`FROM {{base}} AS files
ENV A=1
WORKDIR /files
COPY lib lib
COPY conf/app.conf ./
FROM {{base}} AS mixed
COPY --from=files /files/lib/a.txt /files/app.conf /x/
RUN echo made > /x/made
FROM {{base}}
COPY --from=files /files /files
COPY --from=mixed /x /x
COPY --from=mixed /x/a.txt /y
COPY --from={{base}} /etc/passwd /etc/motd /from-image/
RUN --mount=from={{base}},source=/etc,target=/e cat /e/motd > /motd
`,
		{files: ['lib/a.txt', 'conf/app.conf', 'lib/sub/b.txt']},
	),
	matrixCase(
		'twins',
		`FROM {{base}} AS one
COPY lib/a.txt /x/a.txt
RUN cat /x/a.txt > /made
FROM {{base}} AS other
COPY lib/a.txt /x/a.txt
RUN cat /x/a.txt > /made
COPY lib/sub/b.txt /x/b.txt
FROM {{base}}
COPY --from=one /made /one
COPY --from=other /made /other
COPY --from=other /x/ /x/
`,
		{files: ['lib/a.txt', 'lib/sub/b.txt']},
	),
	matrixCase(
		'onbuild',
		`FROM {{onbuild}} AS triggered
RUN cat /trigger/a.txt
COPY lib/sub/b.txt /b
FROM {{base}}
COPY --from=triggered /made /
COPY app.txt /
`,
		{files: ['lib/a.txt', 'lib/sub/b.txt', 'app.txt']},
	),
	matrixCase(
		'named-contexts',
		`FROM {{base}} AS replaced
RUN echo never > /x
FROM {{base}}
COPY --from=shared lib /lib1
RUN --mount=from=shared,source=conf,target=/conf cat /conf/c.txt > /c
COPY --from=image /etc/motd /m
COPY --from=replaced conf/c.txt /
RUN --mount=from=image,target=/i cat /i/etc/motd > /o
COPY lib/a.txt /
`,
		{
			flags: {
				...noFlags,
				buildContexts: ['shared=shared', 'image=docker-image://{{base}}', 'replaced=shared'],
			},
			files: ['lib/a.txt', '../shared/lib/a.txt', '../shared/conf/c.txt'],
			folders: ['../shared/lib', 'lib'],
			since: '0.10',
		},
	),
	matrixCase(
		'platforms',
		`FROM --platform=$TARGETPLATFORM {{multi}} AS own
ARG TARGETARCH
ARG TARGETVARIANT
COPY lib/a.txt /$TARGETARCH$TARGETVARIANT/
WORKDIR /w
COPY --chown=1000:1000 conf ./
FROM --platform=linux/arm64 {{multi}} AS arm
COPY lib /lib1
FROM --platform=linux/amd64/v2 {{multi}} AS v2
COPY app.txt /
FROM {{multi}}
COPY --from=own /w /own
COPY --from=arm /lib1/a.txt /arm
COPY --from=v2 /app.txt /v2
COPY --from={{multi}} /bin/busybox /b
`,
		{
			files: ['lib/a.txt', 'app.txt', 'conf/app.conf'],
			flags: {...noFlags, platform: 'linux/arm/v7'},
		},
	),
	matrixCase(
		'amd64-variant',
		`FROM {{base}} AS own
COPY lib/a.txt /
RUN echo v2 > /v2
FROM --platform=linux/amd64/v3 {{base}} AS v3
RUN echo v3 > /v3
FROM {{base}}
COPY --from=v3 /v3 /
COPY --from=own /v2 /
RUN cat /v2 /v3
`,
		{flags: {...noFlags, platform: 'linux/amd64/v2'}},
	),
	sampleCase('single-stage', ['pages/news.html', 'render.sh', 'config/header.html'], ['pages', 'config']),
	sampleCase('node-service', ['src/server.js', 'package.json', 'scripts/build.sh'], ['src', 'scripts']),
	sampleCase('static-binary', ['main.go', 'go.mod', 'scripts/build.sh'], ['scripts']),
	sampleCase('diamond', ['common.txt', 'left.txt', 'right.txt', 'docs/intro.txt'], ['docs']),
];

function sampleCase(sample: string, files: readonly string[], folders: readonly string[]): MatrixCase {
	const flags = {...noFlags, buildArgs: ['BASE={{base}}']};
	const dockerfile = readFileSync(path.join(projectRoot, 'samples', sample, 'Dockerfile'), 'utf8');
	return matrixCase(`sample-${sample}`, dockerfile, {sample, flags, files, folders, links: []});
}
