import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import {type ExpandResult, expandWord} from '../dockerfile/expand.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Word} from '../dockerfile/source.ts';
import {didYouMean} from '../dockerfile/suggest.ts';
import type {EnvList} from '../keys/env-list.ts';
import {graphError} from './graph-error.ts';
import {contextOrigin, type NamedContexts} from './named-context.ts';
import type {Origin} from './origin.ts';
import {type Platform, parsePlatform} from './platform.ts';
import {lowerCaseHint, nameHint, parseReference} from './reference.ts';

/** What each FROM names, and for which platform. */
export interface Bases {
	readonly origins: readonly Origin[];
	readonly platforms: readonly (Platform | undefined)[];
	readonly errors: readonly Diagnostic[];
}

/**
 * Expands and resolves every FROM. It sees earlier stages only, the latest of a name, and does not ignore case: names
 * are kept in lower case (BuildKit dockerfile2llb/convert.go). A platform said in part, such as `linux`, is completed with
 * the builder's, whatever the target's (containerd/platforms Parse).
 */
export function resolveBases(
	dockerfile: Dockerfile,
	args: EnvList,
	buildPlatform: Platform,
	contexts: NamedContexts,
): Bases {
	const {source, stages, escape} = dockerfile;
	const byName = new Map<string, number>();
	const origins: Origin[] = [];
	const platforms: (Platform | undefined)[] = [];
	const errors: Diagnostic[] = [];
	const report = ({range}: Word, message: string, hint: string | undefined) => {
		errors.push(graphError(source, range, message, {hint}));
	};

	for (const [index, {from}] of stages.entries()) {
		const image = expandWord(from.image.text, args, {escape});
		const imageHint = unsetHint(image, dockerfile, args);
		if (image.kind === 'failed') {
			report(from.image, image.message, image.hint);
		} else if (image.text === '') {
			report(from.image, `the base image "${from.image.text}" is empty`, imageHint ?? nameHint);
		}

		const base = image.kind === 'expanded' && image.text !== '' ? image.text : 'scratch';
		const origin = baseOrigin(base, byName, contexts);
		const parsed = origin.kind === 'image' ? parseReference(base) : undefined;
		if (parsed?.kind === 'invalid') {
			const hint = imageHint ?? didYouMean(base, [...byName.keys()]) ?? lowerCaseHint(base) ?? nameHint;
			report(from.image, parsed.message, hint);
		}

		origins.push(origin);
		platforms.push(from.platform === undefined ? undefined : stagePlatform(from.platform));
		if (from.name !== undefined) {
			byName.set(from.name.text.toLowerCase(), index);
		}
	}

	return {origins, platforms, errors};

	function stagePlatform(word: Word): Platform | undefined {
		const expanded = expandWord(word.text, args, {escape});
		if (expanded.kind === 'failed') {
			report(word, expanded.message, expanded.hint);
			return undefined;
		}

		const platform = parsePlatform(expanded.text, buildPlatform);
		if (platform === undefined) {
			const message =
				expanded.text === '' ? `the platform "${word.text}" is empty` : `"${expanded.text}" is not a platform`;
			const hint = unsetHint(expanded, dockerfile, args) ?? 'write os/architecture, for example linux/arm64';
			report(word, message, hint);
		}

		return platform;
	}
}

function baseOrigin(name: string, byName: ReadonlyMap<string, number>, contexts: NamedContexts): Origin {
	const index = byName.get(name);
	if (index !== undefined) {
		return {kind: 'stage', index};
	}

	return name === 'scratch' ? {kind: 'scratch'} : (contextOrigin(contexts, name) ?? {kind: 'image', reference: name});
}

// A misspelt name comes first (BuildKit wrapSuggestAny); a declared one without a value was not misspelt.
function unsetHint(expanded: ExpandResult, {globalArgs}: Dockerfile, args: EnvList): string | undefined {
	const unset = expanded.kind === 'expanded' ? [...expanded.unmatched] : [];
	const declared = globalArgs.flatMap(instruction => instruction.args.map(({name}) => name));
	for (const name of unset) {
		const meant = didYouMean(name, [...declared, ...args.names()]);
		if (meant !== undefined) {
			return `"${name}" has no value: ${meant}`;
		}
	}

	const [first] = unset;
	if (first === undefined) {
		return undefined;
	}

	const undeclared = unset.find(name => !declared.includes(name));
	if (undeclared !== undefined) {
		return `"${undeclared}" is not declared: write ARG ${undeclared}=value before the first FROM`;
	}

	const names = unset.map(name => `"${name}"`).join(', ');
	return `${names} has no value: give it a default (ARG NAME=value before FROM) or --build-arg`;
}
