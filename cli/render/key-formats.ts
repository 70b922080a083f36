import type {KeyOfCache} from '../../planner/index.ts';

export type KeyFormat = 'plain' | 'github' | 'circleci' | 'gitlab' | 'json';

/** Version of the JSON, raised when a field changes its meaning or goes away. */
const keySchemaVersion = 1;

/**
 * A key as a CI takes it, with a newline at the end.
 *
 * - `plain`: the key, then the fallbacks, one a line.
 * - `github`: lines for $GITHUB_OUTPUT, read as `steps.ID.outputs.key` and `outputs.restore-keys`
 *   (docs.github.com, workflow commands: multiline strings).
 * - `circleci`: the key alone, to be written to a file: keys of CircleCI are templates that cannot use what a job computes,
 *   but the `checksum` of a file. Fallbacks are templates too (circleci.com/docs/caching).
 * - `gitlab`: NAME=value lines, to be sourced by the job's script or handed on by `artifacts:reports:dotenv`.
 */
export function renderKey(result: KeyOfCache, format: KeyFormat): string {
	const {key, fallbacks} = result;
	switch (format) {
		case 'plain': {
			return lines([key, ...fallbacks]);
		}

		case 'github': {
			return lines([`key=${key}`, 'restore-keys<<CACHECAST', ...fallbacks, 'CACHECAST']);
		}

		case 'circleci': {
			return lines([key]);
		}

		case 'gitlab': {
			return lines([
				`CACHECAST_KEY=${key}`,
				...fallbacks.map((fallback, index) => `CACHECAST_FALLBACK_${index + 1}=${fallback}`),
			]);
		}

		case 'json': {
			return `${JSON.stringify(keyJson(result), undefined, '\t')}\n`;
		}
	}
}

function keyJson({key, fallbacks, name, platform, dialect, hash, open}: KeyOfCache): unknown {
	return {
		schemaVersion: keySchemaVersion,
		key,
		fallbacks,
		name,
		platform,
		dialect: {since: dialect.dialect.since, by: dialect.by},
		hash,
		isCertain: open.length === 0,
		open,
	};
}

function lines(all: readonly string[]): string {
	return all.map(line => `${line}\n`).join('');
}
