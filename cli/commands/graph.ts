import {openStageGraph} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {mistakesJson} from '../render/diagnostics-json.ts';
import {renderDot} from '../render/drawing/dot.ts';
import {type Drawing, drawStages, drawSteps} from '../render/drawing/drawing.ts';
import {drawingJson, graphSchemaVersion} from '../render/drawing/drawing-json.ts';
import {renderMermaid} from '../render/drawing/mermaid.ts';
import {renderTree} from '../render/drawing/stage-tree.ts';
import {renderSvg} from '../render/drawing/svg.ts';
import {tooLarge} from '../render/plan-formats.ts';
import type {CommandContext} from './command-context.ts';

export const graphFormats = ['text', 'json', 'dot', 'mermaid', 'svg'] as const;

type GraphFormat = (typeof graphFormats)[number];

export interface GraphCommandFlags
	extends Pick<PlanFlags, 'file' | 'target' | 'buildArg' | 'buildContext' | 'platform' | 'buildkit'> {
	readonly format: GraphFormat;
	readonly steps?: boolean;
}

/** `cachecast graph`: which stage uses which. Needs no cache, no engine and no registry. */
export async function runGraph(context: string, flags: GraphCommandFlags, command: CommandContext): Promise<number> {
	const {streams, style, errorStyle} = command;
	const unused = {cacheFrom: [], noCacheFilter: [], cache: true, addHost: [], ulimit: []};
	const parsed = planRequest(context, {...unused, ...flags}, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	if (parsed.request.morePlatforms !== undefined) {
		return command.fail({message: 'a graph is of one --platform', hint: 'run graph once for each of them'});
	}

	const opened = await openStageGraph(parsed.request);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const {source} = opened;
	const place = {dockerfile: source.path, context};
	if (opened.kind === 'mistakes') {
		if (flags.format === 'json') {
			streams.out(`${JSON.stringify(mistakesJson(graphSchemaVersion, place, opened.diagnostics), undefined, '\t')}\n`);
		}

		streams.err(renderDiagnostics(opened.diagnostics, new Map([[source.path, source]]), errorStyle));
		return exitCode.findings;
	}

	const drawing = flags.steps === true ? drawSteps(opened.graph) : drawStages(opened.graph);
	const shown = await render(drawing);
	if (shown === undefined) {
		return command.fail(tooLarge);
	}

	streams.out(shown);
	return exitCode.ok;

	async function render(drawing: Drawing): Promise<string | undefined> {
		switch (flags.format) {
			case 'text': {
				return renderTree(drawing, style);
			}

			case 'json': {
				return `${JSON.stringify(drawingJson(drawing, place), undefined, '\t')}\n`;
			}

			case 'dot': {
				return renderDot(drawing);
			}

			case 'mermaid': {
				return renderMermaid(drawing);
			}

			case 'svg': {
				return renderSvg(drawing);
			}
		}
	}
}
