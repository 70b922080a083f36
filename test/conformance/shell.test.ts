import test from 'ava';
import {type Environment, expandWord, expandWords} from '../../analyzer/dockerfile/expand.ts';
import {parsePattern} from '../../analyzer/dockerfile/shell-pattern.ts';
import {casesOf, difference, firstFault, runShared} from '../helpers/shared-cases.ts';

// The tables of BuildKit's shell lexer. equal_env.json and get_env.json are about Go's list of `NAME=value` strings,
// which nothing here has; rows for Windows only are left out, for the names of variables differ in case there.

function environmentOf(values: Readonly<Record<string, string>>): Environment {
	const map = new Map(Object.entries(values));
	return {get: name => map.get(name), names: () => Array.from(map.keys())};
}

const options = {escape: '\\'} as const;

test('process_word_envVarTest.json', t => {
	const environment = environmentOf({PWD: '/home', SHELL: 'bash', KOREAN: '한국어', NULL: ''});
	type Case = {
		readonly platform: string;
		readonly input: string;
		readonly expected?: string;
		readonly error?: true;
	};
	const read = (text: string) => casesOf<Case>(text).filter(({platform}) => platform !== 'windows');
	runShared(t, 'conformance/shell/process_word_envVarTest.json', read, ({input, expected}) => {
		const result = expandWord(input, environment, options);
		return difference(input, result.kind === 'expanded' ? result.text : undefined, expected);
	});
});

test('process_words_wordsTest.json', t => {
	type Case = {
		readonly input: string;
		readonly env: Readonly<Record<string, string>>;
		readonly words?: readonly string[];
		readonly error?: true;
	};
	runShared<Case>(t, 'conformance/shell/process_words_wordsTest.json', casesOf, ({input, env, words}) => {
		const result = expandWords(input, environmentOf(env), options);
		return difference(input, result.kind === 'expanded' ? result.words : undefined, words);
	});
});

test('process_word_matches.json', t => {
	type Case = {
		readonly input: string;
		readonly env: Readonly<Record<string, string>>;
		readonly expected?: string;
		readonly matched?: readonly string[];
		readonly unmatched?: readonly string[];
		readonly error?: true;
		readonly errorContains?: string;
	};
	runShared<Case>(t, 'conformance/shell/process_word_matches.json', casesOf, row => {
		const result = expandWord(row.input, environmentOf(row.env), options);
		if (result.kind === 'failed') {
			return difference(`${row.input}: ${result.message}`, result.message.includes(row.errorContains ?? ''), row.error);
		}

		const {text, matched, unmatched} = result;
		return firstFault(
			difference(row.input, text, row.expected),
			row.matched && difference(row.input, [...matched].sort(), [...row.matched].sort()),
			row.unmatched && difference(row.input, [...unmatched].sort(), [...row.unmatched].sort()),
		);
	});
});

test('pattern_to_regex.json: the same expression, and the same patterns refused', t => {
	type Case = {
		readonly pattern: string;
		readonly greedy?: boolean;
		readonly anchored?: boolean;
		readonly regex?: string;
		readonly error?: true;
	};
	runShared<Case>(t, 'conformance/shell/pattern_to_regex.json', casesOf, ({pattern, greedy, anchored, regex}) => {
		const star = greedy === true ? '.*' : '.*?';
		const parts = parsePattern(pattern)?.map(token =>
			typeof token === 'string' ? escapeRegexp(token) : token.wildcard === '*' ? star : '.',
		);
		return difference(pattern, parts && `${anchored === true ? '^' : ''}${parts.join('')}`, regex);
	});
});

/** As BuildKit writes a literal into its expression: what the pattern escapes stays escaped. */
function escapeRegexp(char: string): string {
	return /[\\*?[\]{}.+()|^$]/.test(char) ? `\\${char}` : char;
}
