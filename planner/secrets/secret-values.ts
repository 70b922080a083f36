import {readFile, stat} from 'node:fs/promises';
import nodePath from 'node:path';
import type {Problem} from '../workspace.ts';
import type {SecretSpec} from './secret-flag.ts';

export type SecretValues =
	| {
			readonly kind: 'read';
			/** To be kept out of everything that is written. */
			readonly values: readonly string[];
			/** What is probably not meant, each in one sentence. */
			readonly warnings: readonly string[];
	  }
	| {readonly kind: 'failed'; readonly problem: Problem};

/** BuildKit session/secrets MaxSecretSize. */
const maxBytes = 500 * 1024;

/**
 * Reads secrets where buildx will read them, so that their values can be masked, and says what buildx would stumble over
 * only once it is under way: a file that is not there or too large.
 */
export async function readSecrets(
	specs: readonly SecretSpec[],
	{cwd, env}: {readonly cwd: string; readonly env: NodeJS.ProcessEnv},
): Promise<SecretValues> {
	const values: string[] = [];
	const warnings: string[] = [];
	for (const {id, source} of specs) {
		const name =
			source.kind === 'env' ? source.name : source.kind === 'by-id' && env[id] !== undefined ? id : undefined;
		if (name !== undefined) {
			values.push(env[name] ?? '');
			if (!env[name]) {
				warnings.push(`the secret "${id}" is empty: the variable ${name} is not set`);
			}

			continue;
		}

		const path = source.kind === 'file' ? source.path : id;
		const read = await readSecretFile(nodePath.resolve(cwd, path));
		if (typeof read !== 'string') {
			return {
				kind: 'failed',
				problem: {
					message: `the secret "${id}" cannot be read from "${path}": ${read.reason}`,
					hint: 'a path is relative to the current folder; a variable is named with env=',
				},
			};
		}

		values.push(read);
	}

	return {kind: 'read', values, warnings};
}

async function readSecretFile(path: string): Promise<string | {readonly reason: string}> {
	try {
		const {size} = await stat(path);
		return size > maxBytes ? {reason: 'it has more than 500 KiB'} : await readFile(path, 'utf8');
	} catch (error) {
		return {reason: error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be opened'};
	}
}
