import test from 'ava';
import {
	type Dialect,
	dialectOf,
	frontendOf,
	newestDialect,
	parseDockerfile,
	resolveStages,
	unsureDialect,
	withFrontend,
} from '../../analyzer/index.ts';
import {keyedSteps} from '../helpers/pipeline.ts';

const engine = (version: string): Dialect => dialectOf(version) ?? newestDialect;

/** What is said of a file first, as `text at its place: message`; '' where nothing is. */
function refusal(text: string, dialect: Dialect, target?: string): string {
	const spoken = withFrontend(dialect, frontendOf(text, new Map()));
	const parsed = parseDockerfile({path: 'Dockerfile', text}, spoken.heredocs);
	const options = {
		buildArgs: new Map(),
		buildPlatform: {os: 'linux', architecture: 'amd64'},
		...(target !== undefined && {target}),
	};
	const result = parsed.kind === 'parsed' ? resolveStages(parsed.dockerfile, options, spoken) : parsed;
	const [first] = result.kind === 'resolved' ? [] : 'diagnostics' in result ? result.diagnostics : [result.diagnostic];
	if (first === undefined) {
		return '';
	}

	const {start, end} = first.range;
	return `${(text.split('\n')[start.line - 1] ?? '').slice(start.column - 1, end.column - 1)}: ${first.message}`;
}

// The last BuildKit release of two numbers whose own frontend refuses the flag, the first that takes it, and the first
// docker/dockerfile in which the labs channel has it.
const flags: readonly (readonly [line: string, flag: string, last: string, first: string, labs?: string])[] = [
	['RUN --network=none x', '--network', '0.8', '0.9', '1.2'],
	['COPY --link a /', '--link', '0.9', '0.10'],
	['ADD --link a /', '--link', '0.9', '0.10'],
	['ADD --keep-git-dir=true a /', '--keep-git-dir', '0.10', '0.11'],
	['ADD --checksum=sha256:00 http://a/b /', '--checksum', '0.11', '0.12', '1.5'],
	['HEALTHCHECK --start-interval=1s CMD x', '--start-interval', '0.11', '0.12'],
	['ADD --unpack=true http://a/b /', '--unpack', '0.22', '0.23'],
	['COPY --exclude=b a /', '--exclude', '0.24', '0.25', '1.7'],
	['ADD --exclude=b a /', '--exclude', '0.24', '0.25', '1.7'],
	['COPY --parents a /', '--parents', '0.25', '0.26', '1.7'],
	['RUN --security=insecure x', '--security', '0.25', '0.26', '1.2'],
];

for (const [line, flag, last, first, labs] of flags) {
	test(`${line} from BuildKit ${first} on`, t => {
		const text = `FROM a\n${line}\n`;
		const keyword = line.split(' ')[0];
		const message = `${flag}: the frontend inside this BuildKit does not know the flag "${flag}" of ${keyword}`;
		t.is(refusal(text, engine(last)), message);
		t.is(refusal(text, engine(first)), '');
		// Any engine takes what the named frontend takes, and no more.
		const named = (version: string) => `# syntax=docker/dockerfile:${version}\n${text}`;
		const minor = (version: string) => `1.${Number(version.split('.')[1]) - 6}`;
		t.is(
			refusal(named(minor(last)), newestDialect),
			`${flag}: the frontend docker/dockerfile:${minor(last)} does not know the flag "${flag}" of ${keyword}`,
		);
		t.is(refusal(named(minor(first)), engine('0.8')), '');
		t.is(refusal(named('1'), engine('0.8')), '');
		t.is(refusal(`# syntax=mine/frontend\n${text}`, engine('0.8')), '');
		if (labs !== undefined) {
			t.is(refusal(named(`${labs}-labs`), engine('0.8')), '');
			t.not(refusal(named(labs), engine('0.8')), '');
		}

		// What only the cache tells of a dialect refuses nothing.
		t.is(refusal(text, unsureDialect(engine(last))), '');
	});
}

test('the first frontend with a flag is named', t => {
	const parsed = parseDockerfile({path: 'Dockerfile', text: 'FROM a\nRUN --network=none x\n'});
	const options = {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}};
	const result = parsed.kind === 'parsed' ? resolveStages(parsed.dockerfile, options, engine('0.8')) : undefined;
	t.is(
		result?.kind === 'failed' ? result.diagnostics[0]?.hint : '',
		'name one that does in the first line of the file: # syntax=docker/dockerfile:1.3',
	);
});

test('what BuildKit refuses only when it builds a stage is refused only there', t => {
	for (const [since, line] of [
		['0.11', 'ADD --checksum=sha256:00 http://a/b /'],
		['0.20', 'RUN --device=vendor.com/gpu=all x'],
	] as const) {
		const text = `FROM a AS one\n${line}\nFROM a AS two\nRUN x\n`;
		t.is(refusal(text, engine(since)), '', line);
		t.not(refusal(text, engine(since), 'one'), '', line);
	}

	// The parser of 0.10 does not know it either, and reads all stages.
	t.not(refusal('FROM a AS one\nADD --checksum=sha256:00 http://a/b /\nFROM a AS two\n', engine('0.10'), 'two'), '');
});

const git = 'FROM a\nADD https://example.com/a/b.git /\n';

test('git repositories: a URL, left to the labs channel, taken', t => {
	const kinds = (dialect: Dialect, text = git) => {
		try {
			return keyedSteps(text, {dialect: withFrontend(dialect, frontendOf(text, new Map()))}).length;
		} catch (error) {
			return String(error);
		}
	};
	t.is(typeof kinds(engine('0.10')), 'number');
	t.regex(String(kinds(engine('0.11'))), /does not add git repositories/);
	t.is(typeof kinds(engine('0.11'), `# syntax=docker/dockerfile:1.5-labs\n${git}`), 'number');
	t.is(typeof kinds(engine('0.12')), 'number');
});

const heredocs: readonly (readonly [lines: string, since: string, expected: string])[] = [
	['RUN <<EOF\necho hi\nEOF', '0.8', 'echo: unknown instruction "echo"'],
	['RUN <<EOF\necho hi\nEOF', '0.9', 'echo: unknown instruction "echo"'],
	['RUN <<EOF\necho hi\nEOF', '0.10', ''],
	// Lines that are instructions are read as such, so that only the end is wrong, or nothing.
	['RUN cat <<EOF\nUSER me\nEOF', '0.8', 'EOF: unknown instruction "EOF"'],
	['RUN cat <<USER\nUSER me', '0.8', ''],
	['RUN cat <<USER\nUSER me', '0.10', '<<USER: unterminated heredoc "USER"'],
	['COPY <<EOF /f\ntext\nEOF', '0.8', 'text: unknown instruction "text"'],
	// Without heredocs it is a path like any other.
	['COPY a <<f', '0.8', ''],
	['COPY a <<f', '0.9', '<<f: COPY cannot accept a heredoc as a destination'],
];

for (const [lines, since, expected] of heredocs) {
	test(`BuildKit ${since}: ${JSON.stringify(lines)}`, t => {
		t.is(refusal(`FROM a\n${lines}\n`, engine(since)), expected);
	});
}

test('a refused heredoc says where it began, and what reads it', t => {
	const parsed = parseDockerfile({path: 'Dockerfile', text: 'FROM a\nRUN <<EOF\necho hi\nEOF\n'}, 'none');
	t.is(parsed.kind, 'failed');
	if (parsed.kind === 'failed') {
		t.regex(parsed.diagnostic.hint ?? '', /# syntax=docker\/dockerfile:1\.4$/);
		t.deepEqual(parsed.diagnostic.notes?.[0]?.range.start, {line: 2, column: 1});
	}

	// A mistake elsewhere has its own hint.
	const other = parseDockerfile({path: 'Dockerfile', text: 'FROM a\nRUNN x\n'}, 'none');
	t.is(other.kind === 'failed' ? other.diagnostic.hint : undefined, 'did you mean "RUN"?');
});

test('heredocs are the frontend’s: a named one reads them on any engine, 1.3 only as labs', t => {
	const text = 'FROM a\nRUN <<EOF\necho hi\nEOF\n';
	t.is(refusal(`# syntax=docker/dockerfile:1.4\n${text}`, engine('0.8')), '');
	t.is(refusal(`# syntax=docker/dockerfile:1.3-labs\n${text}`, engine('0.8')), '');
	t.not(refusal(`# syntax=docker/dockerfile:1.3\n${text}`, newestDialect), '');
	t.is(refusal(`# syntax=mine/frontend\n${text}`, engine('0.8')), '');
});

test('stages are named in step numbers where there are several; 0.8 counts only mounts of caches and images', t => {
	const labels = (mount: string, since: string) =>
		keyedSteps(`FROM a\nRUN --mount=${mount} x\n`, {dialect: engine(since)}).at(-1)?.step.number?.stage;
	for (const mount of ['type=secret,id=s', 'type=ssh', 'type=tmpfs,target=/t', 'type=bind,target=/t']) {
		t.deepEqual([labels(mount, '0.8'), labels(mount, '0.9')], ['', 'stage-0'], mount);
	}

	for (const mount of ['type=cache,target=/t', 'from=b,target=/t']) {
		t.deepEqual([labels(mount, '0.8'), labels(mount, '0.9')], ['stage-0', 'stage-0'], mount);
	}
});
