import test from 'ava';
import {type Dialect, dialectOf, type Frontend, frontendOf, newestDialect, withFrontend} from '../../analyzer/index.ts';

type Expected = string | {readonly since: string; readonly isFloating?: boolean};

// Which source each release is of: tags dockerfile/1.N.0 and v0.M.0 of moby/buildkit hold the same files.
const frontends: readonly (readonly [text: string, expected: Expected])[] = [
	['FROM a', 'builtin'],
	['# syntax=docker/dockerfile:1', {since: '0.29', isFloating: true}],
	['# syntax=docker/dockerfile', {since: '0.29', isFloating: true}],
	['# syntax=docker/dockerfile:1-labs', {since: '0.29', isFloating: true}],
	['# syntax=docker.io/docker/dockerfile-upstream:master', {since: '0.29', isFloating: true}],
	['# syntax=docker/dockerfile:1.2', {since: '0.8'}],
	['# syntax=docker/dockerfile:1.4.3', {since: '0.10'}],
	['# syntax=docker/dockerfile:1.7-labs', {since: '0.13'}],
	['# syntax=docker/dockerfile:1.11', {since: '0.17'}],
	['# syntax=docker/dockerfile:1.26.0', {since: '0.29'}],
	[`# syntax=docker/dockerfile:1.7@sha256:${'a'.repeat(64)}`, {since: '0.13'}],
	[`# syntax=docker/dockerfile@sha256:${'a'.repeat(64)}`, 'unknown'],
	['# syntax=docker/dockerfile:1.0', 'unknown'],
	['# syntax=docker/dockerfile:experimental', 'unknown'],
	['# syntax=ghcr.io/docker/dockerfile:1', 'unknown'],
	['# syntax=mine/frontend:1', 'unknown'],
	['# syntax=A B', 'unknown'],
];

function shown(frontend: Frontend): Expected {
	return frontend.kind === 'dockerfile'
		? {since: frontend.dialect.since, ...(frontend.isFloating && {isFloating: true})}
		: frontend.kind;
}

for (const [text, expected] of frontends) {
	test(`frontend of ${text}`, t => {
		t.deepEqual(shown(frontendOf(`${text}\nFROM a\n`, new Map())), expected);
	});
}

test('BUILDKIT_SYNTAX beats the file', t => {
	const args = new Map([['BUILDKIT_SYNTAX', 'docker/dockerfile:1.7 option']]);
	t.deepEqual(shown(frontendOf('# syntax=mine/frontend\nFROM a\n', args)), {since: '0.13'});
});

const engine = (version: string): Dialect => dialectOf(version) ?? newestDialect;

test('vertices are the frontend’s, how keys are made of them the engine’s', t => {
	const newer = withFrontend(engine('0.13'), frontendOf('# syntax=docker/dockerfile:1.16\n', new Map()));
	t.like(newer, {since: '0.13', hasTargetStage: true, datesWorkdir: true, omitsZeroFields: false, ownerById: 'byID'});
	const older = withFrontend(engine('0.26'), frontendOf('# syntax=docker/dockerfile:1.4\n', new Map()));
	t.like(older, {since: '0.26', hasTargetStage: false, removesMountStubs: false, omitsZeroFields: true});
	// What an old engine does not know of is no part of its keys.
	t.false(withFrontend(engine('0.8'), frontendOf('# syntax=docker/dockerfile:1\n', new Map())).removesMountStubs);
	t.is(withFrontend(engine('0.13'), {kind: 'builtin'}), engine('0.13'));
});
