import type {SinceReport} from '../../planner/index.ts';
import type {Width} from './columns.ts';
import {renderHtml} from './html/page.ts';
import {renderMarkdown} from './markdown.ts';
import type {PlanPlace} from './plan-json.ts';
import {shownSince} from './shown-since.ts';
import {sinceJson} from './since-json.ts';
import {renderSince} from './since-text.ts';
import type {Style} from './style.ts';

/** How a change can be shown; `text` is `tree`. */
export const sinceFormats = ['tree', 'text', 'json', 'markdown', 'html'] as const;

export type SinceFormat = (typeof sinceFormats)[number];

/** Whether a change can be shown in a format of plans. */
export function isSinceFormat(format: string): format is SinceFormat {
	return sinceFormats.some(one => one === format);
}

/** Shows what a change rebuilds in a format. */
export async function renderSinceAs(
	format: SinceFormat,
	report: SinceReport,
	place: PlanPlace,
	style: Style,
	width: Width,
): Promise<string> {
	switch (format) {
		case 'tree':
		case 'text': {
			return renderSince(report, place, style, width);
		}

		case 'json': {
			return `${JSON.stringify(sinceJson(report, place), undefined, '\t')}\n`;
		}

		case 'markdown': {
			return renderMarkdown(shownSince(report, place));
		}

		case 'html': {
			return renderHtml(`What a change of ${place.dockerfile} rebuilds`, shownSince(report, place));
		}
	}
}
