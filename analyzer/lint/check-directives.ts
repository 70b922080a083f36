import {type CheckOptions, parseCheckComment, parseCheckOptions} from '../dockerfile/check-options.ts';
import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile, Instruction} from '../dockerfile/instruction.ts';

/**
 * Applies a file's check options to findings: `# check=skip=A,B` or `skip=all` at the top waives them in the whole file,
 * the same comment directly above an instruction waives them there, and `error=true` at the top makes errors of the
 * rest (BuildKit linter/linter.go).
 */
export function checkDirectives(dockerfile: Dockerfile): (findings: readonly Diagnostic[]) => readonly Diagnostic[] {
	const inFile = fileOptions(dockerfile);
	const waivers = instructionsOf(dockerfile).flatMap(({range, comments}) => {
		const options = parseCheckComment(comments);
		return options === undefined ? [] : [{first: range.start.line, last: range.end.line, options}];
	});

	const isWaived = ({rule, range}: Diagnostic): boolean => {
		const here = waiverAt(waivers, range.start.line)?.options;
		return [inFile, here].some(options => options?.skipAll === true || options?.skip.includes(rule) === true);
	};

	return findings =>
		findings
			.filter(finding => !isWaived(finding))
			.map(finding => (inFile?.error === true ? {...finding, severity: 'error'} : finding));
}

interface Waiver {
	/** The lines of the instruction it stands above. */
	readonly first: number;
	readonly last: number;
	readonly options: CheckOptions;
}

/** Instructions follow one another and share no line. */
function waiverAt(waivers: readonly Waiver[], line: number): Waiver | undefined {
	let low = 0;
	let high = waivers.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((waivers[middle]?.last ?? 0) < line) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	const waiver = waivers[low];
	return waiver !== undefined && waiver.first <= line ? waiver : undefined;
}

// The parser has refused a directive it cannot read; what follows a blank is a remark.
function fileOptions({directives}: Dockerfile): CheckOptions | undefined {
	const directive = directives.find(one => one.name === 'check');
	const result = parseCheckOptions(directive?.value.split(' ', 1)[0] ?? '');
	return result.kind === 'parsed' ? result.options : undefined;
}

function instructionsOf({globalArgs, stages}: Dockerfile): readonly Instruction[] {
	return [...globalArgs, ...stages.flatMap(({from, instructions}) => [from, ...instructions])];
}
