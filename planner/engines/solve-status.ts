import {TextDecoder} from 'node:util';
import {asArray, asObject, asString, asStrings, member} from '../json-value.ts';
import type {BuildEvent} from './engine.ts';

/** Turns one status message of a solve into events. Keeps what a later message may need. */
export type StatusReader = (status: unknown) => readonly BuildEvent[];

/**
 * Reads BuildKit's status messages in the form that `--progress=rawjson` prints (BuildKit client/graph.go
 * SolveStatus): times in RFC 3339, texts of logs and warnings in base64. What does not have that form is passed over:
 * a newer BuildKit may say more than we know. A character that is cut between two messages of a log is joined.
 */
export function statusReader(): StatusReader {
	const decoders = new Map<string, TextDecoder>();
	return status => [
		...list(status, 'vertexes').flatMap(vertexEvent),
		...list(status, 'statuses').flatMap(progressEvent),
		...list(status, 'logs').flatMap(log => logEvent(log, decoders)),
		...list(status, 'warnings').flatMap(warningEvent),
	];
}

function vertexEvent(vertex: unknown): readonly BuildEvent[] {
	const digest = asString(member(vertex, 'digest'));
	if (digest === undefined) {
		return [];
	}
	const started = time(member(vertex, 'started'));
	const completed = time(member(vertex, 'completed'));
	const error = asString(member(vertex, 'error'));
	return [
		{
			kind: 'vertex',
			digest,
			name: asString(member(vertex, 'name')) ?? '',
			inputs: asStrings(member(vertex, 'inputs')) ?? [],
			cached: member(vertex, 'cached') === true,
			...(started !== undefined && {started}),
			...(completed !== undefined && {completed}),
			...(error && {error}),
		},
	];
}

function progressEvent(status: unknown): readonly BuildEvent[] {
	const vertex = asString(member(status, 'vertex'));
	const at = time(member(status, 'timestamp'));
	if (vertex === undefined || at === undefined) {
		return [];
	}

	// A blob that is fetched goes by its digest (BuildKit util/pull/pullprogress); the Docker Engine's own worker puts a
	// word in front, as both do for what is extracted or pushed.
	const [, layer = ''] = /^(?:pulling )?(sha256:[0-9a-f]{64})$/.exec(asString(member(status, 'id')) ?? '') ?? [];
	const current = member(status, 'current');
	const bytes = typeof current === 'number' ? current : 0;
	return [
		layer === '' ? {kind: 'progress', vertex, at} : {kind: 'progress', vertex, at, layer, bytes},
		...transferEvent(status),
	];
}

// What is exported goes by this name, and is told without its size (BuildKit cache/remotecache/export.go).
function transferEvent(status: unknown): readonly BuildEvent[] {
	const id = asString(member(status, 'id')) ?? '';
	const [, word, layer] = /^(pulling |writing layer )?(sha256:[0-9a-f]{64})$/.exec(id) ?? [];
	const [started, completed] = [time(member(status, 'started')), time(member(status, 'completed'))];
	const current = member(status, 'current');
	if (layer === undefined || started === undefined || completed === undefined) {
		return [];
	}

	const direction = word === 'writing layer ' ? 'push' : 'pull';
	return [
		{
			kind: 'transfer',
			direction,
			layer,
			started,
			completed,
			...(typeof current === 'number' && current > 0 && {bytes: current}),
		},
	];
}

function logEvent(log: unknown, decoders: Map<string, TextDecoder>): readonly BuildEvent[] {
	const vertex = asString(member(log, 'vertex'));
	const data = bytes(member(log, 'data'));
	if (vertex === undefined || data === undefined) {
		return [];
	}
	const stream = member(log, 'stream') === 2 ? 'stderr' : 'stdout';
	const key = `${stream} ${vertex}`;
	const decoder = decoders.get(key) ?? new TextDecoder();
	decoders.set(key, decoder);
	const text = decoder.decode(data, {stream: true});
	return text === '' ? [] : [{kind: 'log', vertex, stream, text}];
}

function warningEvent(warning: unknown): readonly BuildEvent[] {
	const vertex = asString(member(warning, 'vertex'));
	const short = bytes(member(warning, 'short'));
	if (vertex === undefined || short === undefined) {
		return [];
	}
	// Lines of a source range count from 1 (BuildKit solver/pb/ops.proto Range).
	const line = member(member(asArray(member(warning, 'range'))?.[0], 'start'), 'line');
	return [
		{
			kind: 'warning',
			vertex,
			message: new TextDecoder().decode(short),
			...(typeof line === 'number' && {line}),
		},
	];
}

function list(status: unknown, name: string): readonly unknown[] {
	return asArray(member(asObject(status), name)) ?? [];
}

function bytes(base64: unknown): Uint8Array | undefined {
	return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

function time(text: unknown): number | undefined {
	const milliseconds = typeof text === 'string' ? Date.parse(text) : Number.NaN;
	return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
