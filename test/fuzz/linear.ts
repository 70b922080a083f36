import type {HostileShape} from './hostile.ts';

/** Time may grow a little faster than size, for the sake of sorting and of memory: twice the size, at most three times the time. */
const MAX_RATIO = 3;
/** Below this a time says nothing. */
const MIN_MILLISECONDS = 100;

/** Measures shapes at n, 2n and 4n and prints a table; returns how many grow faster than their input. */
export function measureShapes(shapes: readonly HostileShape[], print: (line: string) => void): number {
	print(
		`\n${'shape'.padEnd(48)}${['n', 'n ms', '2n ms', '4n ms', 'ratio', 'ratio'].map(head => head.padStart(9)).join('')}`,
	);
	let found = 0;
	for (const shape of shapes) {
		const {times, ratios, fault} = measure(shape);
		const cells = [String(shape.size), ...times.map(time => time.toFixed(0)), ...ratios.map(ratio => ratio.toFixed(1))];
		print(
			`${shape.name.padEnd(48)}${cells.map(cell => cell.padStart(9)).join('')}${fault === undefined ? '' : `  find: ${fault}`}`,
		);
		found += fault === undefined ? 0 : 1;
	}

	return found;
}

interface Measured {
	readonly times: readonly number[];
	readonly ratios: readonly number[];
	readonly fault?: string;
}

function measure(shape: HostileShape): Measured {
	const times: number[] = [];
	const ratios: number[] = [];
	try {
		// Warm-up: the first call compiles.
		timeOf(shape, Math.ceil(shape.size / 10));
		for (const factor of [1, 2, 4]) {
			const before = times.at(-1);
			let time = timeOf(shape, shape.size * factor);
			// What looks slow may have been the machine, or its memory being tidied up: the best of five counts.
			for (let again = 0; again < 4 && before !== undefined && isSuspicious(before, time); again++) {
				time = Math.min(time, timeOf(shape, shape.size * factor));
			}

			times.push(time);
			ratios.push(...(before === undefined ? [] : [time / before]));
			if (before !== undefined && isSuspicious(before, time)) {
				return {times, ratios, fault: `${(time / before).toFixed(1)} times as long for twice the size`};
			}
		}

		return {times, ratios};
	} catch (error) {
		return {times, ratios, fault: error instanceof Error ? (error.stack ?? error.message) : String(error)};
	}
}

function isSuspicious(before: number, time: number): boolean {
	return time > MIN_MILLISECONDS && time / before > MAX_RATIO;
}

function timeOf(shape: HostileShape, n: number): number {
	const run = shape.prepare(n);
	// Of this process alone, so that what else the machine does counts less.
	const start = process.cpuUsage();
	run();
	const {user, system} = process.cpuUsage(start);
	return (user + system) / 1000;
}
