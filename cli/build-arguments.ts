/**
 * `--build-arg NAME=value`, or `NAME` alone for its value in the environment; unset names are left out, as by docker.
 * SOURCE_DATE_EPOCH of the environment is a build argument too: buildx hands it on, and it is part of every WORKDIR.
 */
export function buildArguments(flags: readonly string[], env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
	const values = new Map<string, string>();
	if (env['SOURCE_DATE_EPOCH']) {
		values.set('SOURCE_DATE_EPOCH', env['SOURCE_DATE_EPOCH']);
	}

	for (const flag of flags) {
		const at = flag.indexOf('=');
		const name = at === -1 ? flag : flag.slice(0, at);
		const value = at === -1 ? env[name] : flag.slice(at + 1);
		if (value !== undefined) {
			values.set(name, value);
		}
	}

	return values;
}
