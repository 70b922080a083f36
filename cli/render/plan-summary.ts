import type {Plan} from '../../planner/index.ts';
import {formatBytes} from './amounts.ts';

/** `3 hit, 2 miss, 0 unknown`, and what is to be pulled. */
export function planSummaryLine({summary: {hit, miss, unknown, pull}}: Plan): string {
	const bytes = pull.bytes > 0 ? `; up to ${formatBytes(pull.bytes)} to pull` : '';
	return `${hit} hit, ${miss} miss, ${unknown} unknown${bytes}`;
}
