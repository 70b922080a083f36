import type {Mutation} from '../matrix-case.ts';

type Edit = readonly [name: string, from: RegExp, to: string | ((...match: readonly string[]) => string)];

const firstFrom = /^(FROM .*)$/m;
const firstRun = /^RUN (?=[^-<\n[])/m;
const lastRun = /^(RUN (?![^\n]*<<)[^[\n]*[^\\\n])\n(?![\s\S]*^RUN)/m;
const firstCopy = /^COPY (?=[^\n<]*$)/m;

/** Changes of a Dockerfile's text; one whose pattern is not found does not apply. */
const edits: readonly Edit[] = [
	['comment', firstFrom, '# why\n$1\n# because'],
	['comment-inside', /\\\n/, '\\\n# inside\n'],
	['blank-inside', /\\\n/, '\\\n\n'],
	['blank-lines', /\n(?=(?:RUN|COPY|WORKDIR) )/g, '\n\n'],
	['indentation', /\\\n[ \t]+/, '\\\n\t'],
	['indented-instruction', /^(?=(?:RUN|WORKDIR) )/gm, '  '],
	['trailing-blanks', /^((?:WORKDIR|COPY|RUN) (?![^\n]*<<)[^\n]*[^\\\n])$/m, '$1  '],
	['lower-case', /^(?:RUN|COPY|ENV|WORKDIR) /gm, match => match.toLowerCase()],
	['line-ends', /\n/g, '\r\n'],
	['escape-directive', /^(?![\s\S]*\\\n)/, '# escape=`\n'],
	['no-last-newline', /\n$/, ''],
	['label', firstFrom, '$1\nLABEL a=b'],
	['expose', firstFrom, '$1\nEXPOSE 80\nSTOPSIGNAL 9\nVOLUME /v\nHEALTHCHECK NONE'],
	['command', /$/, '\nCMD ["other"]\nENTRYPOINT ["x"]\n'],
	['stage-renamed', /^(FROM .*) AS (?:files|one|other|own|bare|everything|first)$/m, '$1 AS elsewhere'],
	['env-new', firstFrom, '$1\nENV NEW=1'],
	['env-value', /^ENV (\w+)[= ]\S+/m, 'ENV $1=changed'],
	['env-order', /^ENV (\w+=\S+) (\w+=.*)$/m, 'ENV $2 $1'],
	['env-again', /^(ENV (\w+)=(\S+)(?: .*)?)$/m, '$1\nENV $2=$3'],
	['env-of-base', firstFrom, '$1\nENV FOO=bar'],
	['env-unset', firstFrom, '$1\nENV FOO='],
	['env-legacy-form', /^ENV (\w+)=(\w+)$/m, 'ENV $1 $2'],
	['env-path', firstFrom, '$1\nENV PATH=/opt/bin:$PATH'],
	['arg-new', firstFrom, '$1\nARG NEW_ARG'],
	['arg-new-default', firstFrom, '$1\nARG NEW_ARG=1'],
	['arg-proxy-declared', firstFrom, '$1\nARG HTTP_PROXY=http://127.0.0.1:9'],
	['arg-default', /^ARG (\w+)=\S+/m, 'ARG $1=changed'],
	['user', firstFrom, '$1\nUSER app'],
	['user-root', firstFrom, '$1\nUSER root'],
	['shell', firstFrom, '$1\nSHELL ["/bin/sh", "-ec"]'],
	['shell-same', firstFrom, '$1\nSHELL ["/bin/sh", "-c"]'],
	['workdir-new', firstFrom, '$1\nWORKDIR /new/place'],
	['workdir-root', firstFrom, '$1\nWORKDIR /'],
	['workdir-other', /^WORKDIR \/?(\w+)/m, 'WORKDIR /other/$1'],
	['workdir-slash', /^WORKDIR (.*[^/\n])$/m, 'WORKDIR $1/'],
	['run-new', firstFrom, '$1\nRUN echo new > /new'],
	['run-text', firstRun, 'RUN true && '],
	['run-last-text', lastRun, '$1 && true\n'],
	['run-blanks', firstRun, 'RUN   '],
	['run-inner-blanks', /^(RUN (?!-)\S+) (?=\S)/m, '$1  '],
	['run-network', firstRun, 'RUN --network=none '],
	['run-network-default', firstRun, 'RUN --network=default '],
	['run-cache-mount', firstRun, 'RUN --mount=type=cache,target=/mx '],
	['run-tmpfs', firstRun, 'RUN --mount=type=tmpfs,target=/mx '],
	['run-secret', firstRun, 'RUN --mount=type=secret,id=none '],
	['run-bind', firstRun, 'RUN --mount=type=bind,target=/mx '],
	['run-bind-image', firstRun, 'RUN --mount=from={{base}},target=/mx '],
	['run-exec-form', /^RUN (?!-)([^<["\\\n]+)$/m, 'RUN ["/bin/sh", "-c", "$1"]'],
	['run-heredoc', /^RUN (?!-)([^<[\\\n]+)$/m, 'RUN <<EOF\n$1\nEOF'],
	['run-continued', /^RUN (?!-)(\w+) (?=[^<[\\\n]+$)/m, 'RUN $1 \\\n  '],
	['mount-id', /type=cache,/, 'type=cache,id=changed,'],
	['mount-sharing', /type=cache,/, 'type=cache,sharing=private,'],
	['mount-target', /--mount=type=tmpfs,target=\/\w+/, '--mount=type=tmpfs,target=/elsewhere'],
	['mount-secret-required', /,required=false/, ''],
	['mount-source', /source=conf,/, 'source=/conf/,'],
	['mount-order', /(--mount=\S+) (--mount=\S+)/, '$2 $1'],
	['mount-read-write', /,rw /, ' '],
	['heredoc-text', /^(echo|hello|welcome|first)/m, '$1 changed'],
	['heredoc-name', /<<(-?)(EOF|END|ONE)\b([\s\S]*?)^(\t?)\2$/m, '<<$1OTHER$3$4OTHER'],
	['heredoc-quoted', /<<EOF/, "<<'EOF'"],
	['copy-chown', firstCopy, 'COPY --chown=1001:1001 '],
	['copy-chown-name', firstCopy, 'COPY --chown=app:app '],
	['copy-chown-root', firstCopy, 'COPY --chown=0:0 '],
	['copy-no-chown', / --chown=\S+/, ''],
	['copy-chown-other', /--chown=\S+/g, '--chown=7'],
	['copy-chmod', firstCopy, 'COPY --chmod=0644 '],
	['copy-chmod-digits', /--chmod=0?(\d+)/, '--chmod=00$1'],
	['copy-link', firstCopy, 'COPY --link '],
	['copy-unlinked', / --link/g, ''],
	['copy-add', firstCopy, 'ADD '],
	['add-copy', /^ADD (?!--checksum)/m, 'COPY '],
	['copy-json', /^COPY (?!-)([^\s<["]+) ([^\s<["]+)$/m, 'COPY ["$1", "$2"]'],
	['copy-dest', /^COPY (.*[^/\s])\/?$/m, 'COPY $1-elsewhere/'],
	['copy-dest-slash', /^(COPY (?![^\n]*<<).*[^/\s])$/m, '$1/'],
	['copy-dest-no-slash', /^(COPY (?!-)[^\s<]+ \/?\w[\w/]*)\/$/m, '$1'],
	['copy-source-dot', /^COPY (?!-)(?=\w)/gm, 'COPY ./'],
	['copy-source-slash', /^COPY (?!-)(?=\w)/gm, 'COPY /'],
	['copy-source-trailing', /^COPY (lib|conf|scripts) /m, 'COPY $1/ '],
	['copy-sources-order', /^COPY (?!-)([\w./]+) ([\w./]+) ((?:[\w./]+ )*)(\S+)$/m, 'COPY $2 $1 $3$4'],
	['copy-one-more', /^COPY (?!-)([\w./]+) ([\w./]+\/)$/m, 'COPY $1 app.txt $2'],
	['copy-wildcard', /^COPY (?!-)((?:\w+\/)*)(\w)\w+\.(\w+) /m, 'COPY $1$2*.$3 '],
	['copy-twice', /^(COPY (?![^\n]*<<).*)$/m, '$1\n$1'],
	['copy-gone', /^COPY (?![^\n]*<<)(?!--from).*\n/m, ''],
	['copy-swapped', /^(COPY (?![^\n]*<<).*)\n(COPY (?![^\n]*<<).*)$/m, '$2\n$1'],
	['copy-from-image', /^(COPY --from=)\w+ \S+ /m, '$1{{base}} /etc/motd '],
	['last-instruction-gone', /\n(?:RUN|COPY|CMD) [^\n\\<]*\n$/, '\n'],
	['from-platform', /^FROM (?!-|scratch)/m, 'FROM --platform=linux/amd64 '],
	['stage-unused', /^(?=FROM )/m, 'FROM {{base}} AS extra\nRUN echo extra\n'],
	['syntax-comment', /^/, '# not a directive\n# syntax=docker/dockerfile:1\n'],
];

/** Changes of the Dockerfile itself. */
export function textMutations(): readonly Mutation[] {
	return edits.map(([name, from, to]) => ({
		name,
		async apply(project) {
			const {dockerfile} = project;
			const changed = typeof to === 'string' ? dockerfile.replace(from, to) : dockerfile.replace(from, to);
			return changed === dockerfile ? undefined : {...project, dockerfile: changed};
		},
	}));
}
