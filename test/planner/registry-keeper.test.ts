import test from 'ava';
import {sha256} from '../../analyzer/index.ts';
import {anonymous} from '../../planner/images/credentials.ts';
import {createRegistryKeeper} from '../../planner/images/registry-keeper.ts';
import type {Handler} from '../helpers/http-server.ts';
import {reference, withServer} from '../helpers/registry-client.ts';

const keeper = createRegistryKeeper({credentials: anonymous, wait: async () => {}});

/** Answers one page after another; the header Link of each leads on to the next. */
function pages(lists: readonly unknown[], link: (page: number, host: string) => string | undefined): Handler {
	return (request, response) => {
		const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 0);
		const next = link(page + 1, request.headers.host ?? '');
		response
			.writeHead(200, {...(next !== undefined && {link: next})})
			.end(JSON.stringify({name: 'org/app', tags: lists[page % lists.length]}));
	};
}

test('pages are followed, by addresses that are relative or whole', async t => {
	const link = (page: number, host: string): string | undefined =>
		page === 1
			? '</v2/org/app/tags/list?page=1&n=2>; rel="next"'
			: page === 2
				? `<http://${host}/v2/org/app/tags/list?page=2>; title="x"; rel=next`
				: undefined;
	await withServer(pages([['a', 'b'], ['b', 'c'], ['d']], link), async ({host, requests}) => {
		t.deepEqual(await keeper.tags(reference(host)), {kind: 'tags', tags: ['a', 'b', 'c', 'd']});
		t.is(requests[0]?.url, '/v2/org/app/tags/list?n=1000');
		t.is(requests.length, 3);
	});
});

test('an empty list may be null', async t => {
	await withServer(
		pages([null], () => undefined),
		async ({host}) => {
			t.deepEqual(await keeper.tags(reference(host)), {kind: 'tags', tags: []});
		},
	);
});

const fails = test.macro(async (t, handle: Handler, reason: RegExp) => {
	await withServer(handle, async ({host}) => {
		const list = await keeper.tags(reference(host));
		t.is(list.kind, 'failed');
		t.regex(list.kind === 'failed' ? list.reason : '', reason);
	});
});
const answers =
	(status: number): Handler =>
	(_, response) => {
		response.writeHead(status).end('{}');
	};
test('no list', fails, answers(404), /does not list the tags of "org\/app" \(404\)/);
test('not allowed', fails, answers(405), /does not list the tags of "org\/app" \(405\)/);
test('no login', fails, answers(401), /does not know$|without a login/);
test('no rights', fails, answers(403), /docker login/);
test('broken', fails, answers(500), /answered 500/);
test(
	'no list in the answer',
	fails,
	(_, response) => {
		response.writeHead(200).end('{"tags": 7}');
	},
	/its answer is no list/,
);
test(
	'a page of another host is not asked for',
	fails,
	pages([['a']], () => '<http://127.0.0.2:9/v2/>; rel="next"'),
	/another host/,
);
test(
	'a list without an end',
	fails,
	pages([['a']], page => `</v2/org/app/tags/list?page=${page}>; rel="next"`),
	/the list has no end/,
);

const digest = sha256('manifest');
const deletes = test.macro(async (t, status: number, expected: unknown) => {
	await withServer(answers(status), async ({host, requests}) => {
		t.like(await keeper.deleteManifest(reference(host), digest), expected as object);
		t.is(`${requests[0]?.method} ${requests[0]?.url}`, `DELETE /v2/org/app/manifests/${digest}`);
	});
});
test('deleted', deletes, 202, {kind: 'removed'});
test('gone already', deletes, 404, {kind: 'missing'});
test('a registry that does not delete', deletes, 405, {kind: 'failed'});
