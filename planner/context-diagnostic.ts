import type {Diagnostic, Range, SourceFile, Step, Word} from '../analyzer/index.ts';
import type {StepProblem} from './forecast.ts';

/** What is wrong with the files a step reads, at the narrowest place of the Dockerfile. */
export function contextDiagnostic({path}: SourceFile, step: Step, {problem, context}: StepProblem): Diagnostic {
	const base = {rule: 'context', severity: 'error', file: path} as const;
	const where = `the build context${context === undefined ? '' : ` "${context}"`}`;
	switch (problem.kind) {
		case 'missing': {
			const path = relative(problem.path);
			const range = sourceRange(step, problem.path);
			if (problem.excludedBy !== undefined) {
				const file = context === undefined ? 'the ignore file' : `.dockerignore of ${where}`;
				return {
					...base,
					range,
					message: `"${path}" is excluded by ${file}`,
					hint: `its pattern "${problem.excludedBy}" leaves it out; "!${path}" below that lets it in`,
				};
			}

			const meant = problem.meant === undefined ? undefined : relative(problem.meant);
			return {
				...base,
				range,
				message: `"${path}" is not in ${where}`,
				hint:
					meant === undefined || sourcesOf(step).some(({text}) => cleaned(text) === meant)
						? 'paths start at the context folder; what lies outside cannot be read'
						: `did you mean "${meant}"?`,
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

// The word or mount that names the path, else the whole instruction.
function sourceRange(step: Step, path: string): Range {
	const {instruction} = step;
	const words = sourcesOf(step);
	const mounts = instruction.kind === 'run' ? instruction.mounts : [];
	const place =
		words.find(({text}) => cleaned(text) === relative(path)) ??
		(words.length === 1 ? words[0] : undefined) ??
		mounts.find(({source}) => source !== undefined && cleaned(source) === relative(path));
	return place?.range ?? instruction.range;
}

function sourcesOf({instruction}: Step): readonly Word[] {
	return instruction.kind === 'copy' || instruction.kind === 'add' ? instruction.sources : [];
}

function cleaned(source: string): string {
	return relative(source).replace(/^\.\//, '').replace(/\/$/, '');
}
