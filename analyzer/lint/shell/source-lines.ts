import type {Dockerfile} from '../../dockerfile/instruction.ts';
import {joinLines} from '../../dockerfile/join-lines.ts';
import type {LogicalLine} from '../../dockerfile/logical-line.ts';
import {type PhysicalLine, readLines} from '../../dockerfile/physical-line.ts';

/** The logical line that begins at a physical one, with the places of its characters. */
export function logicalLineAt(dockerfile: Dockerfile, startLine: number): LogicalLine | undefined {
	const lines = linesOf(dockerfile);
	const first = lines[startLine - 1];
	let next = startLine;
	const reader = {next: () => lines[next++], tooLong: () => undefined};
	return first === undefined ? undefined : joinLines(dockerfile.source.text, first, reader, dockerfile.escape)?.line;
}

const linesOfFile = new WeakMap<Dockerfile, readonly PhysicalLine[]>();

function linesOf(dockerfile: Dockerfile): readonly PhysicalLine[] {
	const known = linesOfFile.get(dockerfile);
	if (known !== undefined) {
		return known;
	}

	const reader = readLines(dockerfile.source.text);
	const lines: PhysicalLine[] = [];
	for (let line = reader.next(); line !== undefined; line = reader.next()) {
		lines.push(line);
	}

	linesOfFile.set(dockerfile, lines);
	return lines;
}
