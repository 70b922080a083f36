import test from 'ava';
import {
	cacheMapOf,
	contentRecordDigest,
	type Dialect,
	dialectOf,
	fetchedContent,
	fetchedFileDigest,
	newestDialect,
	noRemotes,
	type RemoteResult,
	type RemoteTable,
	recordDigest,
	remoteKey,
	sha256,
	type Vertex,
} from '../../analyzer/index.ts';
import {keyedSteps} from '../helpers/pipeline.ts';

// What an ADD reads, and the keys of it. The digests marked so were exported by BuildKit 0.25 (Docker 28.5.2).

const commit = '2b490192aeaecd0b1398b2336cee4f0a16f7996b';
const older = '5bc2ad4f17e6c8e40940e4aa75254fc9ffdb1934';
const tag = '932d3c68cae70f6aaac7acb530e86a5768cf48de';
const helloSum = 'sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

/** The vertices that `ADD WORDS /` copies from. */
function sources(words: string, dialect: Dialect): readonly Vertex[] {
	const {vertex} = keyedSteps(`FROM scratch\nADD ${words} /\n`, {dialect}).at(-1) ?? {};
	return vertex?.kind === 'file'
		? vertex.actions.flatMap(action => (action.kind === 'copy' && action.source !== undefined ? action.source : []))
		: [];
}

function dialectFor(version: string): Dialect {
	// As the labs frontend reads it, which is alone in adding git repositories with 0.11.
	return {...(dialectOf(version) ?? newestDialect), refusesGitSources: false};
}

/** The source of one ADD, as far as it says what is fetched. */
const reads = test.macro({
	exec(t, words: string, expected: Readonly<Record<string, unknown>>, version?: string) {
		const [vertex = {}] = sources(words, dialectFor(version ?? '0.30'));
		t.like(vertex, expected);
	},
	title: (_, words, __, version = '') => `${version} ADD ${words}`,
});

const h = 'https://h';
test(reads, `${h}/a/b.txt?c=d#e`, {kind: 'http', url: `${h}/a/b.txt?c=d#e`, fileName: 'b.txt'});
test(reads, `${h}/a%20b%2Fc%C3%A9`, {kind: 'http', fileName: 'cé'});
test(reads, `${h}/../x/..`, {kind: 'http', fileName: '..'});
test(reads, `${h}/`, {kind: 'http', fileName: '__unnamed__'});
test(reads, h, {kind: 'http', fileName: '__unnamed__'});
test(reads, `${h}/100%`, {kind: 'http', fileName: '__unnamed__'});
test(reads, `${h}/a.git`, {kind: 'git', remote: `${h}/a.git`, ref: '', subdir: ''});
test(reads, `${h}/a.git`, {kind: 'http', fileName: 'a.git'}, '0.10');
test(reads, `${h}/a.git#v1:sub/dir`, {kind: 'git', remote: `${h}/a.git`, ref: 'v1', subdir: 'sub/dir'});
test(reads, `${h}/a.git#:.`, {kind: 'git', ref: '', subdir: ''});
test(reads, `HTTPS://h/a.git`, {kind: 'git'});
test(reads, `HTTPS://h/a.txt`, {kind: 'context'});
test(reads, 'ftp://h/a.git', {kind: 'context'});
test(reads, 'github.com/o/r', {kind: 'context'});
test(reads, './a.git', {kind: 'context'});
test(reads, 'ssh://git@h/a', {kind: 'git', remote: 'ssh://git@h/a'});
test(reads, 'git@h:o/r.git#main', {kind: 'git', remote: 'git@h:o/r.git', ref: 'main'});
test(reads, 'any-one@h.example:r', {kind: 'git', remote: 'any-one@h.example:r'});
test(reads, `${h}/a.git?tag=v1&subdir=s`, {kind: 'git', remote: `${h}/a.git`, ref: 'refs/tags/v1', subdir: 's'});
test(reads, `${h}/a.git?branch=b&submodules=false`, {kind: 'git', ref: 'refs/heads/b', skipSubmodules: true});
test(reads, `${h}/a.git?ref=b&checksum=abc`, {kind: 'git', ref: 'b', checksum: 'abc'});
test(reads, `${h}/a.git?ref=b`, {kind: 'git', ref: '', remote: `${h}/a.git?ref=b`}, '0.23');
test(reads, `${h}/a.git?keep-git-dir`, {kind: 'git', keepGitDir: true});
test(reads, `--keep-git-dir=true ${h}/a.git`, {kind: 'git', keepGitDir: true});
test(reads, `--checksum=${helloSum} ${h}/a`, {kind: 'http', checksum: helloSum});
test(reads, `https://user:secret@h/a`, {kind: 'http', url: 'https://user:secret@h/a', written: `${h}/a`});

const refuses = test.macro({
	exec(t, words: string, message: string) {
		t.throws(() => sources(words, newestDialect), {message});
	},
	title: (_, words) => `refused: ADD ${words}`,
});
test(refuses, `${h}/a.git?depth=1`, 'a git URL has no option "depth"');
test(refuses, `${h}/a.git?ref=a&ref=b`, 'the option "ref" of a git URL needs one value');
test(refuses, `${h}/a.git?ref=`, 'the option "ref" of a git URL needs one value');
test(refuses, `${h}/a.git?ref=a#b`, 'a git URL names two references');
test(refuses, `${h}/a.git?branch=a&tag=b`, 'a git URL names two references');
test(refuses, `${h}/a.git?subdir=a#:b`, 'a git URL names two folders');
test(refuses, `${h}/a.git?submodules=maybe`, '"maybe" is no value for the option "submodules" of a git URL');
test(refuses, `--keep-git-dir=false ${h}/a.git?keep-git-dir=1`, 'the URL and --keep-git-dir contradict each other');
test(refuses, `--checksum=abc ${h}/a.git?checksum=def`, 'the URL and --checksum name two commits');

/** The record of a source; a text: why it has none. */
function recordOf(words: string, version: string, result?: RemoteResult): string {
	const dialect = dialectFor(version);
	const [vertex] = sources(words, dialect);
	if (vertex?.kind !== 'http' && vertex?.kind !== 'git') {
		throw new Error('no remote source');
	}

	const remotes: RemoteTable = result === undefined ? noRemotes : new Map([[remoteKey(vertex), result]]);
	const map = cacheMapOf(vertex, dialect, remotes);
	return map.kind === 'known' ? String(map.map.digests.map(digest => recordDigest(digest))) : JSON.stringify(map);
}

const other: RemoteResult = {
	kind: 'file',
	digest: sha256('pw\n'),
	content: fetchedFileDigest(Buffer.from('pw\n')),
	lastModified: 'Tue, 24 Nov 2026 14:08:29 GMT',
};

const refs: RemoteResult = {
	kind: 'refs',
	ref: 'x',
	lines: [
		{id: tag, name: 'refs/tags/x'},
		{id: commit, name: 'refs/tags/x^{}'},
	],
};

const r = 'http://127.0.0.1:18080/repo.git';

test('keys that BuildKit 0.25 exported', t => {
	const main: RemoteResult = {kind: 'refs', ref: 'main', lines: [{id: commit, name: 'refs/heads/main'}]};
	const light: RemoteResult = {kind: 'refs', ref: 'light', lines: [{id: older, name: 'refs/tags/light'}]};
	const table: readonly (readonly [words: string, result: RemoteResult | undefined, record: string])[] = [
		[
			`--checksum=${helloSum} ${h}/hello.txt`,
			undefined,
			'1233aee0571f7c18ddf03ccef838a85ad6312c0000e846bdc0f231bae8e8f71b',
		],
		[`${h}/other.txt?x=1`, other, '4d651f28edc0eda6b85d4300ec28ededc04b77095c445d5cc95fa94b7de2fc07'],
		[`${r}#${commit}:sub`, undefined, 'f2f4625adbb031a7ca1156f616e0368559e0e1242a26a6a3512e76be5b236551'],
		[`--keep-git-dir=true ${r}#light`, light, 'f0ed3c14815b431bbab44c066ade33297bdf6b9a3abdc1a3e10f19e742ac0dca'],
		[r, main, '9b94f65545ed9f25d4edba3177b133c91d19ec3096c22858ec2874efde45c884'],
	];
	for (const [words, result, record] of table) {
		t.is(recordOf(words, '0.25', result), `sha256:${record}`, words);
	}

	const [vertex] = sources(`${h}/other.txt`, newestDialect);
	const selectors = [{path: '/other.txt', wildcard: false, followLinks: false, include: [], exclude: [], required: []}];
	const content =
		vertex?.kind === 'http' ? fetchedContent(vertex, selectors, new Map([[remoteKey(vertex), other]])) : undefined;
	t.is(
		content?.kind === 'digest' ? contentRecordDigest(content.digest) : undefined,
		'sha256:9d5d53b06e207fa9646c1e2a243d3f2d02342af7e58980c425f13a6657805a01',
	);
});

/** Which key a git source has: `undefined` where it cannot be told. */
const keyed = test.macro({
	exec(t, words: string, version: string, key: string | undefined, result?: RemoteResult) {
		const actual = recordOf(words, version, result);
		const expected = key === undefined ? 'unknown' : recordDigest(sha256(`buildkit.source.v0:${key}`));
		t.is(actual.startsWith('{"kind":"unknown"') ? 'unknown' : actual, expected);
	},
	title: (_, words, version, key, result) => `${version} ${words}${result === undefined ? '' : ' (asked)'}: ${key}`,
});

for (const version of ['0.11', '0.13', '0.17', '0.25', '0.26']) {
	test(keyed, `${r}#${commit}`, version, commit);
	test(keyed, `${r}#${commit.slice(0, 12)}`, version, undefined);
	test(keyed, `${r}#main`, version, undefined);
	test(keyed, r, version, undefined);
}

const kept = `--keep-git-dir=true ${r}`;
test(keyed, `${kept}#${commit}`, '0.25', `${commit}.git`);
test(keyed, `${kept}#${commit}`, '0.26', `${commit}.git#${commit}`);
test(keyed, `${r}?ref=${commit}&submodules=0`, '0.25', `${commit}(skip-submodules)`);
test(keyed, `${r}#${commit}:a//b`, '0.25', `${commit}:a//b`);
test(keyed, `${r}#${commit}:a//b`, '0.26', undefined);

// An annotated tag: the tag's own id, or that of its commit.
test(keyed, `${r}#x`, '0.12', tag, refs);
test(keyed, `${r}#x`, '0.13', commit, refs);
test(keyed, `${r}#x`, '0.26', commit, refs);
test(keyed, `${kept}#x`, '0.16', `${commit}.git`, refs);
test(keyed, `${kept}#x`, '0.17', `${commit}.git#refs/tags/x`, refs);
test(keyed, `${kept}#x`, '0.26', `${tag}.git#refs/tags/x`, refs);

// A checksum without asking: of a branch it is the commit, of what may be a tag it may be the tag's.
test(keyed, `--checksum=${commit} ${r}#x`, '0.25', commit);
test(keyed, `--checksum=${commit} ${r}#x`, '0.26', undefined);
test(keyed, `--checksum=${commit} ${r}`, '0.26', commit);
test(keyed, `${r}?branch=x&checksum=${commit}`, '0.26', commit);
test(keyed, `${r}?tag=x&checksum=${commit}`, '0.26', undefined);
test(keyed, `${r}?checksum=${commit}&keep-git-dir=1`, '0.26', undefined);
test(keyed, `${r}?ref=x&checksum=${commit}&keep-git-dir=1&fetch-by-commit`, '0.30', `${commit}.git#refs/heads/x`);
test(keyed, `--checksum=${tag.slice(0, 8)} ${r}#x`, '0.26', commit, refs);
test(keyed, `--checksum=${commit.slice(0, 8)} ${r}#x`, '0.26', commit, refs);
test(keyed, `--checksum=${older} ${r}#x`, '0.26', undefined, refs);

// A branch goes before a tag of the same name; a name in full before both.
const both: RemoteResult = {
	kind: 'refs',
	ref: 'x',
	lines: [
		{id: older, name: 'refs/heads/feature/x'},
		{id: commit, name: 'refs/heads/x'},
		{id: tag, name: 'refs/tags/x'},
	],
};
test(keyed, `${r}#x`, '0.12', older, both);
test(keyed, `${r}#x`, '0.25', commit, both);
test(keyed, `${kept}#x`, '0.26', `${commit}.git#refs/heads/x`, both);
test(keyed, `${r}#refs/tags/x`, '0.26', tag, {...both, ref: 'refs/tags/x'});
test(keyed, `${r}#y`, '0.26', undefined, {kind: 'refs', ref: 'y', lines: []});

test('Last-Modified as a version writes it', t => {
	const table: readonly (readonly [header: string, formatted: string])[] = [
		['Tue, 24 Nov 2026 14:08:29 GMT', 'Tue, 24 Nov 2026 14:08:29 GMT'],
		['Tuesday, 24-Nov-26 14:08:29 GMT', 'Tue, 24 Nov 2026 14:08:29 GMT'],
		['Tue Nov  3 14:08:29 2026', 'Tue, 03 Nov 2026 14:08:29 GMT'],
		['2026-11-24', ''],
	];
	for (const [header, formatted] of table) {
		const of = (lastModified: string, version: string) => recordOf(`${h}/a`, version, {...other, lastModified});
		t.is(of(header, '0.26'), of(formatted, '0.26'), header);
		t.is(of(header, '0.25') === of(formatted, '0.25'), header === formatted, header);
	}
});

test('what cannot be fetched is unknown, with the reason and without what is in variables', t => {
	const unresolved: RemoteResult = {kind: 'unresolved', reason: 'it answers 404'};
	t.regex(
		recordOf('https://user:secret@h/a', '0.25', unresolved),
		/"https:\/\/h\/a cannot be fetched: it answers 404"/,
	);
	t.regex(recordOf(`${r}#main`, '0.25', unresolved), /cannot be asked for its commit: it answers 404/);
});
