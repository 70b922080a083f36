import type {GraphRule} from '../rule.ts';
import {placeOf, walkStages} from '../stage-walk.ts';
import {knownText} from '../visit-words.ts';

// One of these words, whole (BuildKit dockerfile2llb/validations.go getSecretsRegex).
const secret = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/iu;
const harmless = /(?:_|^)(?:public|file|version)(?:_|$)/iu;

/** Tells by the name alone, as BuildKit does: values are not looked at, and never shown. */
export const secretsUsedInArgOrEnv: GraphRule = {
	kind: 'graph',
	name: 'SecretsUsedInArgOrEnv',
	severity: 'warning',
	summary: 'Secrets should not be handed over in ARG or ENV',
	*check(input) {
		for (const visit of walkStages(input)) {
			const {instruction} = visit;
			const named =
				instruction.kind === 'arg'
					? instruction.args.map(({name, range}) => ({name, range}))
					: instruction.kind === 'env'
						? instruction.pairs.map(({name, range}) => ({name: knownText(input, visit, name) ?? '', range}))
						: [];
			for (const {name, range} of named) {
				if (secret.test(name) && !harmless.test(name)) {
					yield {
						message: `"${name}" seems to be a secret, and ${instruction.kind.toUpperCase()} keeps it in the image`,
						...placeOf(visit, range),
						hint: `hand it over as a secret: RUN --mount=type=secret,id=${name},env=${name} …`,
					};
				}
			}
		}
	},
};
