import {parseDevice} from '../device.ts';
import type {Diagnostic} from '../diagnostic.ts';
import {type FlagSpan, type Flags, flagValue, parseFlags} from '../flags.ts';
import type {RunInstruction, RunMount} from '../instruction.ts';
import {rangeOf} from '../logical-line.ts';
import {diagnose, isMistake, type Mistake, mistake} from '../mistake.ts';
import {checkMountFlag, parseMount} from '../mount.ts';
import type {Node} from '../node.ts';
import {didYouMean} from '../suggest.ts';
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

	const fault = checkMounts(flags) ?? checkDevices(flags);
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

function checkMounts(flags: Flags): Mistake | undefined {
	for (const flag of flags.strings('mount')) {
		const fault = checkMountFlag(flag.value ?? '');
		if (fault !== undefined) {
			return mistake(flagValue(flag), fault.message, fault.hint);
		}
	}

	return undefined;
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
	return choice ?? mistake(flagValue(flag), `invalid value "${value}" of flag "--${name}"`, didYouMean(value, choices));
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
			mountProblems.push(diagnose(node.source, node.line, mistake(flagValue(flag), result.message, result.hint)));
		}
	}

	return {mounts, mountProblems};
}

/** Narrows the place of `from` down to its value, where it stands in the flag as it is. */
function placeFrom({line}: Node, flag: FlagSpan, mount: RunMount): RunMount {
	const {from} = mount;
	if (from === undefined) {
		return mount;
	}

	const start = line.text.indexOf(`from=${from.text}`, flag.start) + 'from='.length;
	const end = start + from.text.length;
	return start < flag.start || end > flag.end ? mount : {...mount, from: {...from, range: rangeOf(line, {start, end})}};
}
