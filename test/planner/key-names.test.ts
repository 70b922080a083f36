import test from 'ava';
import fc from 'fast-check';
import {ciKey, slug} from '../../planner/ci/key-names.ts';

const hash = 'a'.repeat(64);
const parts = {name: 'Dockerfile', platform: 'linux/amd64', hash};
const prefix = 'cachecast-v1-Dockerfile-linux_amd64-';

test('without a branch: the hash, then the newest of the Dockerfile', t => {
	t.deepEqual(ciKey(parts), {key: `${prefix}${hash}`, fallbacks: [prefix]});
});

test('on a branch: the same content of the default branch, the branch, the default branch, any', t => {
	t.deepEqual(ciKey({...parts, branches: {current: 'feature', default: 'main'}}), {
		key: `${prefix}feature-${hash}`,
		fallbacks: [`${prefix}main-${hash}`, `${prefix}feature-`, `${prefix}main-`, prefix],
	});
});

test('on the default branch', t => {
	t.deepEqual(ciKey({...parts, branches: {current: 'main', default: 'main'}}), {
		key: `${prefix}main-${hash}`,
		fallbacks: [`${prefix}main-`, prefix],
	});
});

test('where something new cannot be ruled out, what is known alike comes first', t => {
	t.deepEqual(ciKey({...parts, nonce: '0f'}), {key: `${prefix}${hash}.0f`, fallbacks: [`${prefix}${hash}`, prefix]});
});

const names = test.macro({
	exec(t, text: string, expected: string | RegExp) {
		if (typeof expected === 'string') {
			t.is(slug(text), expected);
		} else {
			t.regex(slug(text), expected);
		}
	},
	title: (_, text: string) => `slug: ${text.slice(0, 40)}`,
});

test(names, 'main', 'main');
test(names, 'linux/arm/v7', 'linux_arm_v7');
test(names, 'feature/login', /^feature_login\.[0-9a-f]{6}$/);
test(names, 'feature-login', /^feature_login\.[0-9a-f]{6}$/);
test(names, 'übung', /^_bung\.[0-9a-f]{6}$/);
test(names, 'a'.repeat(300), /^a{73}\.[0-9a-f]{6}$/);

test('every key is one that GitHub, CircleCI and GitLab take', t => {
	const text = fc.string({unit: 'grapheme', maxLength: 400});
	fc.assert(
		fc.property(text, text, text, text, (name, platform, current, standard) => {
			const {key, fallbacks} = ciKey({
				name,
				platform,
				hash,
				nonce: 'f'.repeat(16),
				branches: {current, default: standard},
			});
			for (const one of [key, ...fallbacks]) {
				t.regex(one, /^[A-Za-z0-9._-]{1,360}$/);
			}

			t.is(key.split('-').length, 6);
		}),
	);
});

test('the beginning of one branch never matches another', t => {
	const branch = fc.string({unit: fc.constantFrom('a', 'b', '-', '/', '_', '.'), minLength: 1, maxLength: 4});
	fc.assert(
		fc.property(branch, branch, (one, other) => {
			const fallback = ciKey({...parts, branches: {current: one, default: one}}).fallbacks[0] ?? '';
			const {key} = ciKey({...parts, branches: {current: other, default: other}});
			t.is(key.startsWith(fallback), one === other);
		}),
	);
});
