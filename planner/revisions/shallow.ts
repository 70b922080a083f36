import type {RunGit} from './git-command.ts';

/** The hint for a clone that has only the newest commits. */
export const unshallow = 'fetch what it leaves out: git fetch --unshallow (actions/checkout: fetch-depth: 0)';

/** Whether a clone has only the newest commits. */
export function isShallow(git: RunGit): boolean {
	const answer = git(['rev-parse', '--is-shallow-repository']);
	return answer.kind === 'ok' && answer.stdout.toString().trim() === 'true';
}
