/** One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1); scheme and parameter names in lower case. */
export interface Challenge {
	readonly scheme: string;
	readonly parameters: ReadonlyMap<string, string>;
}

const parameterPattern = /\s*([^\s"=,]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,|$)/y;
const schemePattern = /[\s,]*([^\s"=,]+)(?=[\s,]|$)\s*/y;

/**
 * Parses a WWW-Authenticate header with any number of challenges; `fetch` joins several headers with commas, so that is
 * the form it comes in. What cannot be parsed ends the list.
 */
export function parseChallenges(header: string): readonly Challenge[] {
	const challenges: {scheme: string; parameters: Map<string, string>}[] = [];
	let position = 0;
	while (position < header.length) {
		parameterPattern.lastIndex = position;
		const parameter = parameterPattern.exec(header);
		const last = challenges.at(-1);
		if (parameter !== null && last !== undefined) {
			const [whole, name = '', quoted, plain = ''] = parameter;
			last.parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
			position += whole.length;
			continue;
		}

		schemePattern.lastIndex = position;
		const scheme = schemePattern.exec(header);
		if (scheme === null) {
			break;
		}

		challenges.push({scheme: (scheme[1] ?? '').toLowerCase(), parameters: new Map()});
		position += scheme[0].length;
	}

	return challenges;
}
