import {type Ledger, type LintedFile, rerunCosts} from '../../../planner/index.ts';
import {formatSeconds} from '../amounts.ts';

/** Files with a note at each finding that makes steps run again: how many, and what they took where a ledger knows. */
export function withCostNotes(files: readonly LintedFile[], ledgers: readonly Ledger[]): readonly LintedFile[] {
	return files.map(file => {
		if (!file.findings.some(({reruns}) => reruns !== undefined)) {
			return file;
		}

		const costOf = rerunCosts(file.source, ledgers);
		const findings = file.findings.map(finding => {
			const cost = costOf(finding);
			if (cost === undefined) {
				return finding;
			}

			const {steps, seconds} = cost;
			const time = seconds === undefined ? '' : `: ${formatSeconds(seconds)} by the ledger of the cache`;
			const message = `${steps} step${steps === 1 ? ' runs' : 's run'} again each time${time}`;
			return {...finding, notes: [...(finding.notes ?? []), {message, range: finding.range}]};
		});
		return {...file, findings};
	});
}
