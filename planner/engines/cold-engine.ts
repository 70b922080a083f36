import type {Engine} from './engine.ts';

/**
 * An engine that builds once more, without caches, where one promised a layer that then cannot be had: BuildKit takes a
 * record as soon as it has read the cache's config, fetches its layers when a step needs them, and by then only fails.
 */
export function coldEngine(engine: Engine): Engine {
	return {
		...engine,
		async build(request, onEvent, signal) {
			const outcome = await engine.build(request, onEvent, signal);
			if (outcome.kind !== 'failed' || request.cacheFrom.length === 0 || !isUnreadable(outcome.message)) {
				return outcome;
			}

			const reason = outcome.message.split('\n')[0] ?? '';
			onEvent({
				kind: 'message',
				text: `WARNING: what the build fetches cannot be read; building once more without caches: ${reason}`,
			});
			onEvent({kind: 'restart'});
			return engine.build({...request, cacheFrom: []}, onEvent, signal);
		},
	};
}

/**
 * Whether a build failed because content could not be read: the words of containerd (core/remotes/docker
 * httpreadseeker.go and fetcher.go, plugins/content/local/writer.go), which base images share. What cannot be written has others.
 */
export function isUnreadable(message: string): boolean {
	return unreadablePatterns.some(pattern => pattern.test(message));
}

const unreadablePatterns: readonly RegExp[] = [
	/httpReadSeeker: /,
	/could not fetch content descriptor/,
	/short read: expected \d+ bytes but got \d+/,
	/unexpected commit digest|failed size validation/,
];
