import {asObject, asString, member, parseJson} from '../json-value.ts';
import type {MessageStream} from './docker-client.ts';
import {linesOf} from './lines.ts';

/** What a stream of the Engine API brings (moby pkg/jsonmessage). */
export type DockerMessage =
	| {readonly kind: 'json'; readonly json: unknown}
	/** Output meant for people. */
	| {readonly kind: 'text'; readonly text: string}
	/** The engine says that it failed. */
	| {readonly kind: 'error'; readonly message: string}
	/** The call failed: `refused` by the engine, or else the connection ended before its time. */
	| {readonly kind: 'broken'; readonly refused: boolean; readonly reason: string};

/** Reads a stream of messages to its end; how it broke off is its last message, not an exception. */
export async function* messagesOf(opening: Promise<MessageStream>): AsyncGenerator<DockerMessage, void, undefined> {
	try {
		for await (const line of linesOf(await opening)) {
			yield* messageOf(line);
		}
	} catch (error) {
		const status = member(error, 'statusCode');
		const text = error instanceof Error ? error.message : String(error);
		yield {
			kind: 'broken',
			refused: typeof status === 'number',
			// docker-modem: `(HTTP code 500) server error - the engine's words `.
			reason: text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim(),
		};
	}
}

function messageOf(line: string): readonly DockerMessage[] {
	if (line.trim() === '') {
		return [];
	}
	const json = asObject(parseJson(line));
	if (json === undefined) {
		return [{kind: 'text', text: line}];
	}
	const error = asString(member(member(json, 'errorDetail'), 'message')) ?? asString(member(json, 'error'));
	if (error !== undefined) {
		return [{kind: 'error', message: error}];
	}
	const text = asString(member(json, 'stream'))?.trimEnd();
	return [text ? {kind: 'text', text} : {kind: 'json', json}];
}
