const plain =
	'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX';

const names = new Set([
	...plain.split(' '),
	...Array.from({length: 15}, (_, index) => `RTMIN+${index + 1}`),
	...Array.from({length: 14}, (_, index) => `RTMAX-${index + 1}`),
]);

/** Signals of Linux by their full names. */
export const signalNames: readonly string[] = [...names].map(name => `SIG${name}`);

/** Whether STOPSIGNAL takes a text: a name in any case, with or without SIG, or a number other than 0 (moby/sys signal ParseSignal). */
export function isSignal(text: string): boolean {
	return /^[+-]?\d+$/.test(text) ? Number(text) !== 0 : names.has(text.toUpperCase().replace(/^SIG/, ''));
}
