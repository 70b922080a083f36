import {type MatrixCase, matrixCase} from '../matrix-case.ts';

/** COPY, ADD and WORKDIR in all their forms. */
export const transferCases: readonly MatrixCase[] = [
	matrixCase(
		'copy-owner',
		`FROM {{base}}
WORKDIR /srv
COPY --chown=1000:1000 lib/a.txt ./
COPY --chown=1000 lib ./lib/
COPY --chown=app conf/ conf/
COPY --chown=app:root app.txt ./named
COPY --chown=0:0 app.txt ./root-number
COPY --chown=root scripts /scripts
COPY --chown=1000:app package.json lock.json ./
COPY --chmod=755 scripts/build.sh /usr/bin/build
COPY --chmod=0600 --chown=app:app conf /etc/app
ADD --chown=1001:1001 static static
RUN ls -lR /srv > /listing
`,
		{files: ['lib/a.txt', 'app.txt', 'scripts/build.sh', 'conf/app.conf']},
	),
	matrixCase(
		'copy-chmod-symbolic',
		`FROM {{base}}
COPY --chmod=u=rwX,go=rX lib /lib1
COPY --chmod=a+x --chown=app scripts /scripts
COPY --chmod=go-w app.txt /app.txt
RUN ls -l /
`,
		{files: ['lib/a.txt', 'app.txt', 'scripts/build.sh'], since: '0.20'},
	),
	matrixCase(
		'copy-link',
		`FROM {{base}} AS made
RUN mkdir -p /out && echo made > /out/made.txt

FROM {{base}}
WORKDIR /site
COPY --link lib/a.txt ./
COPY --link --chown=1000:1000 lib/ ./lib/
COPY --link --chmod=644 conf ./conf
COPY --link --from=made /out/made.txt ./made.txt
COPY static static
ADD --link static/index.html /index.html
RUN ls /site > /listing
COPY --link app.txt package.json /several/
`,
		{files: ['lib/a.txt', 'static/index.html', 'conf/app.conf', 'app.txt'], since: '0.10'},
	),
	matrixCase(
		'globs',
		`FROM {{base}}
WORKDIR /g
COPY *.json ./
COPY lib/*.txt ./texts/
COPY lib/?.txt ./one/
COPY lib/[a-b].txt ./class/
COPY lib/s* ./subs/
COPY */*.conf /conf/
COPY lib/**/b.txt /stars/
COPY names/* /names/
COPY ["names/with blank.txt", "names/ümlaut.txt", "/json form/"]
COPY names/[[]x].txt /bracket
RUN ls -R / > /dev/null
`,
		{files: ['lib/a.txt', 'package.json', 'conf/app.conf', 'names/x.txt', 'names/with blank.txt', 'lib/sub/b.txt']},
	),
	matrixCase(
		'several-sources',
		`FROM {{base}}
COPY app.txt package.json lock.json /all/
COPY lib conf /dirs/
COPY lib/sub lib/a.txt scripts /mixed/
COPY lib/a.txt lib/b.txt lib/sub/b.txt /same-names/
ADD app.txt lib /added/
COPY ./lib/../app.txt //conf//app.conf /odd/./paths/../x/
RUN ls -R /all /dirs
`,
		{files: ['lib/a.txt', 'app.txt', 'lib/sub/b.txt', 'conf/app.conf']},
	),
	matrixCase(
		'whole-context',
		`FROM {{base}} AS everything
WORKDIR /w
COPY . .
RUN ls -R /w > /listing
FROM {{base}}
COPY ./ /again/
ADD / /root-slash/
COPY lib/. /dot/
COPY --from=everything /listing /listing
`,
		{files: ['lib/a.txt', 'lib/keep.log', 'README.md'], folders: ['lib', '.', 'empty'], links: ['links/file']},
	),
	matrixCase(
		'links',
		`FROM {{base}}
COPY links/file /through-link
COPY links/dir/a.txt /through-dir-link
COPY links/dir /dir-by-link/
COPY links/chain /chained
COPY links/absolute /absolute
COPY links /links-kept/
COPY lib/dirlink/ /dirlink/
COPY lib/link.txt lib/dirlink/deep/c.txt /both/
COPY links/d*/a.txt /by-pattern/
COPY link[s]/f* /by-class/
RUN ls -lR /links-kept
`,
		{
			files: ['lib/a.txt', 'app.txt', 'lib/sub/deep/c.txt'],
			folders: ['lib', 'links', 'lib/sub'],
			links: ['links/file', 'links/dir', 'links/broken', 'lib/dirlink'],
		},
	),
	matrixCase(
		'add-archives',
		`FROM {{base}}
ADD data.tar /plain/
ADD data.tar.gz /zipped/
ADD --chown=1000:1000 data.tar /owned
COPY data.tar /copied/
ADD lib /lib1/
ADD data.tar app.txt /both/
RUN ls -R /plain /zipped > /listing
`,
		{files: ['data.tar', 'data.tar.gz', 'app.txt', 'lib/a.txt']},
	),
	matrixCase(
		'add-checksum',
		`FROM {{base}}
WORKDIR /dl
ADD --checksum={{httpDigest}} {{http}}/file.txt ./
ADD --checksum={{httpDigest}} --chmod=600 --chown=1000 {{http}}/file.txt /dl/owned.txt
COPY lib/a.txt ./
RUN cat file.txt > /made
`,
		{since: '0.12'},
	),
	matrixCase(
		'workdir',
		`FROM {{base}}
WORKDIR /one
WORKDIR two
WORKDIR ./three/
COPY lib/a.txt .
USER app
WORKDIR four
WORKDIR /
USER 1000:1000
WORKDIR /five
ENV PLACE=/six
WORKDIR $PLACE/seven
COPY app.txt ./
USER root
WORKDIR ..
COPY conf/ conf
RUN pwd > /where
`,
		{files: ['lib/a.txt', 'app.txt', 'conf/app.conf']},
	),
	matrixCase(
		'scratch',
		`FROM {{base}} AS made
WORKDIR /out
COPY lib/ ./lib/
RUN echo made > made.txt

FROM scratch AS bare
COPY app.txt /
COPY --from=made /out/made.txt /out/lib/a.txt /
WORKDIR /w
COPY --chown=1000:1000 lib ./lib
COPY conf static ./both/

FROM scratch
COPY --from=bare / /
COPY --from=made /out /out
ADD data.tar /
`,
		{files: ['lib/a.txt', 'app.txt', 'conf/app.conf', 'data.tar']},
	),
	matrixCase(
		'parents-exclude',
		`FROM {{base}}
COPY --parents lib/a.txt lib/sub/b.txt /p/
COPY --parents lib/*.txt ./conf/ /p2/
COPY --parents ./lib/./sub/deep/c.txt /p3/
COPY --exclude=*.txt lib /e/
COPY --exclude=sub/** --exclude=*.log lib /e2/
ADD --exclude=img static /e3/
COPY --parents --exclude=**/b.txt lib/** /both/
RUN ls -R /p /e
`,
		{files: ['lib/a.txt', 'lib/sub/b.txt', 'lib/sub/deep/c.txt', 'static/index.html'], since: '0.26'},
	),
];
