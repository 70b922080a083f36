import test from 'ava';
import {parseDockerfile} from '../../analyzer/index.ts';
import type {CacheSpec} from '../../planner/caches/cache-source.ts';
import {clashesWithInlineCache} from '../../planner/inline-cache-argument.ts';

const stages: CacheSpec = {kind: 'stages', ref: 'app', attributes: {}};
const inline: CacheSpec = {kind: 'inline', attributes: {}};
const registry: CacheSpec = {kind: 'registry', ref: 'app:cache', attributes: {}};

const clash = test.macro({
	exec(t, text: string, cacheTo: readonly CacheSpec[], expected: boolean) {
		const parsed = parseDockerfile({path: 'Dockerfile', text});
		t.is(parsed.kind, 'parsed');
		t.is(parsed.kind === 'parsed' && clashesWithInlineCache(parsed.dockerfile, cacheTo), expected);
	},
	title: (_, text: string, cacheTo: readonly CacheSpec[]) =>
		`${JSON.stringify(text)} to ${cacheTo.map(({kind}) => kind)}`,
});

test(clash, 'FROM scratch\nARG BUILDKIT_INLINE_CACHE\n', [stages], true);
test(clash, 'FROM scratch\nARG A B BUILDKIT_INLINE_CACHE=0\n', [registry, inline], true);
test(clash, 'ARG BUILDKIT_INLINE_CACHE\nFROM scratch\n', [stages], true);
test(clash, 'FROM scratch\nARG BUILDKIT_INLINE_CACHE\n', [registry], false);
test(clash, 'FROM scratch\nARG OTHER\nENV BUILDKIT_INLINE_CACHE=1\n', [stages], false);
