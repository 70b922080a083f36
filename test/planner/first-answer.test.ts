import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {firstAnswerFetch} from '../../planner/images/first-answer.ts';
import {describeFailure} from '../../planner/images/http-failure.ts';
import type {Fetch, FetchResponse} from '../../planner/images/http-request.ts';

const ok: FetchResponse = {status: 200, headers: {get: () => null}, body: null};

/** A fetch that begins its answer to each path after so many milliseconds; `/never` only ends with its signal. */
function slowFetch(): {readonly fetch: Fetch; readonly asked: string[]} {
	const asked: string[] = [];
	const fetch: Fetch = async (url, {signal}) => {
		asked.push(`${url.host}${url.pathname}`);
		const ms = url.pathname === '/never' ? 60_000 : Number(url.pathname.slice(1));
		await setTimeout(ms, undefined, {signal});
		return ok;
	};
	return {fetch, asked};
}

/** The clock stands still unless it is turned, so that only the order of things decides. */
function patient(fetch: Fetch, firstAnswerMs = 100) {
	let clock = 0;
	const limited = firstAnswerFetch(fetch, {firstAnswerMs, pauseMs: 1000, now: () => clock});
	return {
		turn: (ms: number) => {
			clock += ms;
		},
		ask: async (place: string, body?: string): Promise<string> => {
			const init = {method: 'GET', headers: {}, redirect: 'manual', signal: new AbortController().signal} as const;
			try {
				const {status} = await limited(new URL(`http://${place}`), {...init, ...(body !== undefined && {body})});
				return String(status);
			} catch (error) {
				return describeFailure(error).problem;
			}
		},
	};
}

const silence = 'it did not answer within 0.1 s';

test('a host that does not answer is waited for once, until a pause is over', async t => {
	const {fetch, asked} = slowFetch();
	const {ask, turn} = patient(fetch);
	t.is(await ask('dead/never'), silence);
	t.is(await ask('dead/0'), silence);
	t.is(await ask('dead/0', 'body'), silence);
	t.is(await ask('alive/0'), '200');
	t.deepEqual(asked, ['dead/never', 'alive/0']);
	turn(1000);
	t.is(await ask('dead/0'), '200');
});

test('a host that has answered may take longer', async t => {
	const {fetch} = slowFetch();
	const {ask} = patient(fetch, 50);
	t.is(await ask('host/0'), '200');
	t.is(await ask('host/200'), '200');
	const {ask: first} = patient(fetch, 50);
	// The first answer comes while the second request waits.
	t.deepEqual(await Promise.all([first('other/10'), first('other/200')]), ['200', '200']);
});

test('an upload has its own time', async t => {
	const {fetch} = slowFetch();
	const {ask} = patient(fetch, 50);
	t.is(await ask('host/200', 'body'), '200');
});

test("a request's own end is no silence", async t => {
	const {fetch, asked} = slowFetch();
	const limited = firstAnswerFetch(fetch);
	const init = {method: 'GET', headers: {}, redirect: 'manual'} as const;
	await t.throwsAsync(limited(new URL('http://host/never'), {...init, signal: AbortSignal.timeout(20)}));
	const {status} = await limited(new URL('http://host/0'), {...init, signal: new AbortController().signal});
	t.is(status, 200);
	t.is(asked.length, 2);
});
