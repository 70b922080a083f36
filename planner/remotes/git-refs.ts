import type {GitVertex, RemoteRef, RemoteResult} from '../../analyzer/index.ts';
import {runChild} from '../engines/child-process.ts';

/**
 * Asks a repository with the program `git` for the ids of what a source names, as BuildKit does (source/git/source.go
 * resolveMetadataFromURL, getDefaultBranch). Never asks for a password; the user's own git configuration holds.
 */
export async function readGitRefs(
	{remote, ref}: Pick<GitVertex, 'remote' | 'ref'>,
	env: NodeJS.ProcessEnv,
	timeoutMs: number,
): Promise<RemoteResult> {
	const list = (...args: readonly string[]) => lsRemote(args, env, timeoutMs);
	const head = ref === '' ? await list('--symref', '--', remote, 'HEAD') : undefined;
	if (head?.kind === 'unresolved') {
		return head;
	}

	const name = head === undefined ? ref : /refs\/heads\/(\S+)/.exec(head.stdout)?.[1];
	if (name === undefined) {
		return {kind: 'unresolved', reason: 'it has no default branch'};
	}

	if (name.startsWith('-')) {
		return {kind: 'unresolved', reason: 'BuildKit takes no name that begins with "-"'};
	}

	const listed = await list('--', remote, name, `${name}^{}`);
	return listed.kind === 'unresolved' ? listed : {kind: 'refs', ref: name, lines: refLines(listed.stdout)};
}

type Listed =
	| {readonly kind: 'listed'; readonly stdout: string}
	| {readonly kind: 'unresolved'; readonly reason: string};

async function lsRemote(args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Listed> {
	const result = await runChild('git', ['ls-remote', ...args], {
		env: {
			...env,
			LC_ALL: 'C',
			GIT_TERMINAL_PROMPT: '0',
			GIT_ASKPASS: 'true',
			SSH_ASKPASS: 'true',
			GIT_SSH_COMMAND: env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes',
			GIT_ALLOW_PROTOCOL: 'http:https:git:ssh',
		},
		signal: AbortSignal.timeout(timeoutMs),
		patienceMs: 1000,
	});
	switch (result.kind) {
		case 'aborted': {
			return {kind: 'unresolved', reason: `it did not answer within ${timeoutMs / 1000} s`};
		}

		case 'broken': {
			return {kind: 'unresolved', reason: 'the program git is needed to ask it, and cannot be started'};
		}

		case 'ended': {
			return result.exitCode === 0
				? {kind: 'listed', stdout: result.stdout}
				: {kind: 'unresolved', reason: reasonOf(result.stderr)};
		}
	}
}

// What git says can hold the URL, and a login in it: it is sorted, not repeated.
function reasonOf(stderr: string): string {
	const [, reason] = reasons.find(([pattern]) => pattern.test(stderr)) ?? [];
	return reason ?? 'git cannot list its branches and tags';
}

const reasons: readonly (readonly [RegExp, string])[] = [
	[
		/Authentication failed|could not read (?:Username|Password)|Permission denied|access denied/i,
		'it asks for a login that git does not have',
	],
	[/not found|does not exist|does not appear to be a git repository/i, 'there is no such repository'],
	[/Could not resolve host/i, 'its name cannot be resolved; check the spelling and the network'],
	[/Connection refused|Failed to connect|Couldn't connect/i, 'it refuses the connection'],
	[/certificate|SSL/i, 'its certificate is not trusted'],
];

function refLines(stdout: string): readonly RemoteRef[] {
	return stdout.split('\n').flatMap(line => {
		const [id = '', name] = line.split('\t');
		return name === undefined ? [] : [{id, name}];
	});
}
