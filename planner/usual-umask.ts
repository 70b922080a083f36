/** The umasks in use, the most usual first: of root and most systems, of private user groups, then the stricter ones. */
export const usualUmasks: readonly number[] = [0o022, 0o002, 0o077, 0o027, 0o007];

/** The first of them that a test accepts, in three octal digits. */
export function usualUmask(accepts: (umask: number) => boolean): string | undefined {
	return usualUmasks.find(accepts)?.toString(8).padStart(3, '0');
}
