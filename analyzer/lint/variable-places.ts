import type {Range, SourceFile} from '../dockerfile/source.ts';

const variable = /\$\{?(\w+)/g;

/** Where in a range of the source each variable is used first, `$` included. */
export function variablePlaces(source: SourceFile, {start, end}: Range): ReadonlyMap<string, Range> {
	const lines = linesOf(source);
	const places = new Map<string, Range>();
	for (let line = start.line; line <= end.line; line++) {
		const text = (lines[line - 1] ?? '').slice(0, line === end.line ? end.column - 1 : undefined);
		variable.lastIndex = line === start.line ? start.column - 1 : 0;
		for (let match = variable.exec(text); match !== null; match = variable.exec(text)) {
			const [used, name = ''] = match;
			const column = match.index + 1;
			if (!places.has(name)) {
				const closes = used.startsWith('${') && text[match.index + used.length] === '}' ? 1 : 0;
				places.set(name, {start: {line, column}, end: {line, column: column + used.length + closes}});
			}
		}
	}

	return places;
}

function linesOf(source: SourceFile): readonly string[] {
	const lines = linesOfSource.get(source) ?? source.text.split('\n');
	linesOfSource.set(source, lines);
	return lines;
}

const linesOfSource = new WeakMap<SourceFile, readonly string[]>();
