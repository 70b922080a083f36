import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import type {Dialect} from '../keys/dialect.ts';
import {graphError} from './graph-error.ts';
import {contextName} from './named-context.ts';

/**
 * Names of stages that a build refuses: each is looked up among the named contexts, given or not, whose names are
 * image references (BuildKit frontend/dockerui/config.go NamedContext: "invalid context name").
 */
export function stageNameErrors({source, stages}: Dockerfile, {hasNamedContexts}: Dialect): readonly Diagnostic[] {
	return stages
		.flatMap(({from}) => from.name ?? [])
		.filter(({text}) => hasNamedContexts && contextName(text.toLowerCase()) === undefined)
		.map(({text, range}) =>
			graphError(source, range, `"${text}" cannot be the name of a stage: BuildKit reads it as the name of an image`, {
				hint: 'end it with a letter or digit, with one ".", "_", "__" or dashes between two of them',
			}),
		);
}
