import {type CheckOptions, parseCheckComment, parseCheckOptions} from '../dockerfile/check-options.ts';
import type {Dockerfile, Instruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import type {Finding, Rule} from './rule.ts';

/** What the check options of a file make of its findings. */
export interface CheckDirectives {
	/** The rule is off in the whole file: nobody needs to look for what it finds. */
	isOff(rule: Rule): boolean;
	/** A comment waives this one finding, or nobody asked for it. */
	isWaived(rule: Rule, finding: Finding): boolean;
	/** `error=true`: findings are errors. */
	readonly error: boolean;
}

/** The build argument that replaces a file's own check options (BuildKit frontend/dockerui/config.go). */
const CHECK_ARGUMENT = 'BUILDKIT_DOCKERFILE_CHECK';

/**
 * Reads a file's check options: `# check=skip=A,B` or `skip=all` at the top waives findings in the whole file, the same
 * comment directly above an instruction waives them there. An experimental rule is asked for in the same two places, and
 * then no `skip` reaches it (BuildKit linter/linter.go Run).
 */
export function checkDirectives(dockerfile: Dockerfile, buildArgs: ReadonlyMap<string, string>): CheckDirectives {
	const inFile = fileOptions(dockerfile, buildArgs.get(CHECK_ARGUMENT));
	const comments = instructionsOf(dockerfile).flatMap(({range, comments}) => {
		const options = parseCheckComment(comments);
		return options === undefined ? [] : [{first: range.start.line, last: range.end.line, options}];
	});
	const above = ({start}: Range) => optionsAt(comments, start.line);
	return {
		isOff(rule) {
			return rule.experimental === true
				? !asksFor(inFile, rule) && !comments.some(({options}) => asksFor(options, rule))
				: skips(inFile, rule);
		},
		isWaived(rule, {range, waivedAt = range}) {
			const here = rule.wholeFile === true ? undefined : above(waivedAt);
			return rule.experimental === true
				? !asksFor(inFile, rule) && !asksFor(here, rule)
				: skips(inFile, rule) || skips(here, rule);
		},
		error: inFile?.error === true,
	};
}

function skips(options: CheckOptions | undefined, {name}: Rule): boolean {
	return options !== undefined && (options.skipAll || options.skip.includes(name));
}

function asksFor(options: CheckOptions | undefined, {name}: Rule): boolean {
	return options !== undefined && (options.experimentalAll || options.experimental.includes(name));
}

interface CommentOptions {
	/** The lines of the instruction it stands above. */
	readonly first: number;
	readonly last: number;
	readonly options: CheckOptions;
}

/** Instructions follow one another and share no line. */
function optionsAt(comments: readonly CommentOptions[], line: number): CheckOptions | undefined {
	let low = 0;
	let high = comments.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((comments[middle]?.last ?? 0) < line) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	const found = comments[low];
	return found !== undefined && found.first <= line ? found.options : undefined;
}

// The parser has refused a directive it cannot read; what follows a blank is a remark.
function fileOptions({directives}: Dockerfile, given: string | undefined): CheckOptions | undefined {
	const directive = directives.find(one => one.name === 'check')?.value.split(' ', 1)[0];
	const result = parseCheckOptions(given ?? directive ?? '');
	return result.kind === 'parsed' ? result.options : undefined;
}

function instructionsOf({globalArgs, stages}: Dockerfile): readonly Instruction[] {
	return [...globalArgs, ...stages.flatMap(({from, instructions}) => [from, ...instructions])];
}
