import type {Diagnostic, Range, SourceFile, Step} from '../analyzer/index.ts';
import type {StepProblem} from './forecast.ts';

/** What is wrong with the files a step reads, at the narrowest place of the Dockerfile. */
export function contextDiagnostic({path}: SourceFile, step: Step, {problem, context}: StepProblem): Diagnostic {
	const base = {rule: 'context', severity: 'error', file: path} as const;
	const where = `the build context${context === undefined ? '' : ` "${context}"`}`;
	switch (problem.kind) {
		case 'missing': {
			return {
				...base,
				range: sourceRange(step, problem.path),
				message: `"${relative(problem.path)}" is not in ${where}`,
				hint: 'paths start at the context folder; what .dockerignore excludes or lies outside cannot be read',
			};
		}

		case 'unreadable': {
			return {
				...base,
				range: sourceRange(step, problem.path),
				message: `"${relative(problem.path)}" cannot be read: ${problem.reason}`,
				hint: 'the build could not read it either: change its permissions, or exclude it in .dockerignore',
			};
		}

		case 'bad-pattern': {
			return {
				...base,
				range: sourceRange(step, problem.pattern),
				message: `"${relative(problem.pattern)}" is a malformed pattern`,
				hint: 'close every [ with ], and do not end with a backslash',
			};
		}
	}
}

function relative(path: string): string {
	return path.replace(/^\/(?=.)/, '');
}

// The word that names the path, else the whole instruction.
function sourceRange({instruction}: Step, path: string): Range {
	const words = instruction.kind === 'copy' || instruction.kind === 'add' ? instruction.sources : [];
	const word =
		words.find(({text}) => relative(text).replace(/^\.\//, '').replace(/\/$/, '') === relative(path)) ??
		(words.length === 1 ? words[0] : undefined);
	return word?.range ?? instruction.range;
}
