import test, {type ExecutionContext} from 'ava';
import {parseDevice} from '../../../analyzer/dockerfile/device.ts';
import {parseDuration, parseSize} from '../../../analyzer/dockerfile/go-values.ts';
import {parseHeredocWord} from '../../../analyzer/dockerfile/heredoc.ts';
import {type ExpandValue, parseMount} from '../../../analyzer/dockerfile/mount.ts';

const range = {start: {line: 1, column: 1}, end: {line: 1, column: 2}};

/** `$n` is a number, `$t` a type; anything else stays. */
const expand: ExpandValue = value => {
	const text = value.replace('$n', '7').replace('$t', 'cache');
	return text.includes('$') ? {kind: 'failed', message: 'unset'} : {kind: 'expanded', text};
};

const mounts = test.macro({
	exec(t: ExecutionContext, text: string, expected: object | string) {
		const result = parseMount({text, range}, expand);
		if (typeof expected === 'string') {
			t.is(result.kind === 'failed' ? result.message : result.kind, expected);
		} else {
			const mount = {type: 'bind', readonly: true, required: false, range, ...expected};
			t.deepEqual(result, {kind: 'parsed', mount});
		}
	},
	title: (_, text = '') => `mount ${text}`,
});

test(mounts, 'from=b,src=/s,dst=/t', {from: {text: 'b', range}, source: '/s', target: '/t'});
test(mounts, 'TYPE=Bind,rw,destination=/t', {readonly: false, target: '/t'});
test(mounts, 'target=/t,ro=0', {readonly: false, target: '/t'});
test(mounts, 'target=/t,readwrite=false', {target: '/t'});
test(mounts, 'type=$t,id=$n,uid=$n,mode=0755,gid=1', {
	type: 'cache',
	readonly: false,
	id: '7',
	uid: 7,
	gid: 1,
	mode: 0o755,
});
test(mounts, 'type=cache,sharing=Locked,target=/c,ro', {type: 'cache', sharing: 'locked', target: '/c'});
test(mounts, 'type=tmpfs,size=1.5k,target=/t', {type: 'tmpfs', readonly: false, size: 1536, target: '/t'});
test(mounts, 'type=secret,id=a,required,env=E', {type: 'secret', id: 'a', required: true, env: 'E'});
test(mounts, 'type=ssh,required=false', {type: 'ssh'});
test(mounts, '"target=/a,""b"""', {target: '/a,"b"'});
test(mounts, 'target=$x', 'unset');
test(mounts, '', 'the value is empty');
test(mounts, 'a"b', 'a double quote stands inside "a"b"');
test(mounts, '"a"b', 'a field in double quotes must end with a quote and a comma');
test(mounts, 'target', 'mount option "target" must be a key=value pair');
test(mounts, 'tagret=/x', 'unknown mount option "tagret"');
test(mounts, 'type=nfs', 'unsupported mount type "nfs"');
test(mounts, 'sharing=own', 'unsupported sharing value "own"');
test(mounts, 'required,type=secret,id=a', 'unexpected option "required" for mount type "bind"');
test(mounts, 'size=1', 'unexpected option "size" for mount type "bind"');
test(mounts, 'type=cache,mode=9', 'invalid value "9" for mount option "mode"');
test(mounts, 'type=cache,uid=4294967296', 'invalid value "4294967296" for mount option "uid"');
test(mounts, 'ro=maybe', 'invalid value "maybe" for mount option "ro"');
test(mounts, 'type=bind,uid=1', '"uid" is not allowed for mounts of type "bind"');
test(mounts, 'type=bind,sharing=shared', '"sharing" is not allowed for mounts of type "bind"');
test(mounts, 'type=secret', 'a secret mount needs "id", "source" or "target"');
test(mounts, 'type=secret,id=a,src=b', 'a secret mount cannot have both "source" and "id"');
test(mounts, 'type=secret,id=a,from=b', 'a secret mount cannot have "from"');
test(mounts, 'type=secret,id=a,sharing=shared', 'a secret mount cannot have "sharing"');

test('devices', t => {
	const parsed = (name: string, required: boolean) => ({kind: 'parsed', device: {name, required}});
	t.deepEqual(parseDevice('v/c=x,required'), parsed('v/c=x', true));
	t.deepEqual(parseDevice('name=v/c=x,required=false'), parsed('v/c=x', false));
	t.like(parseDevice('v/c=x,name=y'), {kind: 'failed', message: 'the device name is already "v/c=x"'});
	t.like(parseDevice('v/c=x,requird=1'), {kind: 'failed', hint: 'did you mean "required"?'});
	t.is(parseDevice('v,required=x').kind, 'failed');
});

const MINUTE = 60e9;

test('durations in nanoseconds', t => {
	const rows: readonly (readonly [string, number | undefined])[] = [
		['0', 0],
		['-0', 0],
		['5s', 5e9],
		['1m30s', 1.5 * MINUTE],
		['.5m', MINUTE / 2],
		['1.5h', 90 * MINUTE],
		['-2ms', -2e6],
		['3\u00b5s', 3000],
		['5', undefined],
		['', undefined],
		['.s', undefined],
		['1h2', undefined],
		['1 s', undefined],
		['9999999h', undefined],
	];
	for (const [text, expected] of rows) {
		t.is(Math.abs(parseDuration(text) ?? Number.NaN), Math.abs(expected ?? Number.NaN), text);
	}

	t.is(parseDuration('-2ms'), -2e6);
});

test('sizes in bytes', t => {
	const rows: readonly (readonly [string, number | undefined])[] = [
		['32', 32],
		['32b', 32],
		['1k', 1024],
		['1 KiB', 1024],
		['1.5MB', 1.5 * 1024 ** 2],
		['1e3', 1000],
		['2p', 2 * 1024 ** 5],
		['-1', undefined],
		['1ib', undefined],
		['1ki', undefined],
		['1kbb', undefined],
		['b', undefined],
		['', undefined],
	];
	for (const [text, expected] of rows) {
		t.is(parseSize(text), expected, text);
	}
});

test('heredoc words', t => {
	const word = (name: string, more: object = {}) => ({
		kind: 'heredoc',
		heredoc: {name, fileDescriptor: 0, expand: true, chomp: false, ...more},
	});
	t.deepEqual(parseHeredocWord('<<EOF'), word('EOF'));
	t.deepEqual(parseHeredocWord('3<<- "E"'), word('E', {fileDescriptor: 3, chomp: true, expand: false}));
	t.deepEqual(parseHeredocWord("<<eo\\'f"), word("eo'f"));
	t.deepEqual(parseHeredocWord('<<$x'), word('$x'));
	for (const text of ['<<', 'a<<EOF', '<<<EOF', '<<a b', '<<""', 'EOF']) {
		t.deepEqual(parseHeredocWord(text), {kind: 'none'}, text);
	}

	t.is(parseHeredocWord("<<'a").kind, 'failed');
});
