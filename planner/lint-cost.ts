import {type Diagnostic, type Instruction, parseDockerfile, type SourceFile} from '../analyzer/index.ts';
import {estimateOf} from './cost/estimate.ts';
import type {Ledger} from './ledger/ledger.ts';
import {instructionText} from './preimages/preimages-of.ts';

/** What a finding costs each time that it strikes. */
export interface RerunCost {
	/** How many steps run again. */
	readonly steps: number;
	/** What those took that a ledger knows, in seconds; absent where it knows none. */
	readonly seconds?: number;
}

/**
 * Tells of a file's findings which steps they make run again. What a step took is looked up by its text: lint computes no
 * keys, so this is a hint of the order, not a forecast.
 */
export function rerunCosts(
	source: SourceFile,
	ledgers: readonly Ledger[],
): (finding: Diagnostic) => RerunCost | undefined {
	const parsed = parseDockerfile(source);
	const stages = parsed.kind === 'parsed' ? parsed.dockerfile.stages : [];
	const byLine = new Map(
		stages.flatMap(({instructions}) => instructions).map(one => [one.range.start.line, one] as const),
	);
	const history = new Map(
		ledgers.flatMap(({steps}) => steps).map(step => [named(step.keyword, step.text), step] as const),
	);
	const secondsOf = (instruction: Instruction | undefined): number | undefined =>
		instruction === undefined
			? undefined
			: estimateOf(history.get(named(instruction.keyword.toUpperCase(), instructionText(instruction))))?.seconds;
	return ({reruns = []}) => {
		const known = reruns.flatMap(({start}) => secondsOf(byLine.get(start.line)) ?? []);
		return reruns.length === 0
			? undefined
			: {
					steps: reruns.length,
					...(known.length > 0 && {seconds: known.reduce((sum, seconds) => sum + seconds, 0)}),
				};
	};
}

function named(keyword: string, text: string): string {
	return `${keyword}\n${text}`;
}
