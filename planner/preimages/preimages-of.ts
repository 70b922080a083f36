import {type Digest, type KeyInput, recordDigest, type Step, sha256, type Vertex} from '../../analyzer/index.ts';
import {stageLabel} from '../leaf-caches.ts';
import type {Plan} from '../plan.ts';
import {keyInputs, partsOf} from '../vertex-keys.ts';
import {type Mark, markOf} from './mark.ts';
import {readParts} from './read-part.ts';
import type {BasePart, RemotePart, StepName, StepPreimage} from './step-preimage.ts';
import {namesUsed, variablesAt} from './variables.ts';

/** What a plan knows that preimages are made of. */
export type PreimageSource = Pick<Plan, 'graph' | 'keys' | 'buildArgs' | 'dialect'> & {
	readonly stages: readonly {readonly steps: readonly {readonly step: Step}[]}[];
};

/** The steps of a plan that are built, in the order of the file; nothing is read for them. */
export function stepNamesOf(plan: PreimageSource): readonly StepName[] {
	return builtSteps(plan).map(({step}) => nameOf(plan, step));
}

/**
 * The preimages of the steps that are built, in the order of the file; `only` those of these ids. Files that the plan's
 * keys needed are not read again; others that the steps read are.
 */
export function preimagesOf(plan: PreimageSource, only?: ReadonlySet<string>): readonly StepPreimage[] {
	const steps = builtSteps(plan);
	const owners = new Map<Vertex, Step>();
	for (const {step, vertex} of steps) {
		if (!owners.has(vertex)) {
			owners.set(vertex, step);
		}
	}

	return steps.flatMap(({step, vertex}) =>
		only?.has(step.id) === false ? [] : [preimageOf(plan, step, vertex, owners)],
	);
}

function builtSteps({stages}: PreimageSource): readonly {readonly step: Step; readonly vertex: Vertex}[] {
	return stages
		.flatMap(({steps}) => steps)
		.flatMap(({step}) =>
			step.vertex === undefined || step.instruction.kind === 'from' ? [] : [{step, vertex: step.vertex}],
		);
}

function nameOf({graph}: PreimageSource, step: Step): StepName {
	const stage = graph.stages[step.stage];
	return {
		id: step.id,
		stage: stage === undefined ? '' : stageLabel(stage),
		line: step.instruction.range.start.line,
		keyword: step.instruction.keyword.toUpperCase(),
		text: instructionText(step.instruction),
	};
}

function preimageOf(plan: PreimageSource, step: Step, vertex: Vertex, owners: ReadonlyMap<Vertex, Step>): StepPreimage {
	const {keys} = plan;
	const parts = partsOf(vertex, owners, keys);
	const inputs = parts.flatMap(part => keyInputs(part, keys));
	const digests = parts.map(part => {
		const map = keys.cacheMap(part);
		return map.kind === 'known' ? map.map.digests[0] : undefined;
	});
	const [digest] = digests;
	const name = nameOf(plan, step);
	return {
		...name,
		...(digest !== undefined && {key: recordDigest(digest)}),
		definition: definitionMark(digests, inputs),
		...variablesOf(plan, step, vertex, name.text),
		bases: basesOf(plan, step, inputs),
		remotes: remotesOf(plan, inputs),
		reads: readParts(inputs, keys, plan.dialect.dialect),
		parents: [...new Set(inputs.flatMap(input => owners.get(input.vertex)?.id ?? []))].filter(id => id !== step.id),
	};
}

// Without what it reads and stands on: that is told by itself.
function definitionMark(digests: readonly (Digest | undefined)[], inputs: readonly KeyInput[]): Mark {
	return sha256(JSON.stringify([digests, inputs.map(({selector}) => selector ?? '')])).slice('sha256:'.length);
}

/** Longer texts are cut, so that a step takes little room where it is kept; their definitions differ all the same. */
const mostText = 2000;

/** An instruction as preimages have it: unexpanded, inline documents behind it. */
export function instructionText({text, heredocs}: Step['instruction']): string {
	return [text, ...heredocs.map(({content}) => content.replace(/\n$/, ''))].join('\n').slice(0, mostText);
}

// RUN has its variables in its environment. Of other steps only those count that the text names, whose values were expanded.
function variablesOf(
	{graph, buildArgs}: PreimageSource,
	step: Step,
	vertex: Vertex,
	text: string,
): Pick<StepPreimage, 'args' | 'env'> {
	const declared = variablesAt(step, graph, buildArgs);
	const args = new Map<string, Mark>();
	const env = new Map<string, Mark>();
	if (vertex.kind === 'exec') {
		for (const entry of vertex.env) {
			const at = entry.indexOf('=');
			const [name, value] = at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
			(declared.args.has(name) ? args : env).set(name, markOf(value));
		}

		return {args, env};
	}

	for (const name of namesUsed(text)) {
		const [arg, set] = [declared.args.get(name), declared.env.get(name)];
		if (arg !== undefined) {
			args.set(name, markOf(arg));
		} else if (set !== undefined) {
			env.set(name, markOf(set));
		}
	}

	return {args, env};
}

function basesOf(plan: PreimageSource, step: Step, inputs: readonly KeyInput[]): readonly BasePart[] {
	const bases = new Map<string, BasePart>();
	for (const {vertex} of inputs) {
		if (vertex.kind === 'image') {
			const written = writtenIn(plan, step, vertex);
			bases.set(written, {written, digest: vertex.image.digest, layers: vertex.image.diffIds.length});
		}
	}

	return [...bases.values()];
}

// The reference of the vertex is expanded, so it may hold the value of a build argument.
function writtenIn({stages}: PreimageSource, {instruction}: Step, vertex: Vertex): string {
	const from = stages
		.flatMap(stage => stage.steps)
		.find(({step}) => step.instruction.kind === 'from' && step.vertex === vertex)?.step.instruction;
	if (from?.kind === 'from') {
		return from.image.text;
	}

	const [, named] = /--from=(\S+)|--mount=\S*?from=([^,\s]+)/.exec(instruction.text) ?? [];
	return named ?? instruction.keyword;
}

function remotesOf({keys}: PreimageSource, inputs: readonly KeyInput[]): readonly RemotePart[] {
	return inputs.flatMap((input): readonly RemotePart[] => {
		const {vertex} = input;
		if (vertex.kind !== 'http' && vertex.kind !== 'git') {
			return [];
		}

		const map = keys.cacheMap(vertex);
		const digest = map.kind === 'known' ? map.map.digests[0] : undefined;
		return [{written: vertex.written, ...(digest !== undefined && {mark: digest.slice('sha256:'.length)})}];
	});
}
