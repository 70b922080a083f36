import type {Problem} from '../workspace.ts';
import type {RunGit} from './git-command.ts';
import {isShallow, unshallow} from './shallow.ts';

export type BaseOfChange =
	| {readonly kind: 'base'; readonly revision: string; readonly name: string}
	| {readonly kind: 'failed'; readonly problem: Problem};

// The branch that a pull request is meant for, as each CI tells it.
const targetBranches = [
	'GITHUB_BASE_REF',
	'CI_MERGE_REQUEST_TARGET_BRANCH_NAME',
	'BUILDKITE_PULL_REQUEST_BASE_BRANCH',
	'BITBUCKET_PR_DESTINATION_BRANCH',
	'SYSTEM_PULLREQUEST_TARGETBRANCH',
	'CHANGE_TARGET',
];

/**
 * Where the change at hand begins. In a CI: the merge base with the branch that a pull request is meant for, else with the
 * default branch (CircleCI tells no target); on the default branch itself the commit before. Elsewhere HEAD, so that the
 * change is what is not committed.
 */
export function baseOfChange(git: RunGit, env: NodeJS.ProcessEnv): BaseOfChange {
	const target = targetBranches.map(name => env[name]).find(value => value !== undefined && value !== '');
	if (target !== undefined) {
		return mergeBase(git, target.replace(/^refs\/heads\//, ''));
	}

	if (!env['CI']) {
		return {kind: 'base', revision: 'HEAD', name: 'HEAD'};
	}

	const head = git(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
	const fallback = ['main', 'master'].find(name => resolves(git, `refs/remotes/origin/${name}`));
	const branch =
		head.kind === 'ok'
			? head.stdout
					.toString()
					.trim()
					.replace(/^origin\//, '')
			: fallback;
	if (branch === undefined) {
		return failed('the default branch is not in this clone', 'name a revision: --since REVISION');
	}

	const base = mergeBase(git, branch);
	return base.kind === 'base' && base.revision === textOf(git(['rev-parse', 'HEAD']))
		? {kind: 'base', revision: 'HEAD^1', name: 'HEAD^1'}
		: base;
}

function mergeBase(git: RunGit, branch: string): BaseOfChange {
	const ref = [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`].find(one => resolves(git, one));
	if (ref === undefined) {
		return failed(
			`the branch "${branch}" is not in this clone`,
			`fetch it: git fetch origin ${branch}:refs/remotes/origin/${branch}`,
		);
	}

	const base = textOf(git(['merge-base', 'HEAD', ref]));
	return base === undefined
		? failed(
				`this clone does not have the commit that HEAD and "${branch}" have in common`,
				isShallow(git) ? unshallow : 'name a revision: --since REVISION',
			)
		: {kind: 'base', revision: base, name: `the merge base with ${branch}`};
}

function resolves(git: RunGit, ref: string): boolean {
	return git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).kind === 'ok';
}

function textOf(output: ReturnType<RunGit>): string | undefined {
	return output.kind === 'ok' ? output.stdout.toString().trim() : undefined;
}

function failed(message: string, hint: string): BaseOfChange {
	return {kind: 'failed', problem: {message, hint}};
}
