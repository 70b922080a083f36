/**
 * Go's `path` package, which BuildKit uses for every path inside an image. Node's `posix` functions
 * differ where it shows in a key: they keep trailing slashes and return '.' in other cases.
 */

/** Go `path.Clean`: the shortest equivalent path, without a trailing slash; '' becomes '.'. */
export function cleanPath(path: string): string {
	const rooted = path.startsWith('/');
	const out: string[] = [];
	for (const part of path.split('/')) {
		if (part === '' || part === '.') {
			continue;
		}

		if (part !== '..') {
			out.push(part);
		} else if (out.length > 0 && out.at(-1) !== '..') {
			out.pop();
		} else if (!rooted) {
			out.push('..');
		}
	}

	const joined = out.join('/');
	if (rooted) {
		return `/${joined}`;
	}

	return joined === '' ? '.' : joined;
}

/** Go `path.Join`: empty elements are ignored, the result is cleaned. */
export function joinPath(...parts: readonly string[]): string {
	const filled = parts.filter(part => part !== '');
	return filled.length === 0 ? '' : cleanPath(filled.join('/'));
}

/** Go `path.Base`: the last element; '.' for '', '/' for the root. */
export function basePath(path: string): string {
	if (path === '') {
		return '.';
	}

	let end = path.length;
	while (path[end - 1] === '/') {
		end--;
	}

	return end === 0 ? '/' : path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

/** Keeps what `path.Clean` drops from a destination: a trailing `/` or `/.` (BuildKit client/llb/fileop.go normalizePath). */
export function normalizeDestination(parent: string, path: string): string {
	const cleaned = cleanPath(path);
	const absolute = cleaned.startsWith('/') ? cleaned : joinPath('/', parent, cleaned);
	if (path.endsWith('/') && !absolute.endsWith('/')) {
		return `${absolute}/`;
	}

	if (path.endsWith('/.')) {
		return absolute === '/' ? '/.' : `${absolute}/.`;
	}

	return absolute;
}
