import {type ComparedStep, describeDifferences} from '../../planner/index.ts';
import {hanging, type Width} from './columns.ts';
import type {Style} from './style.ts';

/** What two caches' ledgers were compared for. */
export interface ComparedCaches {
	readonly from: ComparedCache;
	readonly to: ComparedCache;
	readonly steps: readonly ComparedStep[];
}

export interface ComparedCache {
	/** As the command line has it, without what may be secret. */
	readonly name: string;
	/** RFC 3339. */
	readonly writtenAt: string;
}

const marks = {same: '✔', changed: '✖', follows: '↳', new: '+', gone: '-', unknown: '?'} as const;
const order = ['same', 'changed', 'follows', 'new', 'gone', 'unknown'] as const;

/** What is different between what two caches' ledgers noted, for people. */
export function renderComparison({from, to, steps}: ComparedCaches, style: Style, room: Width): string {
	const width = String(Math.max(0, ...steps.map(({step}) => step.line))).length;
	const stages = [...new Set(steps.map(({step}) => step.stage))].map(stage =>
		[
			style.bold(stage),
			...steps.filter(({step}) => step.stage === stage).map(one => renderStep(one, width, style, room)),
		].join('\n'),
	);
	const counts = order.flatMap(change => {
		const count = steps.filter(one => one.change === change).length;
		return count === 0 ? [] : [paintOf(change, style)(`${count} ${change}`)];
	});
	const head = [
		`from ${style.bold(from.name)} ${style.dim(`(written ${from.writtenAt})`)}`,
		`to   ${style.bold(to.name)} ${style.dim(`(written ${to.writtenAt})`)}`,
	].join('\n');
	return `${[head, ...stages, `${style.bold('Difference:')} ${counts.join(', ')}.`].join('\n\n')}\n`;
}

const wordWidth = 'unknown'.length;

function renderStep(compared: ComparedStep, lineWidth: number, style: Style, width: Width): string {
	const {step, change} = compared;
	const paint = paintOf(change, style);
	const room = Math.max(30, width.columns - lineWidth - wordWidth - 6);
	const text = step.text.replaceAll(/\s+/g, ' ');
	const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
	const first = `  ${style.dim(String(step.line).padStart(lineWidth))} ${paint(`${marks[change]} ${change.padEnd(wordWidth)}`)} ${shown}`;
	const reason = comparedReason(compared);
	return reason === undefined ? first : `${first}\n${hanging(reason, lineWidth + wordWidth + 6, width, paint)}`;
}

/** Why a step is another one, in one line; nothing where the word says it all. */
export function comparedReason({change, follows, differences}: ComparedStep): string | undefined {
	const own = describeDifferences(differences);
	const parent = follows === undefined ? undefined : `follows line ${follows}`;
	switch (change) {
		case 'unknown': {
			return parent ?? 'a ledger does not have all that it is made of';
		}

		case 'changed': {
			return parent === undefined ? own : `${parent}; also ${own}`;
		}

		default: {
			return parent;
		}
	}
}

function paintOf(change: ComparedStep['change'], style: Style): (text: string) => string {
	return {
		same: style.hit,
		changed: style.miss,
		follows: style.cascade,
		new: style.miss,
		gone: style.dim,
		unknown: style.unknown,
	}[change];
}
