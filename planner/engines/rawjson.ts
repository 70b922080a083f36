import {asObject, parseJson} from '../json-value.ts';
import type {BuildEvent} from './engine.ts';
import {statusReader} from './solve-status.ts';

/** Reads what buildx prints, line by line. */
export interface RawjsonReader {
	line(text: string): readonly BuildEvent[];
	/** What is left when the output ends, perhaps in the middle of a message. */
	end(): readonly BuildEvent[];
}

/**
 * Reads the standard error of `buildx build --progress=rawjson`: status messages, one to a line or (buildx 0.13)
 * indented over many, and among them lines meant for people. A line that is no whole message becomes a `message`.
 */
export function rawjsonReader(): RawjsonReader {
	const read = statusReader();
	let indented: string[] = [];

	const flush = (): readonly BuildEvent[] => {
		const lines = indented;
		indented = [];
		return lines.flatMap(messageEvent);
	};

	return {
		line(text) {
			if (indented.length > 0) {
				indented.push(text);
				if (text !== '}') {
					return [];
				}
				const status = asObject(parseJson(indented.join('\n')));
				if (status === undefined) {
					return flush();
				}
				indented = [];
				return read(status);
			}
			if (text === '{') {
				indented = [text];
				return [];
			}
			const status = text.startsWith('{') ? asObject(parseJson(text)) : undefined;
			return status === undefined ? messageEvent(text) : read(status);
		},
		end: flush,
	};
}

function messageEvent(text: string): readonly BuildEvent[] {
	return text.trim() === '' ? [] : [{kind: 'message', text}];
}
