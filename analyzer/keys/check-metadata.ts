import {expandWord, expandWords} from '../dockerfile/expand.ts';
import type {StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import {didYouMean} from '../dockerfile/suggest.ts';
import {graphError} from '../graph/graph-error.ts';
import type {LoweringContext} from './lowering.ts';
import {portProblem} from './port.ts';
import {isSignal, signalNames} from './signal.ts';
import type {StageState} from './stage-state.ts';

const compareRanges = (a: Range, b: Range): number => a.start.line - b.start.line || a.start.column - b.start.column;

type MetadataInstruction = Extract<StageInstruction, {readonly kind: 'label' | 'volume' | 'stopsignal' | 'expose'}>;

/**
 * Reports what BuildKit refuses of an instruction that only changes the image's config: words that cannot be expanded,
 * ports and signals that are none (dockerfile2llb/convert.go dispatch, dispatchStopSignal, convert_expose.go).
 */
export function checkMetadata(
	instruction: MetadataInstruction,
	{env}: StageState,
	{dockerfile, report}: LoweringContext,
): void {
	const {source, escape} = dockerfile;
	const expand = (text: string, range: Range): string | undefined => {
		const expanded = expandWord(text, env, {escape});
		if (expanded.kind === 'failed') {
			report(graphError(source, range, expanded.message, expanded));
			return undefined;
		}

		return expanded.text;
	};

	switch (instruction.kind) {
		case 'label': {
			for (const {name, value, range} of instruction.pairs) {
				expand(name, range);
				expand(value, range);
			}

			return;
		}

		case 'volume': {
			for (const volume of instruction.volumes) {
				if (expand(volume, instruction.range) === '') {
					report(graphError(source, instruction.range, `the volume "${volume}" is empty`));
				}
			}

			return;
		}

		case 'stopsignal': {
			const {signal} = instruction;
			const text = expand(signal.text, signal.range);
			if (text !== undefined && !isSignal(text)) {
				const hint = didYouMean(text, signalNames) ?? 'write a name, for example SIGTERM, or a number';
				report(graphError(source, signal.range, `"${text}" is no signal`, {hint}));
			}

			return;
		}

		case 'expose': {
			// BuildKit sorts them; people read them as they stand.
			for (const {text, range} of instruction.ports.toSorted((a, b) => compareRanges(a.range, b.range))) {
				const expanded = expandWords(text, env, {escape});
				const problems =
					expanded.kind === 'failed'
						? [expanded]
						: expanded.words.flatMap(word => {
								const message = portProblem(word);
								return message === undefined ? [] : [{message, hint: 'write PORT, PORT/udp or FROM-TO/tcp'}];
							});
				for (const problem of problems) {
					report(graphError(source, range, problem.message, problem));
				}
			}
		}
	}
}
