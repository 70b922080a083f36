import type {IgnoreMatcher} from '../../context/dockerignore.ts';
import {cleanPath} from '../../keys/go-path.ts';
import {isRemote} from '../../keys/remote-source.ts';
import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';
import {knownText} from '../visit-words.ts';

/**
 * With a pattern that lets something in again BuildKit tells nothing: a file may be there although its folder is not
 * (dockerfile2llb/validations.go validateCopySourcePath).
 */
export const copyIgnoredFile: GraphRule = {
	kind: 'graph',
	name: 'CopyIgnoredFile',
	severity: 'warning',
	summary: 'COPY and ADD should not name files that the ignore file leaves out',
	dependsOn: 'context',
	*check(input) {
		const {ignore} = input;
		if (ignore === undefined || ignore.hasExclusions) {
			return;
		}

		for (const visit of walkStages(input)) {
			const {instruction} = visit;
			if (instruction.kind !== 'add' && (instruction.kind !== 'copy' || instruction.from !== undefined)) {
				continue;
			}

			for (const {text, range} of instruction.sources) {
				const source = knownText(input, visit, text);
				const pattern = source === undefined || isRemote(source) ? undefined : patternFor(ignore, cleanPath(source));
				if (pattern !== undefined) {
					yield {
						message: `"${text}" is not in the context: the pattern "${pattern}" of the ignore file leaves it out`,
						...placeOf(visit, range),
						hint: 'take the pattern out, or copy something else',
					};
				}
			}
		}
	},
};

/** The pattern that leaves a path out. The root of the context counts only where all in it is left out. */
function patternFor({patterns, matches}: IgnoreMatcher, path: string): string | undefined {
	const isRoot = path === '.' || path === '/';
	if (isRoot && !patterns.some(({text}) => ['*', '**', '**/*'].includes(text))) {
		return undefined;
	}

	const {excluded, matched} = matches(path);
	return excluded ? patterns[matched.lastIndexOf(true)]?.text : undefined;
}
