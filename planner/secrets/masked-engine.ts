import type {BuildEvent, BuildOutcome, Engine} from '../engines/engine.ts';
import {type Mask, type MaskedPieces, maskOf} from './mask.ts';

/**
 * An engine whose words have `***` in place of the values of secrets: what steps print, messages and errors. All that is
 * shown or written of a build comes from there, so nothing behind it has to know about secrets.
 */
export function maskedEngine(engine: Engine, values: readonly string[]): Engine {
	const mask = maskOf(values);
	return {
		...engine,
		async build(request, onEvent, signal) {
			const reader = maskedEvents(mask, onEvent);
			const outcome = await engine.build(request, reader.tell, signal);
			reader.end();
			return maskedOutcome(mask, outcome);
		},
	};
}

interface LogTail {
	readonly vertex: string;
	readonly stream: 'stdout' | 'stderr';
	readonly pieces: MaskedPieces;
}

function maskedEvents(mask: Mask, onEvent: (event: BuildEvent) => void) {
	const logs = new Map<string, LogTail>();
	const flush = (vertex?: string): void => {
		for (const [key, log] of logs) {
			if (vertex === undefined || log.vertex === vertex) {
				logs.delete(key);
				tellLog(log, log.pieces.end());
			}
		}
	};
	const tellLog = ({vertex, stream}: LogTail, text: string): void => {
		if (text !== '') {
			onEvent({kind: 'log', vertex, stream, text});
		}
	};
	return {
		end: () => flush(),
		tell(event: BuildEvent): void {
			switch (event.kind) {
				case 'log': {
					const {vertex, stream, text} = event;
					const key = `${stream} ${vertex}`;
					const log = logs.get(key) ?? {vertex, stream, pieces: mask.pieces()};
					logs.set(key, log);
					tellLog(log, log.pieces.add(text));
					break;
				}

				case 'vertex': {
					if (event.completed !== undefined) {
						flush(event.digest);
					}

					// Its name tells which step it is: that is the Dockerfile's text, and is not shown.
					onEvent({...event, ...(event.error !== undefined && {error: mask.whole(event.error)})});
					break;
				}

				case 'warning': {
					onEvent({...event, message: mask.whole(event.message)});
					break;
				}

				case 'message': {
					onEvent({...event, text: mask.whole(event.text)});
					break;
				}

				case 'restart':
				case 'transfer':
				case 'progress': {
					onEvent(event);
					break;
				}
			}
		},
	};
}

function maskedOutcome(mask: Mask, outcome: BuildOutcome): BuildOutcome {
	return 'message' in outcome ? {...outcome, message: mask.whole(outcome.message)} : outcome;
}
