import {OpenContent} from './file-tree.ts';

const owner = 0o4700;
const group = 0o2070;
const others = 0o0007;
const everyone = owner | group | others;

/**
 * Applies the changes of a symbolic `--chmod` to a mode: `u+x,go=r` (BuildKit vendor/github.com/tonistiigi/dchapes-mode).
 * The text must be well-formed. Throws `OpenContent` for `t` and for copies such as `g=u`: BuildKit takes them in ways
 * of its own.
 */
export function applyModeText(text: string, mode: number, isFolder: boolean): number {
	if (/[-+=][^,]*[tugo]/.test(text)) {
		throw new OpenContent(`what mode --chmod=${text} gives is known only in the build`);
	}

	const isRunnable = isFolder || (mode & 0o111) !== 0;
	return text.split(',').reduce((current, clause) => applyClause(clause, current, isRunnable), mode);
}

function applyClause(clause: string, mode: number, isRunnable: boolean): number {
	const [, who = '', changes = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? [];
	const named =
		(who.includes('u') ? owner : 0) |
		(who.includes('g') ? group : 0) |
		(who.includes('o') ? others : 0) |
		(who.includes('a') ? everyone : 0);
	const chosen = named === 0 ? everyone : named;
	let current = mode;
	for (const [, operator = '', permissions = ''] of changes.matchAll(/([-+=])([^-+=]*)/g)) {
		const bits = chosen & permissionBits(permissions, chosen, operator === '-' || isRunnable);
		const kept = operator === '=' ? current & ~chosen : current;
		current = operator === '-' ? current & ~bits : kept | bits;
	}

	return current;
}

function permissionBits(permissions: string, chosen: number, takesX: boolean): number {
	let bits = 0;
	for (const permission of permissions) {
		switch (permission) {
			case 'r': {
				bits |= 0o444;
				break;
			}

			case 'w': {
				bits |= 0o222;
				break;
			}

			case 'x': {
				bits |= 0o111;
				break;
			}

			case 'X': {
				bits |= takesX ? 0o111 : 0;
				break;
			}

			default: {
				// `s` means nothing for others alone.
				bits |= chosen === others ? 0 : 0o6000;
			}
		}
	}

	return bits;
}
