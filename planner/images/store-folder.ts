import path from 'node:path';

/** What decides where the store is. */
export interface StorePlace {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly homeDir: string;
	readonly os: NodeJS.Platform;
}

/**
 * The folder for what is kept of registries: CACHECAST_CACHE_DIR, else `cachecast` where programs keep such things on
 * this system (XDG Base Directory Specification; `~/Library/Caches`; `%LOCALAPPDATA%`).
 */
export function storeFolder({env, homeDir, os}: StorePlace): string {
	const own = env['CACHECAST_CACHE_DIR'];
	if (own) {
		return own;
	}

	switch (os) {
		case 'darwin':
			return path.join(homeDir, 'Library', 'Caches', 'cachecast');
		case 'win32':
			return path.join(env['LOCALAPPDATA'] || path.join(homeDir, 'AppData', 'Local'), 'cachecast', 'cache');
		default: {
			const xdg = env['XDG_CACHE_HOME'] ?? '';
			// A relative path there counts as none, the specification says.
			return path.join(path.isAbsolute(xdg) ? xdg : path.join(homeDir, '.cache'), 'cachecast');
		}
	}
}
