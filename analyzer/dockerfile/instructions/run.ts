import {parseDevice} from '../device.ts';
import type {Diagnostic} from '../diagnostic.ts';
import {type FlagSpan, type Flags, flagValue, parseFlags} from '../flags.ts';
import type {RunInstruction, RunMount} from '../instruction.ts';
import {type LogicalLine, rangeOf, type Span} from '../logical-line.ts';
import {diagnose, isMistake, type Mistake, mistake} from '../mistake.ts';
import {checkMountFlag, type MountFault, parseMount} from '../mount.ts';
import type {Node} from '../node.ts';
import {quote} from '../quote.ts';
import {spanOf} from '../split-command.ts';
import {chooseFrom} from '../suggest.ts';
import {baseOf} from './base.ts';
import {commandOf} from './command.ts';

const NETWORKS = ['default', 'none', 'host'] as const;
const SECURITIES = ['sandbox', 'insecure'] as const;

/** `RUN [--mount=…] command` (BuildKit instructions/parse.go parseRun and the hooks in commands_run*.go). */
export function parseRun(node: Node): RunInstruction | Mistake {
	const {flags: spans, args, json} = node.statement;
	const flags = parseFlags('RUN', spans, {mount: 'strings', network: 'string', security: 'string', device: 'strings'});
	if (isMistake(flags)) {
		return flags;
	}

	const fault = checkMounts(node, flags) ?? checkDevices(flags);
	if (fault !== undefined) {
		return fault;
	}

	const network = choose(flags.string('network'), NETWORKS);
	const security = choose(flags.string('security'), SECURITIES);
	if (isMistake(network)) {
		return network;
	}

	if (isMistake(security)) {
		return security;
	}

	return {
		kind: 'run',
		...baseOf(node),
		command: commandOf(args, json),
		...readMounts(node, flags.strings('mount')),
		...(network === undefined ? {} : {network}),
		...(security === undefined ? {} : {security}),
		devices: flags.strings('device').map(({value = ''}) => value),
	};
}

function checkMounts(node: Node, flags: Flags): Mistake | undefined {
	for (const flag of flags.strings('mount')) {
		const fault = checkMountFlag(flag.value ?? '');
		if (fault !== undefined) {
			return mountMistake(node, flag, fault);
		}
	}

	return undefined;
}

function mountMistake({line}: Node, flag: FlagSpan, {message, hint, field, part}: MountFault): Mistake {
	const span = field === '' ? looseComma(flag, line) : findInFlag(line, flag, field);
	return mistake(span === undefined ? flagValue(flag) : narrow(span, part), message, hint);
}

/** The comma that nothing follows, or only another comma. */
function looseComma(flag: FlagSpan, line: LogicalLine): Span | undefined {
	return findInFlag(line, flag, ',,') ?? spanOf(line.text, flag.end - 1, flag.end);
}

/** The key or the value of `key=value`. */
function narrow({text, start, end}: Span, part: MountFault['part']): Pick<Span, 'start' | 'end'> {
	const equals = text.indexOf('=');
	if (part === undefined || equals === -1) {
		return {start, end};
	}

	return part === 'key' ? {start, end: start + equals} : {start: Math.min(start + equals + 1, end - 1), end};
}

function checkDevices(flags: Flags): Mistake | undefined {
	for (const flag of flags.strings('device')) {
		const result = parseDevice(flag.value ?? '');
		if (result.kind === 'failed') {
			return mistake(flagValue(flag), result.message, result.hint);
		}
	}

	return undefined;
}

function choose<Choice extends string>(
	flag: FlagSpan | undefined,
	choices: readonly Choice[],
): Choice | undefined | Mistake {
	if (flag === undefined) {
		return undefined;
	}

	const {name, value = ''} = flag;
	const choice = choices.find(candidate => candidate === value);
	return (
		choice ?? mistake(flagValue(flag), `invalid value ${quote(value)} of flag "--${name}"`, chooseFrom(value, choices))
	);
}

/** The mounts that can be read without an environment, and what is wrong with the others. */
function readMounts(node: Node, flags: readonly FlagSpan[]): Pick<RunInstruction, 'mounts' | 'mountProblems'> {
	const mounts: RunMount[] = [];
	const mountProblems: Diagnostic[] = [];
	for (const flag of flags) {
		const result = parseMount({text: flag.value ?? '', range: rangeOf(node.line, flag)});
		if (result.kind === 'parsed') {
			mounts.push(placeFrom(node, flag, result.mount));
		} else {
			mountProblems.push(diagnose(node.source, node.line, mountMistake(node, flag, result)));
		}
	}

	return {mounts, mountProblems};
}

/** Narrows the place of `from` down to its value. */
function placeFrom({line}: Node, flag: FlagSpan, mount: RunMount): RunMount {
	const {from} = mount;
	const option = from === undefined ? undefined : findInFlag(line, flag, `from=${from.text}`);
	return from === undefined || option === undefined
		? mount
		: {...mount, from: {...from, range: rangeOf(line, {start: option.start + 'from='.length, end: option.end})}};
}

/** Where a flag has `text` as it is, without quotes or escapes inside. */
function findInFlag(line: LogicalLine, flag: FlagSpan, text = ''): Span | undefined {
	const start = text === '' ? -1 : line.text.slice(flag.start, flag.end).indexOf(text);
	return start === -1 ? undefined : spanOf(line.text, flag.start + start, flag.start + start + text.length);
}
