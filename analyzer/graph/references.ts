import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {StageInstruction, StageSource} from '../dockerfile/instruction.ts';
import type {SourceFile, Word} from '../dockerfile/source.ts';
import {didYouMean} from '../dockerfile/suggest.ts';
import type {Dialect} from '../keys/dialect.ts';
import {graphError} from './graph-error.ts';
import {contextOrigin, type NamedContexts} from './named-context.ts';
import type {Origin} from './origin.ts';
import {lowerCaseHint, nameHint, parseReference} from './reference.ts';
import type {StageDependency} from './stage.ts';

/** What the COPY and RUN instructions of all stages read besides the build context. */
export interface References {
	readonly origins: readonly ReadonlyMap<StageInstruction, readonly (Origin | undefined)[]>[];
	readonly dependencies: readonly (readonly StageDependency[])[];
	readonly errors: readonly Diagnostic[];
	/** By stage what is wrong with the triggers it runs: BuildKit looks at those of needed stages only. */
	readonly triggerErrors: readonly (readonly Diagnostic[])[];
	/** External images and empty mounts take part in BuildKit's numbering of stages: `COPY --from=3` can mean one. */
	readonly externals: number;
}

/**
 * Resolves `COPY --from` and `RUN --mount=from`: names ignore case and the last stage of that name counts, wherever
 * it stands; numbers work in COPY only; anything else is an image (BuildKit dockerfile2llb toCommand, detectRunMount).
 */
export function resolveReferences(
	source: SourceFile,
	stages: readonly StageSource[],
	triggers: readonly (readonly StageInstruction[])[],
	contexts: NamedContexts,
	{numbersAllMounts}: Dialect,
): References {
	const lastByName = new Map<string, number>();
	for (const [index, {from}] of stages.entries()) {
		if (from.name !== undefined) {
			lastByName.set(from.name.text.toLowerCase(), index);
		}
	}

	const names = stages.flatMap(stage => stage.from.name?.text ?? []);
	const externals: Origin[] = [];
	const errors: Diagnostic[] = [];

	const external = (origin: Origin): Origin => {
		externals.push(origin);
		return origin;
	};

	const named = ({text, range}: Word): Origin => {
		const index = lastByName.get(text.toLowerCase());
		if (index !== undefined) {
			return {kind: 'stage', index};
		}

		if (text === 'scratch') {
			return external({kind: 'scratch'});
		}

		const parsed = parseReference(text);
		if (parsed.kind === 'invalid') {
			errors.push(
				graphError(source, range, `"${text}" is neither a stage nor an image reference`, {
					hint: didYouMean(text, names) ?? lowerCaseHint(text) ?? nameHint,
				}),
			);
		}

		return external(contextOrigin(contexts, text) ?? {kind: 'image', reference: text});
	};

	const numbered = (word: Word): Origin | undefined => {
		const index = Number(word.text);
		if (index >= 0 && index < stages.length) {
			return {kind: 'stage', index};
		}

		const origin = externals[index - stages.length];
		if (origin === undefined) {
			errors.push(
				graphError(source, word.range, `there is no stage ${word.text}`, {
					hint:
						stages.length === 1 ? 'the only stage is number 0' : `stages are numbered from 0 to ${stages.length - 1}`,
				}),
			);
		}

		return origin;
	};

	const originsOf = (instruction: StageInstruction): readonly (Origin | undefined)[] => {
		switch (instruction.kind) {
			case 'copy': {
				const {from} = instruction;
				if (from === undefined) {
					return [];
				}

				if (/[$'"\\]/.test(from.text)) {
					const hint = 'name a stage after it: FROM $IMAGE AS name, then --from=name';
					errors.push(graphError(source, from.range, 'variables are not expanded in --from', {hint}));
					return [undefined];
				}

				return [/^[+-]?\d+$/.test(from.text) ? numbered(from) : named(from)];
			}

			case 'run': {
				return instruction.mounts.map(({from, type}) => {
					if (!numbersAllMounts && (type === 'tmpfs' || (from === undefined && type !== 'cache'))) {
						return undefined;
					}

					return from === undefined ? external({kind: 'scratch'}) : named(from);
				});
			}

			default: {
				return [];
			}
		}
	};

	const resolveAll = (instructions: readonly StageInstruction[]) =>
		instructions
			.filter(one => one.kind === 'copy' || one.kind === 'run')
			.map((one): readonly [StageInstruction, readonly (Origin | undefined)[]] => [one, originsOf(one)]);
	// Triggers come after all else was resolved, and are run before it (dockerfile2llb initOnBuildTriggers).
	const own = stages.map(stage => resolveAll(stage.instructions));
	const triggerErrors: (readonly Diagnostic[])[] = [];
	const origins = own.map((ofStage, index) => {
		const before = errors.length;
		const ofTriggers = resolveAll(triggers[index] ?? []);
		triggerErrors.push(errors.splice(before));
		return new Map([...ofTriggers, ...ofStage]);
	});
	return {
		origins,
		dependencies: origins.map(ofStage =>
			[...ofStage].flatMap(([instruction, used]) => dependenciesOf(instruction, used)),
		),
		errors,
		triggerErrors,
		externals: externals.length,
	};
}

/** The ONBUILD triggers that a stage leaves for the one built on it. */
export function stageTriggers(stage: StageSource | undefined): readonly StageInstruction[] {
	if (stage === undefined) {
		return [];
	}

	const triggers =
		triggersOf.get(stage) ?? stage.instructions.flatMap(one => (one.kind === 'onbuild' ? (one.trigger ?? []) : []));
	triggersOf.set(stage, triggers);
	return triggers;
}

/** Many stages may be built on one that has many instructions: they are looked through once. */
const triggersOf = new WeakMap<StageSource, readonly StageInstruction[]>();

function dependenciesOf(
	instruction: StageInstruction,
	used: readonly (Origin | undefined)[],
): readonly StageDependency[] {
	return used.flatMap((origin, position) => {
		if (origin?.kind !== 'stage') {
			return [];
		}

		const word =
			instruction.kind === 'copy'
				? instruction.from
				: instruction.kind === 'run'
					? instruction.mounts[position]?.from
					: undefined;
		const kind = instruction.kind === 'copy' ? 'copy' : 'mount';
		return [{kind, stage: origin.index, range: word?.range ?? instruction.range}];
	});
}
