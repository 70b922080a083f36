import type {ParseResult} from './instruction.ts';
import {parseDockerfile} from './parse.ts';
import type {SourceFile} from './source.ts';

/** As `parseDockerfile`, once for each source: lint, its context and its images are worked out from the same. */
export function parseOnce(source: SourceFile): ParseResult {
	const result = resultOf.get(source) ?? parseDockerfile(source);
	resultOf.set(source, result);
	return result;
}

const resultOf = new WeakMap<SourceFile, ParseResult>();
