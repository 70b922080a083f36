import test, {type ExecutionContext} from 'ava';
import {type SourcesFile, sourcesForSuite} from './sources.ts';

const rewrites = test.macro(
	(t: ExecutionContext, files: readonly SourcesFile[], expected: SourcesFile | undefined): void => {
		t.deepEqual(sourcesForSuite(files, 'bookworm', 'sid'), expected);
	},
);

const list = (text: string): SourcesFile => ({name: '/etc/apt/sources.list', text});
const stanzas = (text: string): SourcesFile => ({name: '/etc/apt/sources.list.d/debian.sources', text});

test('a one-line entry', rewrites, [list('deb http://mirror.test/debian bookworm main contrib\n')], {
	name: 'debian.list',
	text: 'deb http://mirror.test/debian sid main\n',
});
test(
	'options stay, comments, sources and other archives do not count',
	rewrites,
	[
		list(
			[
				'# deb http://old.test/debian bookworm main',
				'deb-src http://mirror.test/debian bookworm main',
				'deb http://mirror.test/security bookworm-security main',
				'deb http://vendor.test/apt vendor-bookworm main',
				'deb http://vendor.test/debian bookworm stable',
				'deb [arch=amd64 signed-by=/k.gpg]  http://mirror.test/debian/ bookworm  main',
			].join('\n'),
		),
	],
	{name: 'debian.list', text: 'deb [arch=amd64 signed-by=/k.gpg]  http://mirror.test/debian/ sid main\n'},
);
test(
	'a deb822 stanza',
	rewrites,
	[
		list(''),
		stanzas(
			[
				'Types: deb deb-src',
				'# a comment',
				'URIs: http://mirror.test/security',
				'Suites: bookworm-security',
				'Components: main',
				'',
				'Types: deb deb-src',
				'URIs: http://mirror.test/debian',
				'Suites: bookworm',
				' bookworm-updates',
				'Components: main contrib',
				'# another comment',
				'Signed-By:',
				' -----BEGIN PGP PUBLIC KEY BLOCK-----',
				' .',
				' abc',
				'',
			].join('\n'),
		),
	],
	{
		name: 'debian.sources',
		text: [
			'Types: deb',
			'Suites: sid',
			'Components: main',
			'URIs: http://mirror.test/debian',
			'Signed-By:',
			' -----BEGIN PGP PUBLIC KEY BLOCK-----',
			' .',
			' abc',
			'',
		].join('\n'),
	},
);
test(
	'a disabled stanza does not count',
	rewrites,
	[stanzas('Types: deb\nEnabled: no\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\n')],
	undefined,
);
test('no Debian archive', rewrites, [list('deb http://vendor.test/apt stable vendor\n')], undefined);
