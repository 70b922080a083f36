import {parseDirectiveLine} from './directives.ts';
import {parseBool} from './go-values.ts';
import {quote} from './quote.ts';
import {didYouMean} from './suggest.ts';
import {trimSpace} from './white-space.ts';

/** What `# check=` asks of the linter. */
export interface CheckOptions {
	readonly skip: readonly string[];
	readonly skipAll: boolean;
	readonly error: boolean;
	readonly experimental: readonly string[];
	readonly experimentalAll: boolean;
}

export type CheckOptionsResult =
	| {readonly kind: 'parsed'; readonly options: CheckOptions}
	| {
			readonly kind: 'failed';
			readonly message: string;
			/** The part of the value that is wrong, as written. */
			readonly wrong: string;
			readonly hint?: string;
	  };

const NO_OPTIONS: CheckOptions = {skip: [], skipAll: false, error: false, experimental: [], experimentalAll: false};

/** Reads `skip=A,B;error=true;experimental=all` (BuildKit linter/linter.go ParseLintOptions). */
export function parseCheckOptions(value: string): CheckOptionsResult {
	let options = NO_OPTIONS;
	if (trimSpace(value) === '') {
		return {kind: 'parsed', options};
	}

	for (const part of splitParts(value)) {
		const equals = part.indexOf('=');
		if (equals === -1) {
			return {kind: 'failed', message: `check option ${quote(part)} has no value`, wrong: part};
		}

		const name = trimSpace(part.slice(0, equals));
		const text = trimSpace(part.slice(equals + 1));
		if (name === 'skip') {
			options = text === 'all' ? {...options, skipAll: true} : {...options, skip: names(text)};
		} else if (name === 'experimental') {
			options = text === 'all' ? {...options, experimentalAll: true} : {...options, experimental: names(text)};
		} else if (name === 'error') {
			const error = parseBool(text);
			if (error === undefined) {
				const message = `check option "error" must be true or false, not ${quote(text)}`;
				return {kind: 'failed', message, wrong: text};
			}

			options = {...options, error};
		} else {
			return unknownOption(name);
		}
	}

	return {kind: 'parsed', options};
}

/**
 * The options of the first `# check=` among the comment lines above an instruction. Options that do not parse count as
 * none there (BuildKit linter/linter.go WithMergedConfigFromComments).
 */
export function parseCheckComment(comments: readonly string[]): CheckOptions | undefined {
	for (const comment of comments) {
		const directive = parseDirectiveLine(comment);
		if (directive?.name === 'check') {
			const result = parseCheckOptions(directive.value.split(' ', 1)[0] ?? '');
			return result.kind === 'parsed' ? result.options : undefined;
		}
	}

	return undefined;
}

function unknownOption(name: string): CheckOptionsResult {
	const hint = didYouMean(name, ['skip', 'error', 'experimental']);
	const message = `unknown check option ${quote(name)}`;
	return {kind: 'failed', message, wrong: name, ...(hint === undefined ? {} : {hint})};
}

/** At most three parts: what follows the second semicolon stays with the third. */
function splitParts(value: string): readonly string[] {
	const [first = '', second, ...rest] = trimSpace(value).split(';');
	return [first, ...(second === undefined ? [] : [second]), ...(rest.length === 0 ? [] : [rest.join(';')])];
}

function names(text: string): readonly string[] {
	return text.split(',').map(name => trimSpace(name));
}
