import {parseFlags} from '../flags.ts';
import type {
	MaintainerInstruction,
	StopsignalInstruction,
	UserInstruction,
	WorkdirInstruction,
} from '../instruction.ts';
import type {Span} from '../logical-line.ts';
import {isMistake, type Mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {baseOf, nameOf, onlyArgument, wordOf} from './base.ts';

/** WORKDIR (BuildKit instructions/parse.go parseWorkdir). */
export function parseWorkdir(node: Node): WorkdirInstruction | Mistake {
	const path = withoutFlags(node);
	return isMistake(path) ? path : {kind: 'workdir', ...baseOf(node), path: wordOf(node, path)};
}

/** USER (BuildKit instructions/parse.go parseUser). */
export function parseUser(node: Node): UserInstruction | Mistake {
	const user = withoutFlags(node);
	return isMistake(user) ? user : {kind: 'user', ...baseOf(node), user: wordOf(node, user)};
}

/** MAINTAINER (BuildKit instructions/parse.go parseMaintainer). */
export function parseMaintainer(node: Node): MaintainerInstruction | Mistake {
	const maintainer = withoutFlags(node);
	return isMistake(maintainer) ? maintainer : {kind: 'maintainer', ...baseOf(node), maintainer: maintainer.text};
}

/** STOPSIGNAL; flags are not looked at (BuildKit instructions/parse.go parseStopSignal). */
export function parseStopsignal(node: Node): StopsignalInstruction | Mistake {
	const signal = onlyArgument(node);
	return isMistake(signal) ? signal : {kind: 'stopsignal', ...baseOf(node), signal: wordOf(node, signal)};
}

/** The only argument of an instruction that knows no flags. */
function withoutFlags(node: Node): Span | Mistake {
	const argument = onlyArgument(node);
	if (isMistake(argument)) {
		return argument;
	}

	const {keyword, flags: spans} = node.statement;
	const flags = parseFlags(nameOf(keyword), spans, {});
	return isMistake(flags) ? flags : argument;
}
