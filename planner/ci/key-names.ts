import {createHash} from 'node:crypto';

/** What a key is made of. */
export interface KeyParts {
	/** Which of a project's Dockerfiles it is. */
	readonly name: string;
	/** `linux/amd64`. */
	readonly platform: string;
	readonly hash: string;
	/** Makes the key one that was never used; given where it cannot be known that nothing is new. */
	readonly nonce?: string;
	/** For a CI that does not keep the caches of branches apart by itself. */
	readonly branches?: Branches;
}

export interface Branches {
	readonly current: string;
	readonly default: string;
}

/** A key and what to look for, in this order, where there is no cache of that key. */
export interface CiKey {
	readonly key: string;
	/** Beginnings of keys; of the caches that match one the newest is meant. Those that end in a hash may be whole keys. */
	readonly fallbacks: readonly string[];
}

/**
 * `cachecast-v1-NAME-PLATFORM-[BRANCH-]HASH`. `-` stands only between parts, so that no beginning of one part matches
 * another. At most 360 characters without commas or slashes: GitHub takes 512 and no commas (actions/toolkit
 * packages/cache checkKey), CircleCI 900, GitLab no slashes.
 *
 * Without a branch the same layers have one key on all branches. With one, a branch that has nothing of its own falls
 * back to the default branch: first to a cache of the very same content, then to the newest.
 */
export function ciKey({name, platform, hash, nonce, branches}: KeyParts): CiKey {
	const prefix = `cachecast-v1-${slug(name)}-${slug(platform)}-`;
	const own = branches === undefined ? prefix : `${prefix}${slug(branches.current)}-`;
	const others =
		branches === undefined || branches.current === branches.default ? [] : [`${prefix}${slug(branches.default)}-`];
	const places = [own, ...others];
	const key = nonce === undefined ? `${own}${hash}` : `${own}${hash}.${nonce}`;
	return {
		key,
		fallbacks: [
			...new Set([...places.map(place => `${place}${hash}`).filter(exact => exact !== key), ...places, prefix]),
		],
	};
}

/** At most 80 letters, digits, dots and underscores; what differs before differs after, by six digits of its hash. */
export function slug(text: string): string {
	const plain = text.replace(/[^A-Za-z0-9.]/g, '_').slice(0, 73);
	const isSame = plain === text || /^linux\/[a-z0-9]+(?:\/v\d+)?$/.test(text);
	return isSame ? plain : `${plain}.${createHash('sha256').update(text).digest('hex').slice(0, 6)}`;
}
