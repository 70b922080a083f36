import type {GraphRule} from '../rule.ts';
import {fetchOf} from '../shell/fetches.ts';
import {runsOf} from '../stage-runs.ts';

/** A secret's value is no part of the key, so neither is what it opens the door to. */
export const cacheSecretStale: GraphRule = {
	kind: 'graph',
	name: 'cache/secret-stale',
	severity: 'info',
	summary: 'What is fetched with a secret should have a version in the command',
	*check({graph}) {
		for (const stage of graph.stages) {
			for (const {run, commands} of runsOf(graph, stage)) {
				const secret = run.mounts.find(({type}) => type === 'secret');
				const fetch = commands
					.flatMap(command => fetchOf(command) ?? [])
					.find(({kind, sources}) => kind !== 'clone' && sources.every(({text}) => !isVersioned(text)));
				if (secret !== undefined && fetch !== undefined) {
					yield {
						message: `a new secret, or new content behind it, does not change the key: "${fetch.command.name}" is cached`,
						range: secret.range,
						hint: 'name a version or digest in the command, or give an ARG that changes when the content does',
						notes: [{message: 'fetched here', range: fetch.command.range}],
					};
				}
			}
		}
	},
};

/** A number of a version, a long digest, or a variable that may hold one. */
function isVersioned(url: string): boolean {
	return /\d+\.\d+|[\da-f]{12,}|\$/.test(url.replace(/^[a-z\d]+:\/\/[^/]*/, ''));
}
