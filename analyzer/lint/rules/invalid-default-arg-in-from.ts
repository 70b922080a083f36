import {builtInArgNames} from '../../graph/global-args.ts';
import {parseReference} from '../../graph/reference.ts';
import {expandFroms} from '../from-words.ts';
import type {FileRule} from '../rule.ts';

/**
 * What a FROM names when no build argument is given: the built-in ones count as they are given
 * (BuildKit dockerfile2llb/validations.go validateBaseImagesWithDefaultArgs).
 */
export const invalidDefaultArgInFrom: FileRule = {
	kind: 'file',
	name: 'InvalidDefaultArgInFrom',
	severity: 'warning',
	summary: 'FROM should name an image when no build argument is given',
	wholeFile: true,
	*check(input) {
		const {buildArgs} = input.options;
		const given = new Map([...buildArgs].filter(([name]) => builtInArgNames.includes(name)));
		for (const {from, image} of expandFroms(input, given).words) {
			// BuildKit fails then, and so does resolving the stages.
			if (image.kind === 'failed') {
				return;
			}

			if (parseReference(image.text).kind === 'invalid') {
				const {text, range} = from.image;
				const named = image.text === '' ? 'nothing' : `"${image.text}"`;
				yield {
					message: `"${text}" names ${named} when no build argument is given, and that is no image`,
					range,
					hint: text.includes('$')
						? 'give each of its ARGs a default before the first FROM: ARG NAME=value'
						: 'write the name of an image, in lower case',
				};
			}
		}
	},
};
