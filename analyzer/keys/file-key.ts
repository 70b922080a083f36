import {compareBytes, containsWildcards, dedupeSelectors, type Selector} from '../context/selector.ts';
import {encodeSource} from '../dockerfile/source-bytes.ts';
import {type CacheMap, distinctVertices, type KeyInput} from './cache-map.ts';
import type {Dialect} from './dialect.ts';
import {sha256} from './digest.ts';
import {type GoStruct, goJson, omitEmpty} from './go-json.ts';
import {basePath} from './go-path.ts';
import {groupBy} from './group-by.ts';
import type {CopyAction, FileAction, FileVertex, Owner, Vertex} from './vertex.ts';

/** The cache map of COPY, ADD, WORKDIR and inline documents (BuildKit solver/llbsolver/ops/file.go CacheMap). */
export function fileCacheMap(vertex: FileVertex, dialect: Dialect): CacheMap {
	const inputs = distinctVertices([
		vertex.base,
		...vertex.actions.map(action => (action.kind === 'copy' ? action.source : undefined)),
	]);
	const places = new Map(inputs.map((input, index) => [input, index]));
	const indexOf = (input: Vertex | undefined) => (input === undefined ? -1 : (places.get(input) ?? -1));
	const copies = groupBy(
		vertex.actions.filter(action => action.kind === 'copy'),
		action => action.source,
	);
	const base = indexOf(vertex.base);
	const indexes = vertex.actions.map((action, position) => [
		// Later actions work on the output of the one before, numbered behind the inputs.
		position === 0 ? base : inputs.length + position - 1,
		action.kind === 'copy' ? indexOf(action.source) : -1,
		position === vertex.actions.length - 1 ? 0 : -1,
	]);
	const preimage = goJson({
		Type: 'buildkit.file.v0',
		Actions: vertex.actions.map(action => Buffer.from(goJson(actionJson(action, base, dialect))).toString('base64')),
		indexes: isDefaultIndexes(indexes) ? undefined : indexes,
	});
	return {
		digests: [sha256(preimage)],
		preimages: [preimage],
		inputs: inputs.map(input => sourceDependency(vertex, input, copies.get(input) ?? [], dialect)),
	};
}

// The usual form is left out of the key: base is input 0, sources are input 1, each action follows the one before
// (file.go isDefaultIndexes). BuildKit numbers a chain behind its count of actions here, so this holds for a
// chain only where there are as many inputs as actions; anything else is written out.
function isDefaultIndexes(indexes: readonly (readonly number[])[]): boolean {
	return indexes.every(
		([input, secondary, output], position) =>
			input === (position === 0 ? 0 : indexes.length + position - 1) &&
			(secondary === -1 || secondary === 1) &&
			output === (position === indexes.length - 1 ? 0 : -1),
	);
}

function actionJson(action: FileAction, base: number, dialect: Dialect): GoStruct {
	switch (action.kind) {
		case 'mkdir': {
			return {
				path: omitEmpty(action.path),
				mode: omitEmpty(action.mode),
				makeParents: omitEmpty(action.makeParents),
				owner: ownerJson(action.owner, base, dialect),
				timestamp: action.timestamp === undefined ? -1 : omitEmpty(action.timestamp),
			};
		}

		case 'mkfile': {
			return {
				path: omitEmpty(action.path),
				mode: omitEmpty(action.mode),
				data: omitEmpty(Buffer.from(encodeSource(action.data)).toString('base64')),
				timestamp: -1,
			};
		}

		case 'copy': {
			return copyJson(action, base, dialect);
		}
	}
}

function copyJson(action: CopyAction, base: number, dialect: Dialect): GoStruct {
	return {
		// Only the last element: the rest of the path is in the selector.
		src: basePath(action.path),
		dest: omitEmpty(action.destination),
		owner: ownerJson(action.owner, base, dialect),
		mode: action.modeText === undefined ? omitEmpty(action.mode ?? -1) : undefined,
		followSymlink: omitEmpty(action.plain),
		dirCopyContents: omitEmpty(action.plain),
		attemptUnpackDockerCompatibility: omitEmpty(action.unpack),
		createDestPath: true,
		allowWildcard: omitEmpty(action.plain),
		allowEmptyWildcard: omitEmpty(action.plain),
		timestamp: -1,
		include_patterns: omitEmpty(action.include),
		exclude_patterns: omitEmpty(action.exclude),
		modeStr: omitEmpty(action.modeText),
		required_paths: dialect.hasRequiredPaths ? omitEmpty(action.required) : undefined,
	};
}

function ownerJson(owner: Owner | undefined, base: number, dialect: Dialect): GoStruct | undefined {
	return owner === undefined
		? undefined
		: {user: userJson(owner.user, base, dialect), group: userJson(owner.group, base, dialect)};
}

function userJson(user: string | number | undefined, base: number, dialect: Dialect): GoStruct | undefined {
	if (user === undefined) {
		return undefined;
	}

	if (typeof user === 'string') {
		const input = dialect.omitsZeroFields ? omitEmpty(base) : base;
		return {User: {[dialect.ownerByName]: {name: user, input}}};
	}

	// A oneof field keeps its zero only in the one release whose JSON came straight from the Go struct.
	return {User: {[dialect.ownerById]: dialect.ownerById === 'ByID' ? user : omitEmpty(user)}};
}

function sourceDependency(
	vertex: FileVertex,
	input: Vertex,
	copies: readonly CopyAction[],
	dialect: Dialect,
): KeyInput {
	// The base is changed, so no part of it can stand for the whole, also where it is a source too.
	if (input === vertex.base) {
		return {vertex: input};
	}

	const selectors = copies.map(action => copySelector(action, dialect));
	// Sorted, then reversed: BuildKit keeps this order "for historical reasons".
	const paths = selectors
		.map(selector => selector.path)
		.sort(compareBytes)
		.reverse();
	return {vertex: input, selector: sha256(paths.join('\0')), content: dedupeSelectors(selectors)};
}

function copySelector(action: CopyAction, dialect: Dialect): Selector {
	return {
		path: action.path,
		wildcard: action.plain && containsWildcards(action.path),
		followLinks: action.plain,
		include: action.include,
		exclude: action.exclude,
		required: dialect.hasRequiredPaths ? action.required : [],
	};
}
