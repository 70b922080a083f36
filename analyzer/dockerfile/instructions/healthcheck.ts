import {type FlagSpan, flagValue, parseFlags} from '../flags.ts';
import {parseDuration, parseInt32} from '../go-values.ts';
import type {HealthcheckInstruction} from '../instruction.ts';
import type {Span} from '../logical-line.ts';
import {isMistake, type Mistake, mistake} from '../mistake.ts';
import type {Node} from '../node.ts';
import {quote} from '../quote.ts';
import {baseOf, noArgument} from './base.ts';
import {commandOf} from './command.ts';

/** `HEALTHCHECK NONE` and `HEALTHCHECK [flags] CMD command` (BuildKit instructions/parse.go parseHealthcheck). */
export function parseHealthcheck(node: Node): HealthcheckInstruction | Mistake {
	const [type, ...command] = node.statement.args;
	if (type === undefined) {
		return noArgument(node);
	}

	if (type.text.toUpperCase() !== 'NONE') {
		return parseCheck(node, type, command);
	}

	const [unwanted] = command;
	return unwanted === undefined
		? {kind: 'healthcheck', ...baseOf(node), command: 'none'}
		: mistake(unwanted, 'HEALTHCHECK NONE takes no arguments');
}

function parseCheck(node: Node, type: Span, command: readonly Span[]): HealthcheckInstruction | Mistake {
	const flags = parseFlags('HEALTHCHECK', node.statement.flags, {
		interval: 'string',
		timeout: 'string',
		'start-period': 'string',
		'start-interval': 'string',
		retries: 'string',
	});
	if (isMistake(flags)) {
		return flags;
	}

	if (type.text.toUpperCase() !== 'CMD') {
		return mistake(
			type,
			`unknown type ${quote(type.text)} of HEALTHCHECK`,
			'write CMD before the command, or NONE to switch the check off',
		);
	}

	if (command.length === 0) {
		return mistake(type, 'HEALTHCHECK CMD has no command');
	}

	const durations = ['interval', 'timeout', 'start-period', 'start-interval'].map(name =>
		checkDuration(flags.string(name)),
	);
	const fault = durations.find(isMistake) ?? checkRetries(flags.string('retries'));
	return fault ?? {kind: 'healthcheck', ...baseOf(node), command: commandOf(command, node.statement.json)};
}

const NANOSECONDS_PER_MILLISECOND = 1e6;

function checkDuration(flag: FlagSpan | undefined): Mistake | undefined {
	if (flag?.value === undefined || flag.value === '') {
		return undefined;
	}

	const duration = parseDuration(flag.value);
	if (duration === undefined) {
		return mistake(
			flagValue(flag),
			`invalid duration ${quote(flag.value)} of flag "--${flag.name}"`,
			/^\d+$/.test(flag.value) ? `add a unit: ${flag.value}s` : 'write it like 1m30s',
		);
	}

	return duration !== 0 && duration < NANOSECONDS_PER_MILLISECOND
		? mistake(flagValue(flag), `flag "--${flag.name}" cannot be less than 1ms`)
		: undefined;
}

function checkRetries(flag: FlagSpan | undefined): Mistake | undefined {
	if (flag?.value === undefined || flag.value === '') {
		return undefined;
	}

	const retries = parseInt32(flag.value);
	if (retries === undefined) {
		return mistake(flagValue(flag), `invalid number ${quote(flag.value)} of flag "--retries"`);
	}

	return retries < 0 ? mistake(flagValue(flag), 'flag "--retries" cannot be negative') : undefined;
}
