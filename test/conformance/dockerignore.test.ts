import test from 'ava';
import {
	compilePatterns,
	type IgnoreMatcher,
	type MatchInfo,
	parseIgnoreFile,
} from '../../analyzer/context/dockerignore.ts';
import {translatePattern} from '../../analyzer/context/ignore-pattern.ts';
import {casesOf, difference, type Fault, firstFault, runShared} from '../helpers/shared-cases.ts';

// The tables of moby/patternmatcher, and what it makes of real .dockerignore files. Where nothing hands on what the
// folders above gave, a path is held against the patterns alone.

const alone = (matcher: IgnoreMatcher, path: string): boolean => matcher.matches(path).excluded;

/** As a walker does it. */
function walked(matcher: IgnoreMatcher, path: string): boolean {
	const parts = path.split('/');
	const last = parts.reduce<MatchInfo | undefined>(
		(parent, _, index) => matcher.matches(parts.slice(0, index + 1).join('/'), parent),
		undefined,
	);
	return last?.excluded ?? false;
}

function checkPaths(
	what: string,
	patterns: readonly string[],
	paths: readonly string[],
	ignored: readonly string[] | undefined,
): Fault {
	const compiled = compilePatterns(patterns);
	if (compiled.kind === 'failed' || ignored === undefined) {
		return difference(what, compiled.kind, ignored === undefined ? 'failed' : 'compiled');
	}

	const {matcher} = compiled;
	return firstFault(
		difference(
			what,
			paths.filter(path => alone(matcher, path)),
			ignored,
		),
		difference(
			`${what} (walked)`,
			paths.filter(path => walked(matcher, path)),
			ignored,
		),
	);
}

test('vectors-dockerignore.json', t => {
	type Case = {
		readonly name: string;
		readonly dockerignore: string;
		readonly cleaned: readonly string[] | null;
		readonly ignored?: readonly string[];
		readonly error?: string;
	};
	let paths: readonly string[] = [];
	const read = (text: string) => {
		({paths} = JSON.parse(text) as {readonly paths: readonly string[]});
		return casesOf<Case>(text);
	};
	runShared(t, 'conformance/vectors-dockerignore.json', read, ({name, dockerignore, cleaned, ignored}) => {
		const patterns = parseIgnoreFile(dockerignore);
		return firstFault(difference(name, patterns, cleaned ?? []), checkPaths(name, patterns, paths, ignored));
	});
});

test('real_dockerignores.json', t => {
	type Case = {
		readonly repo: string;
		readonly content: string;
		readonly patterns: readonly string[];
		readonly paths: readonly string[];
		readonly ignored: readonly string[];
	};
	const file = 'conformance/patternmatcher/real_dockerignores.json';
	runShared<Case>(t, file, casesOf, ({repo, content, patterns, paths, ignored}) => {
		const found = parseIgnoreFile(content);
		return firstFault(difference(repo, found, patterns), checkPaths(repo, found, paths, ignored));
	});
});

test('ignorefile_readall.json', t => {
	type Case = {readonly content: string; readonly patterns: readonly string[]};
	runShared<Case>(t, 'conformance/patternmatcher/ignorefile_readall.json', casesOf, ({content, patterns}) =>
		difference(content, parseIgnoreFile(content), patterns),
	);
});

test('compile.json', t => {
	type Case = {readonly pattern: string; readonly matchType: string; readonly regexp: string};
	runShared<Case>(t, 'conformance/patternmatcher/compile.json', casesOf, ({pattern, matchType, regexp}) => {
		const {type, expression} = translatePattern(pattern);
		return firstFault(
			difference(pattern, `${type}Match`, matchType),
			difference(pattern, type === 'regexp' ? expression : '', regexp),
		);
	});
});

test('clean_patterns.json', t => {
	type Case = {
		readonly patterns: readonly string[];
		readonly count?: number;
		readonly exclusions?: boolean;
		readonly error?: true;
	};
	const file = 'conformance/patternmatcher/clean_patterns.json';
	runShared<Case>(t, file, casesOf, ({patterns, count, exclusions, error}) => {
		const compiled = compilePatterns(patterns);
		const what = patterns.join();
		if (compiled.kind === 'failed' || error === true) {
			return difference(what, compiled.kind, error === true ? 'failed' : 'compiled');
		}

		const {matcher} = compiled;
		return firstFault(
			count === undefined ? undefined : difference(what, matcher.patterns.length, count),
			exclusions === undefined ? undefined : difference(what, matcher.hasExclusions, exclusions),
		);
	});
});

test('matches_or_parent_matches.json', t => {
	type Case = {
		readonly patterns: readonly string[];
		readonly path: string;
		readonly ignored: boolean;
		readonly platform?: string;
	};
	const file = 'conformance/patternmatcher/matches_or_parent_matches.json';
	runShared<Case>(t, file, casesOf, ({patterns, path, ignored}) =>
		checkPaths(`${patterns.join()} ${path}`, patterns, [path], ignored ? [path] : []),
	);
});

for (const file of ['match_filepath.json', 'matches_simple.json']) {
	test(file, t => {
		type Case = {
			readonly path: string;
			readonly patterns?: readonly string[];
			readonly pattern?: string;
			readonly ignored?: boolean;
			readonly match?: boolean;
			readonly error?: true;
		};
		runShared<Case>(t, `conformance/patternmatcher/${file}`, casesOf, row => {
			const {path, pattern = '', patterns = [pattern], error, ignored = row.match} = row;
			return checkPaths(`${patterns.join()} ${path}`, patterns, [path], error ? undefined : ignored ? [path] : []);
		});
	});
}
