/** A commit, a build number, a time: what is another one in every build. */
const VOLATILE = new RegExp(
	`^(?:${[
		'(?:(?:GIT|VCS|CI|SOURCE|SRC|IMAGE|APP|BUILD|GITHUB|REPO|CURRENT|LAST|LATEST)_)?(?:COMMIT|SHA|REVISION)(?:_(?:SHA\\d*|HASH|ID|REF|DATE|TIME|TIMESTAMP|SHORT))?',
		'(?:GIT|VCS|BUILD|SOURCE)_(?:REF|REV|HASH|DESCRIBE|DIRTY)',
		'(?:CI_)?COMMIT_(?:SHORT_)?SHA',
		'SHORT_SHA|SHORT_COMMIT|COMMIT_SHORT',
		'BUILD_?(?:DATE|TIME|TIMESTAMP|NUMBER|NUM|ID|AT)|BUILT_AT|DATE_CREATED|CREATED|BUILDTIME|BUILDDATE',
		'CI_(?:PIPELINE|JOB|BUILD)_I?ID|GITHUB_RUN_(?:ID|NUMBER|ATTEMPT)|BUILDKITE_BUILD_NUMBER|CIRCLE_BUILD_NUM',
		'TIMESTAMP',
	].join('|')})$`,
);

/** Whether a variable's name says that each build sets another value. Names of versions do not: most pin something. */
export function isVolatileName(name: string): boolean {
	return VOLATILE.test(name === name.toLowerCase() ? name.toUpperCase() : name);
}

/** A default that is a real value and not a stand-in such as `unknown`: it pins something, whatever the name says. */
export function isFixedValue(value: string | undefined): boolean {
	const text = value?.replaceAll(/["']/g, '') ?? '';
	return /^[\da-f]{7,64}$/i.test(text) || /\d{4}-\d{2}/.test(text) || /^v?\d+\.\d+/.test(text) || text.includes('$');
}
