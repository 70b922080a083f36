import {SilentHostError} from './http-failure.ts';
import type {Fetch} from './http-request.ts';

export interface FirstAnswerLimits {
	/** How long a host that has not answered yet may take to begin an answer, connecting included. */
	readonly firstAnswerMs: number;
	/** How long a host that did not is not asked again. */
	readonly pauseMs: number;
	readonly now: () => number;
}

/** A registry asks for a login or gives a manifest at once; one that is alive may take its time later. */
const usual: FirstAnswerLimits = {firstAnswerMs: 10_000, pauseMs: 60_000, now: () => performance.now()};

/**
 * A fetch that waits once for a host that does not answer at all, as behind a firewall that drops packets: a plan asks a
 * registry for every base image and cache, and each request would wait in turn. A host that has answered before has the
 * time of its request, and so has what is uploaded.
 */
export function firstAnswerFetch(fetch: Fetch, limits: FirstAnswerLimits = usual): Fetch {
	const {firstAnswerMs, pauseMs, now} = limits;
	const answered = new Set<string>();
	const silent = new Map<string, number>();
	return async (url, init) => {
		const {host} = url;
		if (now() < (silent.get(host) ?? 0)) {
			throw new SilentHostError(firstAnswerMs);
		}

		const patience = new AbortController();
		const isLimited = !answered.has(host) && init.body === undefined;
		const giveUp = (): void => {
			if (!answered.has(host)) {
				patience.abort();
			}
		};
		const timer = isLimited ? setTimeout(giveUp, firstAnswerMs) : undefined;
		try {
			const signal = AbortSignal.any([init.signal, patience.signal]);
			const response = await fetch(url, isLimited ? {...init, signal} : init);
			answered.add(host);
			return response;
		} catch (error) {
			if (!patience.signal.aborted) {
				throw error;
			}

			silent.set(host, now() + pauseMs);
			throw new SilentHostError(firstAnswerMs);
		} finally {
			clearTimeout(timer);
		}
	};
}
