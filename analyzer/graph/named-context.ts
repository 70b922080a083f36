import type {Origin} from './origin.ts';
import {familiarReference, parseReference} from './reference.ts';

/** What a `--build-context NAME=…` puts in the place of a stage or an image. */
export type NamedContext =
	/** `docker-image://…`, or an image of an OCI layout, whose reference is `oci-layout://…`. */
	| {readonly kind: 'image'; readonly reference: string}
	/** `docker-image://scratch`. */
	| {readonly kind: 'scratch'}
	/** The files of a folder. */
	| {readonly kind: 'folder'}
	/** A git repository or a URL, whose content is known only when it is fetched. */
	| {readonly kind: 'remote'; readonly location: string};

/** Named contexts by `contextName`. */
export type NamedContexts = ReadonlyMap<string, NamedContext>;

/**
 * The name under which a context is looked up: `docker.io/library/alpine:latest` and `alpine` are one. `undefined` for
 * what cannot be an image reference (BuildKit frontend/dockerui/config.go NamedContext).
 */
export function contextName(text: string): string | undefined {
	const parsed = parseReference(text);
	return parsed.kind === 'invalid' ? undefined : familiarReference(parsed.reference).replace(/:latest$/, '');
}

/** What a context stands for, as the base of a stage or the source of a copy or mount. */
export function contextOrigin(contexts: NamedContexts, text: string): Origin | undefined {
	const name = contextName(text);
	const context = name === undefined ? undefined : contexts.get(name);
	if (name === undefined || context === undefined) {
		return undefined;
	}

	return {...context, context: name};
}

/** A stage that a context stands in for; `scratch` and `context` cannot be replaced (dockerfile2llb namedContextFunc). */
export function replacedStage(contexts: NamedContexts, name: string | undefined): Origin | undefined {
	return name === undefined || name === 'scratch' || name === 'context' ? undefined : contextOrigin(contexts, name);
}
