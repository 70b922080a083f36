import {type FollowedPath, type Selector, unsentPaths} from '../analyzer/index.ts';
import type {ContentsOf, ContextContents} from './context-contents.ts';
import type {AttributeReading} from './extended-attributes.ts';

/** The same contents; unknown all of them where the extended attributes that are sent with files cannot be read. */
export function withAttributes(attributes: AttributeReading, contents: ContextContents): ContextContents {
	return attributes.kind === 'readable' ? contents : {...contents, openReason: () => attributes.reason};
}

/**
 * The contents of contexts as a builder gets them that is sent only what `followed` names. What a link keeps out of
 * them cannot be known: the build fails there, or copies what happens to be sent.
 */
export function sentContents(contentsOf: ContentsOf, followed: readonly FollowedPath[]): ContentsOf {
	const known = new Map<string | undefined, ContextContents>();
	return name => {
		const contents =
			known.get(name) ??
			sentOf(
				contentsOf(name),
				followed.filter(one => one.context === name),
			);
		known.set(name, contents);
		return contents;
	};
}

function sentOf(contents: ContextContents, followed: readonly FollowedPath[]): ContextContents {
	const unsent = contents.sentByPath
		? unsentPaths(
				contents.files,
				followed.map(({path}) => path),
			)
		: [];
	if (unsent.length === 0) {
		return contents;
	}

	return {
		...contents,
		openReason(selectors) {
			const path = unsent.find(one => selectors.some(selector => touches(selector, one)));
			return path === undefined
				? contents.openReason(selectors)
				: `buildx sends one of several paths through a link, which may leave out ${path.slice(1)}; name the real folder`;
		},
	};
}

// A selector may be a folder above with patterns (COPY --parents).
function touches({path}: Selector, unsent: string): boolean {
	return path === '/' || path === unsent || unsent.startsWith(`${path}/`) || path.startsWith(`${unsent}/`);
}
