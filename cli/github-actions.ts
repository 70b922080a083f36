import type {Diagnostic} from '../planner/index.ts';
import type {Streams} from './streams.ts';

/** What a runner of GitHub Actions shows besides the log. */
export interface ActionsFlags {
	readonly annotations?: boolean;
	readonly summary?: boolean;
}

/**
 * In GitHub Actions what is printed is read for commands (actions/runner ActionCommand.cs): `::name::` at the start of a
 * line, after blanks, and `##[name]` anywhere. What others wrote must not become one, so these are broken up; in JSON by
 * another way to write the same character.
 */
export function withoutCommands(text: string): string {
	const broken = /^[{[]/.test(text) ? String.raw`#\u0023[` : '# #[';
	return text.replaceAll('##[', broken).replace(/(^|[\r\n])((?:[^\S\r\n]|\u0085)*):(?=:)/g, '$1$2: ');
}

/** Streams whose texts a runner takes for nothing but text; `command` is for our own commands. */
export function actionsStreams(streams: Streams): Streams {
	return {
		...streams,
		out: text => streams.out(withoutCommands(text)),
		err: text => streams.err(withoutCommands(text)),
		command: line => streams.err(`${line}\n`),
	};
}

const levels = {error: 'error', warning: 'warning', info: 'notice'} as const;

/** Of one kind a runner shows ten a step; more would only fill the log. */
const maxAnnotations = 10;

/** Writes diagnostics as annotations, where that is GitHub Actions and is wanted. */
export function annotate(diagnostics: readonly Diagnostic[], {annotations}: ActionsFlags, {command}: Streams): void {
	if (annotations === false || command === undefined) {
		return;
	}

	const counts = new Map<string, number>();
	for (const diagnostic of diagnostics) {
		const count = (counts.get(diagnostic.severity) ?? 0) + 1;
		counts.set(diagnostic.severity, count);
		if (count <= maxAnnotations) {
			command(annotationOf(diagnostic));
		}
	}
}

/** The workflow command that shows a diagnostic beside its line. */
export function annotationOf({severity, file, range, message, rule, hint}: Diagnostic): string {
	const {start, end} = range;
	// Columns are for a place within one line.
	const columns = start.line === end.line ? {col: start.column, endColumn: end.column} : {};
	const properties = {file, line: start.line, endLine: end.line, ...columns, title: `cachecast: ${rule}`};
	return commandLine(levels[severity], properties, hint === undefined ? message : `${message}\n${hint}`);
}

/** A workflow command, escaped as @actions/core does (actions/toolkit packages/core/src/command.ts). */
export function commandLine(
	name: string,
	properties: Readonly<Record<string, string | number>>,
	message: string,
): string {
	const parts = Object.entries(properties).map(
		([key, value]) => `${key}=${escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
	);
	return `::${name} ${parts.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
	return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
