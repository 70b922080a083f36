import {type MatrixCase, matrixCase, noFlags} from '../matrix-case.ts';

/** RUN in all its forms, and what stands around it. */
export const runCases: readonly MatrixCase[] = [
	matrixCase(
		'run-mounts',
		`FROM {{base}} AS tools
COPY scripts /tools/
RUN echo tool > /tools/made

FROM {{base}}
WORKDIR /w
RUN --mount=type=cache,target=/cache echo 1 > /cache/x
RUN --mount=type=cache,id=other,target=/c2,sharing=locked --mount=type=tmpfs,target=/t echo 2 > /t/x
RUN --mount=type=cache,target=/c3,uid=1000,gid=1000,mode=0700 ls -ld /c3
RUN --mount=type=cache,target=cached/here,from=tools,source=/tools ls cached/here
RUN --mount=type=bind,source=conf,target=/conf cat /conf/app.conf > made
RUN --mount=source=lib/a.txt,target=/a.txt --mount=target=/ctx,rw cat /a.txt /ctx/app.txt > made2
RUN --mount=type=bind,from=tools,source=/tools,target=/tools ls /tools > made3
RUN --mount=from=tools,target=/all,rw touch /all/x
RUN --mount=type=tmpfs,target=/tmp df /tmp > /dev/null
RUN --mount=type=secret,id=token,required=false cat /run/secrets/token > /dev/null; true
RUN --mount=type=secret,id=token,target=/s,uid=1000,gid=1000,mode=0440 --mount=type=ssh ls -l /s; true
COPY lib/a.txt ./
RUN cat a.txt made > both
`,
		{
			files: ['lib/a.txt', 'conf/app.conf', 'scripts/build.sh', 'app.txt'],
			folders: ['conf', 'lib'],
			links: ['links/file'],
			flags: {...noFlags, secrets: {token: 'first'}},
		},
	),
	matrixCase(
		'secret-env',
		`FROM {{base}}
RUN --mount=type=secret,id=token,env=TOKEN test -n "$TOKEN"
RUN --mount=type=secret,id=token,env=TOKEN,target=/t test -s /t
COPY lib/a.txt /
RUN cat /a.txt
`,
		{since: '0.16', flags: {...noFlags, secrets: {token: 'first'}}},
	),
	matrixCase(
		'run-network',
		`FROM {{base}}
RUN --network=none echo none > /none
RUN --network=default echo default > /default
COPY lib/a.txt /
RUN --network=none --mount=type=cache,target=/c cat /a.txt
`,
		{since: '0.10'},
	),
	matrixCase(
		'heredocs',
		`FROM {{base}}
ENV WHO=world
RUN <<EOF
echo one
  echo two > /two
EOF
RUN <<-'EOF'
	echo "$WHO"
	echo three > /three
	EOF
RUN <<EOF cat > /four
hello $WHO
EOF
RUN <<SCRIPT
#!/bin/sh
echo script > /five
SCRIPT
RUN <<ONE cat > /six && <<TWO cat > /seven
first
ONE
second
TWO
RUN --mount=type=cache,target=/c <<EOF
echo mounted > /c/x
EOF
COPY <<END /motd
welcome to $WHO
END
COPY <<"END" /plain
welcome to $WHO
END
COPY <<-ONE <<TWO lib/a.txt /several/
	tabs
	ONE
second
TWO
COPY --chmod=755 --chown=1000 <<"END" /usr/bin/tool
#!/bin/sh
echo tool
END
RUN cat /motd /several/a.txt > /made
`,
		{since: '0.10'},
	),
	matrixCase(
		'shells-users',
		`FROM {{base}}
ENV MODE=release GREETING="hello <world> & co"
ENV LEVEL 3
RUN echo "$MODE" \\
    && echo "$GREETING" > /greeting \\
    && echo done
SHELL ["/bin/sh", "-ec"]
RUN mkdir -m 1777 /tmp
USER app
RUN id > /tmp/id
USER 1000:1000
RUN ["/bin/sh", "-c", "id > /tmp/id2"]
USER root
ENV MODE=debug
RUN ["ls", "-l", "/tmp"]
COPY lib/a.txt /a
SHELL ["/bin/sh", "-c"]
RUN  cat   /a
CMD ["sh"]
`,
	),
	matrixCase(
		'arguments',
		`ARG LEVEL=1
ARG FLAVOUR=plain
FROM {{base}} AS first
ARG LEVEL
ARG FLAVOUR=\${LEVEL}-x
ARG UNUSED
RUN echo "$LEVEL $FLAVOUR" > /made
ENV FROM_ARG=\${LEVEL:-none} AGAIN=$FLAVOUR
ARG TARGETPLATFORM
ARG TARGETARCH BUILDPLATFORM
COPY lib/a.txt /$TARGETARCH/
RUN echo "$TARGETPLATFORM $FROM_ARG"

FROM first AS second
ARG LEVEL
RUN echo "$LEVEL"
ARG LATE=\${FROM_ARG}
ENV FROM_ARG=second
LABEL level=$LEVEL
RUN echo "$LATE $FROM_ARG"
`,
		{flags: {...noFlags, buildArgs: ['LEVEL=2']}},
	),
];
