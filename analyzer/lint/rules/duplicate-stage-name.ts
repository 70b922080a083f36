import type {Word} from '../../dockerfile/source.ts';
import type {FileRule} from '../rule.ts';

/**
 * A name given twice means another stage at each place: FROM takes the last one above it, `COPY --from` and mounts the
 * last of the file. Names ignore case (BuildKit dockerfile2llb/validations.go).
 */
export const duplicateStageName: FileRule = {
	kind: 'file',
	name: 'DuplicateStageName',
	severity: 'warning',
	summary: 'Stage names should be unique',
	wholeFile: true,
	*check({dockerfile}) {
		const firstByName = new Map<string, Word>();
		for (const {from} of dockerfile.stages) {
			const {name} = from;
			if (name === undefined) {
				continue;
			}

			const key = name.text.toLowerCase();
			const first = firstByName.get(key);
			if (first === undefined) {
				firstByName.set(key, name);
				continue;
			}

			yield {
				message: `stage name "${name.text}" is already taken`,
				range: name.range,
				hint: 'give each stage a name of its own, and use it where the stage is meant',
				notes: [{message: 'first used here', range: first.range}],
			};
		}
	},
};
