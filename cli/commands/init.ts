import nodePath from 'node:path';
import {type CiProject, shellWord} from '../ci-config/ci-project.ts';
import {circleciConfig} from '../ci-config/circleci.ts';
import {githubConfig} from '../ci-config/github.ts';
import {gitlabConfig} from '../ci-config/gitlab.ts';
import {exitCode} from '../exit-code.ts';
import type {CommandContext} from './command-context.ts';

/** The arguments of `init`, as commander hands them over. */
export interface InitFlags {
	readonly ci: 'circleci' | 'github' | 'gitlab';
	readonly file?: string;
	readonly defaultBranch: string;
}

const configs = {circleci: circleciConfig, github: githubConfig, gitlab: gitlabConfig} as const;

/** `cachecast init`: a configuration for a CI, on stdout. Reads and writes nothing. */
export function runInit(
	context: string,
	{ci, file, defaultBranch}: InitFlags,
	version: string,
	{fail, streams}: CommandContext,
): number {
	// It becomes part of keys and of YAML; git allows more, but hardly anybody uses it.
	if (!/^[A-Za-z0-9][\w./+-]*$/.test(defaultBranch)) {
		return fail({
			message: `"${defaultBranch}" cannot be written into the configuration as a branch`,
			hint: 'give a branch of letters, digits and . _ / + -',
		});
	}

	const paths = [context, file ?? ''];
	if (paths.some(path => /[\p{Cc}]/u.test(path) || path === '-')) {
		return fail({message: 'the context and the Dockerfile must be paths', hint: 'a CI has no standard input to read'});
	}

	if (paths.some(path => nodePath.isAbsolute(path))) {
		return fail({
			message: 'a path of this machine means nothing in a CI',
			hint: 'give the paths as seen from the root of the repository',
		});
	}

	const dockerfile = nodePath.posix.normalize(file ?? nodePath.posix.join(context, 'Dockerfile'));
	const project: CiProject = {
		words: [shellWord(context), ...(file === undefined ? [] : ['-f', shellWord(file)])].join(' '),
		name: dockerfile,
		defaultBranch,
		version,
	};
	streams.out(configs[ci](project));
	return exitCode.ok;
}
