import nodePath from 'node:path';
import {contextName, didYouMean, isRemote, type NamedContext, parseReference, withoutLogin} from '../analyzer/index.ts';
import {formatLayoutReference, isLayoutReference, parseLayoutReference} from './images/layout-reference.ts';

/** One `--build-context NAME=VALUE`. */
export interface ContextSpec {
	/** As images and stages are looked up: `alpine` for `docker.io/library/alpine:latest`. */
	readonly name: string;
	/** As it was written. */
	readonly value: string;
	readonly context: NamedContext;
}

/** A `--build-context`, or what is wrong with it and what to write instead. */
export type ContextFlag =
	| {readonly kind: 'spec'; readonly spec: ContextSpec}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint?: string};

const forms = 'write NAME=FOLDER, NAME=docker-image://IMAGE or NAME=oci-layout://FOLDER:TAG';

/** Reads a `--build-context` as buildx does (util/buildflags/context.go, build/opt.go). Whether a folder is there is not looked at. */
export function parseContextFlag(text: string): ContextFlag {
	const at = text.indexOf('=');
	const given = at === -1 ? text : text.slice(0, at);
	const value = at === -1 ? '' : text.slice(at + 1);
	if (value === '') {
		return {kind: 'invalid', message: `--build-context "${text}" has no value`, hint: forms};
	}

	const name = contextName(given);
	if (name === undefined) {
		const hint = 'a name is that of a stage or an image, in lower case';
		return {kind: 'invalid', message: `"${given}" cannot be the name of a build context`, hint};
	}

	const context = contextOf(value);
	return 'message' in context ? {kind: 'invalid', ...context} : {kind: 'spec', spec: {name, value, context}};
}

/** The flag's value for buildx, with its folder absolute: another program resolves paths from elsewhere. */
export function formatContextSpec({name, value, context}: ContextSpec, cwd: string): string {
	if (context.kind === 'folder') {
		return `${name}=${nodePath.resolve(cwd, value)}`;
	}

	if (!isLayoutReference(value)) {
		return `${name}=${value}`;
	}

	const layout = parseLayoutReference(value);
	return `${name}=${formatLayoutReference({...layout, dir: nodePath.resolve(cwd, layout.dir)})}`;
}

function contextOf(value: string): NamedContext | {readonly message: string; readonly hint?: string} {
	if (value.startsWith(imagePrefix)) {
		const reference = value.slice(imagePrefix.length);
		const parsed = parseReference(reference);
		if (reference === 'scratch') {
			return {kind: 'scratch'};
		}

		return parsed.kind === 'invalid' ? {message: parsed.message} : {kind: 'image', reference};
	}

	if (isLayoutReference(value)) {
		return parseLayoutReference(value).dir === ''
			? {message: `"${value}" names no folder`, hint: 'write oci-layout://FOLDER:TAG'}
			: {kind: 'image', reference: value};
	}

	if (value.startsWith('target:')) {
		return {
			message: `"${value}" is a target of a bake file`,
			hint: 'build that image first, then name it with docker-image://',
		};
	}

	if (isRemote(value)) {
		return {kind: 'remote', location: withoutLogin(value)};
	}

	const [, scheme] = /^([a-z][a-z-]+):\/\//.exec(value) ?? [];
	return scheme === undefined
		? {kind: 'folder'}
		: {message: `"${scheme}://" is no kind of build context`, hint: didYouMean(scheme, schemes) ?? forms};
}

const imagePrefix = 'docker-image://';
const schemes = ['docker-image', 'oci-layout', 'https', 'http', 'git', 'ssh'];
