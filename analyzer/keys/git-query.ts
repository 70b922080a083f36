/** What stands in the fragment and in the query of a git URL. */
export interface GitQuery {
	readonly ref: string;
	readonly subdir: string;
	readonly checksum: string;
	readonly keepGitDir?: boolean;
	readonly submodules?: boolean;
	readonly fetchByCommit?: boolean;
}

type GitQueryResult =
	| {readonly kind: 'query'; readonly query: GitQuery}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint?: string};

const flags = {
	'keep-git-dir': 'keepGitDir',
	submodules: 'submodules',
	'fetch-by-commit': 'fetchByCommit',
} as const;

const names = ['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'mtime', ...Object.keys(flags)];

/** Adds a query's options to those of the fragment (BuildKit frontend/dockerfile/dfgitutil/git_ref.go loadQuery). */
export function readGitQuery(params: URLSearchParams, fragment: GitQuery): GitQueryResult {
	const values = new Map<string, string>();
	for (const name of new Set(params.keys())) {
		const [value = '', ...others] = params.getAll(name);
		if (!names.includes(name)) {
			return invalid(`a git URL has no option "${name}"`, `its options are ${names.join(', ')}`);
		}

		if (others.length > 0 || (value === '' && !(name in flags))) {
			return invalid(`the option "${name}" of a git URL needs one value`);
		}

		values.set(name, value);
	}

	return combine(values, fragment);
}

function combine(values: ReadonlyMap<string, string>, fragment: GitQuery): GitQueryResult {
	let query: GitQuery = fragment;
	for (const [name, field] of Object.entries(flags)) {
		const text = values.get(name);
		const value = text === '' ? true : parseBool(text);
		if (text !== undefined && value === undefined) {
			return invalid(`"${text}" is no value for the option "${name}" of a git URL`, 'write true or false');
		}

		query = value === undefined ? query : {...query, [field]: value};
	}

	const tag = prefixed('refs/tags/', values.get('tag'));
	const branch = prefixed('refs/heads/', values.get('branch'));
	const refs = new Set([fragment.ref, values.get('ref'), tag, branch].filter(one => one !== undefined && one !== ''));
	const subdirs = new Set([fragment.subdir, values.get('subdir')].filter(one => one !== undefined && one !== ''));
	if (refs.size > 1 || subdirs.size > 1) {
		return invalid(`a git URL names two ${refs.size > 1 ? 'references' : 'folders'}`);
	}

	const [ref = ''] = refs;
	const [subdir = ''] = subdirs;
	// With both names given Go takes the one it happens to meet last.
	return {
		kind: 'query',
		query: {...query, ref, subdir, checksum: values.get('checksum') ?? values.get('commit') ?? ''},
	};
}

function prefixed(prefix: string, name: string | undefined): string | undefined {
	return name === undefined || name.startsWith(prefix) ? name : `${prefix}${name}`;
}

// Go strconv.ParseBool.
function parseBool(text: string | undefined): boolean | undefined {
	if (text === undefined) {
		return undefined;
	}

	return /^(?:1|t|T|TRUE|true|True)$/.test(text)
		? true
		: /^(?:0|f|F|FALSE|false|False)$/.test(text)
			? false
			: undefined;
}

function invalid(message: string, hint?: string): GitQueryResult {
	return {kind: 'invalid', message, ...(hint !== undefined && {hint})};
}
