import {formatPlatform, type Plan} from '../../planner/index.ts';
import type {Width} from './columns.ts';
import {renderDot} from './drawing/dot.ts';
import type {Drawing} from './drawing/drawing.ts';
import {maxNodes} from './drawing/layout.ts';
import {renderMermaid} from './drawing/mermaid.ts';
import {drawPlan} from './drawing/plan-drawing.ts';
import {renderSvgs} from './drawing/svg.ts';
import {renderHtml} from './html/page.ts';
import {renderMarkdown} from './markdown.ts';
import {type PlanPlace, plansJson} from './plan-json.ts';
import {renderPlans} from './plans-text.ts';
import {shownPlans} from './shown-plan.ts';
import type {Style} from './style.ts';
import {renderTables} from './table-text.ts';

/** How a plan can be shown; `text` is `tree`. */
export const planFormats = [
	'tree',
	'text',
	'table',
	'json',
	'markdown',
	'html',
	'dot',
	'mermaid',
	'svg',
	'commands',
] as const;

export type PlanFormat = (typeof planFormats)[number];

/**
 * Shows the plans of all platforms in a format. The script of `commands` is made from the
 * targets of a build, not here. Nothing for an svg of too many stages.
 */
export async function renderPlanAs(
	format: PlanFormat,
	plans: readonly [Plan, ...Plan[]],
	place: PlanPlace,
	style: Style,
	width: Width,
): Promise<string | undefined> {
	switch (format) {
		case 'tree':
		case 'commands':
		case 'text': {
			return renderPlans(plans, place, style, width);
		}

		case 'table': {
			return renderTables(plans, style, width.columns);
		}

		case 'json': {
			return `${JSON.stringify(plansJson(plans, place), undefined, '\t')}\n`;
		}

		case 'markdown': {
			return renderMarkdown(shownPlans(plans, place));
		}

		case 'html': {
			return renderHtml(`Plan of ${place.dockerfile}`, shownPlans(plans, place));
		}

		case 'svg': {
			return renderSvgs(
				plans.map(plan => ({
					drawing: drawPlan(plan),
					heading: plans.length > 1 ? formatPlatform(plan.platform) : '',
				})),
			);
		}

		case 'dot': {
			return drawings(plans).map(renderDot).join('\n');
		}

		case 'mermaid': {
			return drawings(plans).map(renderMermaid).join('\n');
		}
	}
}

/** What is said of a drawing that is too large. */
export const tooLarge: {readonly message: string; readonly hint: string} = {
	message: `there is too much to draw: more than ${maxNodes} nodes`,
	hint: 'write it with --format dot, and let graphviz draw it',
};

function drawings(plans: readonly Plan[]): readonly Drawing[] {
	return plans.map(drawPlan);
}
