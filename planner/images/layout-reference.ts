import {type Digest, isDigest} from '../../analyzer/index.ts';

/** An image in a folder: `oci-layout://DIR[:TAG][@DIGEST]`. */
export interface LayoutReference {
	readonly dir: string;
	/** `latest` when neither tag nor digest was given; without a meaning next to a digest. */
	readonly tag: string;
	readonly digest?: Digest;
}

const prefix = 'oci-layout://';

/** Whether a reference names an image in a folder. */
export function isLayoutReference(text: string): boolean {
	return text.startsWith(prefix);
}

/** Takes an `oci-layout://` reference apart: what looks like a digest or tag at the end is one (buildx util/ocilayout/parse.go). */
export function parseLayoutReference(text: string): LayoutReference {
	let dir = text.slice(prefix.length);
	const at = dir.lastIndexOf('@');
	const after = dir.slice(at + 1);
	const digest = at !== -1 && isDigest(after) ? after : undefined;
	if (digest !== undefined) {
		dir = dir.slice(0, at);
	}

	const [, before = dir, tag = 'latest'] = /^(.*):(\w[\w.-]{0,127})$/s.exec(dir) ?? [];
	return {dir: before, tag, ...(digest !== undefined && {digest})};
}

/** The reference with another folder. */
export function formatLayoutReference({dir, tag, digest}: LayoutReference): string {
	return `${prefix}${dir}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}
