import {parseFlags} from '../flags.ts';
import type {ArgDeclaration, ArgInstruction, EnvInstruction, LabelInstruction} from '../instruction.ts';
import {rangeOf} from '../logical-line.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import {splitDeclaration} from '../name-values.ts';
import type {Node} from '../node.ts';
import {baseOf, nameOf, noArgument} from './base.ts';

/** ENV and LABEL (BuildKit instructions/parse.go parseEnv, parseLabel). */
export function parsePairs(node: Node, kind: 'env' | 'label'): EnvInstruction | LabelInstruction | Mistake {
	const {keyword, flags: spans, pairs} = node.statement;
	const name = nameOf(keyword);
	const flags = parseFlags(name, spans, {});
	if (isMistake(flags)) {
		return flags;
	}

	if (pairs.length === 0) {
		return noArgument(node);
	}

	const nameless = pairs.find(pair => pair.name === '');
	if (nameless !== undefined) {
		return mistake(nameless, `${name} names cannot be blank`);
	}

	return {
		kind,
		...baseOf(node),
		pairs: pairs.map(pair => ({
			name: pair.name,
			value: pair.value,
			noDelimiter: pair.noDelimiter,
			range: rangeOf(node.line, pair),
		})),
	};
}

/** ARG; flags are not looked at (BuildKit instructions/parse.go parseArg). */
export function parseArg(node: Node): ArgInstruction | Mistake {
	const {args} = node.statement;
	if (args.length === 0) {
		return noArgument(node);
	}

	const declarations: ArgDeclaration[] = [];
	for (const argument of args) {
		const {name, value} = splitDeclaration(argument);
		if (name.text === '') {
			return mistake(argument, 'ARG names cannot be blank');
		}

		const range = rangeOf(node.line, argument);
		declarations.push(value === undefined ? {name: name.text, range} : {name: name.text, value: value.text, range});
	}

	return {kind: 'arg', ...baseOf(node), args: declarations};
}
