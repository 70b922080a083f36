import {formatPlatform, type Plan, type StepForecast, stageLabel} from '../../planner/index.ts';
import {cutTo, padTo, widthOf} from './columns.ts';
import {planSummaryLine} from './plan-summary.ts';
import {marks, outcomeWord, type Standing, standingOf, stepLine, whyOf} from './step-words.ts';
import type {Style} from './style.ts';

/** Plans as tables, one row a step: as wide as the columns, what does not fit is cut. */
export function renderTables(plans: readonly Plan[], style: Style, columns: number): string {
	const tables = plans.map(plan => {
		const head = plans.length > 1 ? `${style.bold(formatPlatform(plan.platform))}\n` : '';
		return `${head}${renderTable(plan, style, columns)}${planSummaryLine(plan)}\n`;
	});
	return tables.join('\n');
}

interface Row {
	readonly cells: readonly string[];
	readonly standing?: Standing;
}

const titles = ['LINE', 'STAGE', 'FORECAST', 'STEP', 'CAUSE'];

function renderTable({stages}: Plan, style: Style, columns: number): string {
	const rows: readonly Row[] = [
		{cells: titles},
		...stages.flatMap(({stage, steps}) => steps.map(step => rowOf(step, stageLabel(stage)))),
	];
	const widths = shareColumns(
		titles.map((_, at) => Math.max(...rows.map(({cells}) => widthOf(cells[at] ?? '')))),
		columns,
	);
	return rows.map(row => `${paintRow(row, widths, style)}\n`).join('');
}

function rowOf(forecast: StepForecast, stage: string): Row {
	const {step} = forecast;
	const standing = standingOf(forecast);
	return {
		// What is longer than any terminal is cut before it is measured.
		cells: [
			String(step.instruction.range.start.line),
			cutTo(stage, 24),
			`${marks[standing]} ${outcomeWord(forecast)}`.trimEnd(),
			cutTo(stepLine(step), 500),
			cutTo(whyOf(forecast) ?? '', 500),
		],
		standing,
	};
}

const gap = 2;
const leastText = 16;

// Line, stage and forecast are short; step and cause share what is left by how long they are.
function shareColumns([line = 0, stage = 0, forecast = 0, step = 0, cause = 0]: readonly number[], columns: number) {
	const room = Math.max(2 * leastText, columns - line - stage - forecast - 4 * gap);
	if (step + cause <= room) {
		return [line, stage, forecast, step, cause];
	}

	const half = Math.floor(room / 2);
	const stepRoom = cause < half ? room - cause : step < half ? step : half;
	return [line, stage, forecast, stepRoom, room - stepRoom];
}

function paintRow({cells, standing}: Row, widths: readonly number[], style: Style): string {
	const [line = '', stage = '', forecast = '', step = '', cause = ''] = cells.map((cell, at) => {
		const width = widths[at] ?? 0;
		const cut = cutTo(cell, width);
		return at === 0 ? `${' '.repeat(Math.max(0, width - widthOf(cut)))}${cut}` : padTo(cut, width);
	});
	if (standing === undefined) {
		return style.dim([line, stage, forecast, step, cause].join('  ').trimEnd());
	}

	const paint = painters[standing](style);
	const text = [style.dim(line), stage, paint(forecast), step].join('  ');
	return cause.trim() === '' ? text.trimEnd() : `${text}  ${paint(cause.trimEnd())}`;
}

const painters: Readonly<Record<Standing, (style: Style) => (text: string) => string>> = {
	hit: ({hit}) => hit,
	miss: ({miss}) => miss,
	follows: ({cascade}) => cascade,
	unknown: ({unknown}) => unknown,
	none: ({dim}) => dim,
};
