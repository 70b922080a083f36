import test from 'ava';
import {type NamedContext, sha256} from '../../analyzer/index.ts';
import {formatContextSpec, parseContextFlag} from '../../planner/context-flag.ts';
import {formatLayoutReference, parseLayoutReference} from '../../planner/images/layout-reference.ts';

const digest = sha256('x');

/** The name, what it stands for, and the flag for buildx, run from `/srv`. */
const reads = test.macro({
	exec(t, text: string, name: string, context: NamedContext, written: string = text) {
		const parsed = parseContextFlag(text);
		t.like(parsed, {kind: 'spec', spec: {name}});
		t.deepEqual(parsed.kind === 'spec' ? parsed.spec.context : parsed, context);
		t.is(parsed.kind === 'spec' ? formatContextSpec(parsed.spec, '/srv') : '', written);
	},
	title: (_, text: string) => `--build-context ${text}`,
});

test(reads, 'src=lib', 'src', {kind: 'folder'}, 'src=/srv/lib');
test(reads, 'src=/lib=2', 'src', {kind: 'folder'});
test(reads, 'src=C:\\lib', 'src', {kind: 'folder'}, 'src=/srv/C:\\lib');
test(reads, 'alpine=docker-image://alpine:3', 'alpine', {kind: 'image', reference: 'alpine:3'});
test(
	reads,
	'docker.io/library/alpine:latest=docker-image://a',
	'alpine',
	{kind: 'image', reference: 'a'},
	'alpine=docker-image://a',
);
test(reads, 'alpine:3=docker-image://scratch', 'alpine:3', {kind: 'scratch'});
test(
	reads,
	'base=oci-layout://dir:v1',
	'base',
	{kind: 'image', reference: 'oci-layout://dir:v1'},
	'base=oci-layout:///srv/dir:v1',
);
test(
	reads,
	`base=oci-layout://dir@${digest}`,
	'base',
	{kind: 'image', reference: `oci-layout://dir@${digest}`},
	`base=oci-layout:///srv/dir@${digest}`,
);
test(reads, 'x=https://u:secret@h/r.git#main', 'x', {kind: 'remote', location: 'https://h/r.git#main'});
test(reads, 'x=git@github.com:o/r', 'x', {kind: 'remote', location: 'git@github.com:o/r'});

const refuses = test.macro({
	exec(t, text: string, message: string, hint?: string) {
		t.deepEqual(parseContextFlag(text), {kind: 'invalid', message, ...(hint !== undefined && {hint})});
	},
	title: (_, text: string) => `--build-context "${text}" is refused`,
});

const forms = 'write NAME=FOLDER, NAME=docker-image://IMAGE or NAME=oci-layout://FOLDER:TAG';
test(refuses, 'src', '--build-context "src" has no value', forms);
test(refuses, 'src=', '--build-context "src=" has no value', forms);
test(
	refuses,
	'Src=.',
	'"Src" cannot be the name of a build context',
	'a name is that of a stage or an image, in lower case',
);
test(refuses, 'x=docker-image://A', 'invalid image reference "A": repository name must be lowercase');
test(refuses, 'x=oci-layout://:v1', '"oci-layout://:v1" names no folder', 'write oci-layout://FOLDER:TAG');
test(
	refuses,
	'x=target:y',
	'"target:y" is a target of a bake file',
	'build that image first, then name it with docker-image://',
);
test(refuses, 'x=dockerimage://a', '"dockerimage://" is no kind of build context', 'did you mean "docker-image"?');

const layout = test.macro({
	exec(t, text: string, dir: string, tag: string, written: string = text) {
		const parsed = parseLayoutReference(text);
		t.is(parsed.dir, dir);
		t.is(parsed.tag, tag);
		t.is(formatLayoutReference(parsed), written);
	},
	title: (_, text: string) => text,
});

test(layout, 'oci-layout://a', 'a', 'latest', 'oci-layout://a:latest');
test(layout, 'oci-layout:///a/b.c:v1', '/a/b.c', 'v1');
test(layout, 'oci-layout://a:b/c', 'a:b/c', 'latest', 'oci-layout://a:b/c:latest');
test(layout, `oci-layout://a:v1@${digest}`, 'a', 'v1', `oci-layout://a@${digest}`);
