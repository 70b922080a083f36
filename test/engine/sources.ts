/** One file of the machine's apt sources. */
export interface SourcesFile {
	readonly name: string;
	readonly text: string;
}

/**
 * The machine's own entry for Debian's archive, turned to another suite: the mirror, its options and its key are
 * the machine's, so no address is ever written here. Undefined when no entry offers `main` of a Debian suite.
 * Reads both forms that sources.list(5) describes: deb822 stanzas (`.sources`) and one-line entries (`.list`).
 */
export function sourcesForSuite(
	files: readonly SourcesFile[],
	codename: string,
	suite: string,
): SourcesFile | undefined {
	const debianSuites = new Set([codename, 'oldstable', 'stable', 'testing', 'sid', 'unstable']);
	for (const {name, text} of files) {
		if (name.endsWith('.sources')) {
			const stanza = text
				.split(/\n[ \t]*\n/)
				.find(
					candidate =>
						field(candidate, 'Types').includes('deb') &&
						field(candidate, 'Enabled')[0] !== 'no' &&
						field(candidate, 'Components').includes('main') &&
						field(candidate, 'Suites').some(word => debianSuites.has(word)),
				);
			if (stanza !== undefined) {
				return {name: 'debian.sources', text: stanzaFor(stanza, suite)};
			}
			continue;
		}

		for (const line of text.split('\n')) {
			const entry = /^\s*deb\s+(?<options>\[[^\]]*\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)\s+(?<components>.*)$/.exec(line);
			const groups = entry?.groups;
			if (
				groups !== undefined &&
				debianSuites.has(groups['suite'] ?? '') &&
				(groups['components'] ?? '').split(/\s+/).includes('main')
			) {
				return {name: 'debian.list', text: `deb ${groups['options'] ?? ''}${groups['uri']} ${suite} main\n`};
			}
		}
	}
	return undefined;
}

/** The words of a field, continuation lines included. */
function field(stanza: string, name: string): readonly string[] {
	const found = new RegExp(`^${name}:(?<value>.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza);
	return (found?.groups?.['value'] ?? '').split(/\s+/).filter(word => word !== '');
}

function stanzaFor(stanza: string, suite: string): string {
	const replaced = /^(?:Types|Suites|Components):.*(?:\n[ \t].*)*\n?/gim;
	const rest = stanza
		.replaceAll(/^#.*\n?/gm, '')
		.replaceAll(replaced, '')
		.trim();
	return `Types: deb\nSuites: ${suite}\nComponents: main\n${rest}\n`;
}
