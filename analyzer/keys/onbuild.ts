import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import {parseDockerfile} from '../dockerfile/parse.ts';
import type {Range, SourceFile} from '../dockerfile/source.ts';
import {graphError} from '../graph/graph-error.ts';
import type {ImageTriggers, StageGraph} from '../graph/stage.ts';
import {baseImageKey, type ImageTable} from './images.ts';

export type ImageTriggersResult =
	| {readonly kind: 'triggers'; readonly triggers: ImageTriggers}
	| {readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[]};

/**
 * The ONBUILD triggers that the base images of the needed stages bring, as instructions; their place is the FROM that
 * runs them. Fails where one is no instruction (BuildKit dockerfile2llb/convert.go initOnBuildTriggers).
 */
export function imageTriggers(graph: StageGraph, images: ImageTable): ImageTriggersResult {
	const triggers = new Map<number, readonly StageInstruction[]>();
	const diagnostics: Diagnostic[] = [];
	for (const stage of graph.stages.filter(one => one.needed && !one.replaced)) {
		const key = baseImageKey(stage, graph);
		const result = key === undefined ? undefined : images.get(key);
		const texts = result?.kind === 'resolved' ? result.image.config.onBuild : [];
		const parsed = texts.map(text => parseTrigger(text, stage.source.from.range, graph.dockerfile.source));
		diagnostics.push(...parsed.flatMap(one => ('severity' in one ? [one] : [])));
		const instructions = parsed.flatMap(one => ('severity' in one ? [] : [one]));
		if (instructions.length > 0) {
			triggers.set(stage.index, instructions);
		}
	}

	return diagnostics.length > 0 ? {kind: 'failed', diagnostics} : {kind: 'triggers', triggers};
}

function parseTrigger(text: string, range: Range, source: SourceFile): StageInstruction | Diagnostic {
	const parsed = parseDockerfile({path: source.path, text: `FROM scratch\n${text}`});
	const instructions = parsed.kind === 'parsed' ? (parsed.dockerfile.stages[0]?.instructions ?? []) : [];
	const [instruction] = instructions;
	return instruction === undefined || instructions.length > 1
		? graphError(source, range, `the base image has an ONBUILD trigger that is no instruction: "${text}"`)
		: {...instruction, range};
}
