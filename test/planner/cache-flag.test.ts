import test from 'ava';
import fc from 'fast-check';
import {sha256} from '../../analyzer/index.ts';
import {
	type CacheDirection,
	describeCacheSpec,
	formatCacheSpec,
	parseCacheFlag,
} from '../../planner/caches/cache-flag.ts';
import type {CacheSpec} from '../../planner/caches/cache-source.ts';

const digest = sha256('x');

const reads = test.macro({
	exec(t, text: string, direction: CacheDirection, spec: CacheSpec, written: string) {
		t.deepEqual(parseCacheFlag(text, direction), {kind: 'spec', spec});
		t.is(formatCacheSpec(spec, direction), written);
		t.deepEqual(parseCacheFlag(written, direction), {kind: 'spec', spec});
	},
	title: (_, text: string, direction: CacheDirection) => `--cache-${direction} ${text}`,
});

test(
	reads,
	'org/app:cache',
	'from',
	{kind: 'registry', ref: 'org/app:cache', attributes: {}},
	'type=registry,ref=org/app:cache',
);
test(
	reads,
	'TYPE=registry,mode=max,Ref=r.io/x,mode=min',
	'to',
	{kind: 'registry', ref: 'r.io/x', attributes: {mode: 'min'}},
	'type=registry,ref=r.io/x,mode=min',
);
test(
	reads,
	'type=local,src=a b',
	'from',
	{kind: 'local', dir: 'a b', tag: 'latest', attributes: {}},
	'type=local,src=a b',
);
test(
	reads,
	`"dest=a,""b""",type=local,tag=t,digest=${digest}`,
	'to',
	{kind: 'local', dir: 'a,"b"', tag: 't', attributes: {digest}},
	`type=local,"dest=a,""b""",tag=t,digest=${digest}`,
);
test(
	reads,
	'type=local,dest=a,src=b',
	'to',
	{kind: 'local', dir: 'a', tag: 'latest', attributes: {src: 'b'}},
	'type=local,dest=a,src=b',
);
test(
	reads,
	'type=stages,ref=r.io/app:ci,registry.insecure=true',
	'from',
	{kind: 'stages', ref: 'r.io/app:ci', attributes: {'registry.insecure': 'true'}},
	'type=stages,ref=r.io/app:ci,registry.insecure=true',
);
test(reads, 'type=inline', 'to', {kind: 'inline', attributes: {}}, 'type=inline');
test(
	reads,
	'type=s3,bucket=b,name=a=b',
	'from',
	{kind: 'other', type: 's3', attributes: {bucket: 'b', name: 'a=b'}},
	'type=s3,bucket=b,name=a=b',
);

const refuses = test.macro({
	exec(t, text: string, direction: CacheDirection, message: string, hint: string) {
		t.deepEqual(parseCacheFlag(text, direction), {kind: 'invalid', message, hint});
	},
	title: (_, text: string, direction: CacheDirection) => `no --cache-${direction}: ${text}`,
});

test(refuses, '', 'from', '--cache-from is empty', 'name an image, or write type=local and a folder');
test(
	refuses,
	'type=gha,token="s3cret',
	'from',
	'--cache-from is not valid CSV',
	'put a part with a comma or quote in quotes: type=local,"src=a,b"',
);
test(refuses, 'type=regsitry,ref=x', 'to', '--cache-to has the unknown type "regsitry"', 'did you mean "registry"?');
test(
	refuses,
	'type=nfs',
	'to',
	'--cache-to has the unknown type "nfs"',
	'use one of registry, stages, local, inline, gha, s3, azblob',
);
test(refuses, 'ref=x', 'to', '--cache-to has no type', 'add type=registry, type=stages or type=local');
test(refuses, 'type=stages', 'to', '--cache-to of type "stages" has no ref', 'add ref=<registry>/<name>');
test(
	refuses,
	`type=stages,ref=app@${digest}`,
	'from',
	'a cache of type "stages" has a tag for each stage, and cannot be named by digest',
	'leave @sha256:… out',
);
test(refuses, 'type=registry', 'to', '--cache-to of type "registry" has no ref', 'add ref=<registry>/<name>:<tag>');
test(
	refuses,
	'Org/App',
	'from',
	'invalid image reference "Org/App": repository name must be lowercase',
	'write --cache-from type=registry,ref=<registry>/<name>:<tag>',
);
test(refuses, 'type=local,dest=d', 'from', '--cache-from of type "local" has no src', 'write src=d');
test(refuses, 'type=local', 'to', '--cache-to of type "local" has no dest', 'add dest=<folder>');
test(
	refuses,
	'type=local,src=d,tag=',
	'from',
	'--cache-from of type "local" has an empty tag',
	'leave tag out to get "latest"',
);
test(
	refuses,
	'type=local,src=d,digest=sha256:1',
	'from',
	'"sha256:1" is not a digest',
	'write digest=sha256: and 64 hexadecimal digits, or leave it out',
);
test(
	refuses,
	'type=inline',
	'from',
	'--cache-from cannot be of type "inline"',
	'name the image that holds the inline cache: --cache-from type=registry,ref=<image>',
);
test(refuses, 'a,b', 'from', '--cache-from names several images', 'give --cache-from once for each of them');
test(refuses, 'type=s3,s3cret', 'from', '--cache-from has a part without "="', 'write each part as name=value');

test('any folder and attribute survive the way into CSV and back', t => {
	const name = fc
		.stringMatching(/^[a-z][a-z.-]{0,8}$/)
		.filter(text => !['type', 'src', 'tag', 'digest'].includes(text));
	fc.assert(
		fc.property(
			fc.string({minLength: 1}),
			fc.string({minLength: 1}),
			fc.dictionary(name, fc.string()),
			(dir, tag, rest) => {
				const attributes = {...rest};
				const spec: CacheSpec = {kind: 'local', dir, tag, attributes};
				t.deepEqual(parseCacheFlag(formatCacheSpec(spec, 'from'), 'from'), {kind: 'spec', spec});
			},
		),
	);
});

const shows = test.macro({
	exec(t, text: string, shown: string) {
		const parsed = parseCacheFlag(text, 'from');
		t.is(parsed.kind === 'spec' ? describeCacheSpec(parsed.spec, 'from') : parsed.message, shown);
	},
	title: (_, text: string) => `shown without secrets: ${text}`,
});

test(
	shows,
	'type=s3,bucket=b,region=r,access_key_id=AKIA,secret_access_key=s3cret,session_token=t0ken',
	'type=s3,bucket=b,region=r,access_key_id=***,secret_access_key=***,session_token=***',
);
test(shows, 'type=azblob,account_url=u,secret_access_key=s3cret', 'type=azblob,account_url=u,secret_access_key=***');
test(shows, 'type=gha,token=t0ken,scope=main', 'type=gha,token=***,scope=main');
test(shows, 'type=registry,ref=r.io/x', 'type=registry,ref=r.io/x');
