import {describeCause} from '../cause.ts';
import {describeDifferences} from '../preimages/describe-differences.ts';
import type {ChangedStep} from './changed-steps.ts';

/** Why a step is not the same, in one line; `undefined` where it is, or where nothing is built for it. */
export function describeChange({cause, differences}: ChangedStep): string | undefined {
	if (cause === undefined) {
		return undefined;
	}

	const isNew = differences.some(({kind}) => kind === 'new');
	const own = isNew ? 'it was not there' : describeDifferences(differences);
	switch (cause.kind) {
		case 'parent': {
			const follows = `follows line ${cause.line}`;
			return own === '' ? follows : `${follows}; also ${own}`;
		}

		case 'cold':
		case 'definition':
		case 'content':
		case 'image':
		case 'remote': {
			return own === '' ? withoutCache(describeCause(cause)) : own;
		}

		case 'output': {
			return `same if the output of ${cause.stage} is, else rebuilt`;
		}

		default: {
			return describeCause(cause);
		}
	}
}

// There is no cache that it could be new to.
function withoutCache(text: string): string {
	return text.replace(/^new to the cache: /, '').replace(' is new to the cache', ' is new');
}
