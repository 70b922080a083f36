import {parseFlags} from '../flags.ts';
import type {ExposeInstruction, VolumeInstruction} from '../instruction.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {trimSpace} from '../white-space.ts';
import {baseOf, noArgument, wordOf} from './base.ts';

/** EXPOSE; BuildKit sorts the ports by their bytes (instructions/parse.go parseExpose). */
export function parseExpose(node: Node): ExposeInstruction | Mistake {
	const {args, flags: spans} = node.statement;
	if (args.length === 0) {
		return noArgument(node);
	}

	const flags = parseFlags('EXPOSE', spans, {});
	if (isMistake(flags)) {
		return flags;
	}

	const ports = args.toSorted((a, b) => Buffer.compare(Buffer.from(a.text), Buffer.from(b.text)));
	return {kind: 'expose', ...baseOf(node), ports: ports.map(port => wordOf(node, port))};
}

/** VOLUME (BuildKit instructions/parse.go parseVolume). */
export function parseVolume(node: Node): VolumeInstruction | Mistake {
	const {args, flags: spans} = node.statement;
	if (args.length === 0) {
		return noArgument(node);
	}

	const flags = parseFlags('VOLUME', spans, {});
	if (isMistake(flags)) {
		return flags;
	}

	const empty = args.find(({text}) => trimSpace(text) === '');
	return empty === undefined
		? {kind: 'volume', ...baseOf(node), volumes: args.map(({text}) => trimSpace(text))}
		: mistake(empty, 'a VOLUME cannot be an empty string');
}
