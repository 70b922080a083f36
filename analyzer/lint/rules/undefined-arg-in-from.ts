import type {ExpandResult} from '../../dockerfile/expand.ts';
import type {Word} from '../../dockerfile/source.ts';
import {didYouMean} from '../../dockerfile/suggest.ts';
import {fromWords} from '../from-words.ts';
import type {FileRule, Finding} from '../rule.ts';
import {variablePlaces} from '../variable-places.ts';

/** Declared without a value is declared (BuildKit dockerfile2llb/validations.go reportUnusedFromArgs). */
export const undefinedArgInFrom: FileRule = {
	kind: 'file',
	name: 'UndefinedArgInFrom',
	severity: 'warning',
	summary: 'FROM should use only ARGs that are declared before the first FROM',
	*check(input) {
		const {source, globalArgs} = input.dockerfile;
		const {args, words} = fromWords(input);
		const known = new Set([
			...globalArgs.flatMap(instruction => instruction.args.map(({name}) => name)),
			...args.names(),
		]);
		for (const {from, image, platform} of words) {
			yield* undeclared(from.image, image);
			if (from.platform !== undefined && platform !== undefined) {
				yield* undeclared(from.platform, platform);
			}
		}

		function* undeclared({range}: Word, expanded: ExpandResult): Iterable<Finding> {
			const unset = expanded.kind === 'expanded' ? [...expanded.unmatched] : [];
			const names = unset.filter(name => !known.has(name));
			const places = names.length === 0 ? new Map() : variablePlaces(source, range);
			for (const name of names) {
				yield {
					message: `"${name}" is not declared before the first FROM`,
					range: places.get(name) ?? range,
					hint: didYouMean(name, known) ?? `write ARG ${name}=value there`,
				};
			}
		}
	},
};
