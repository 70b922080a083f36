import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {hostileShapes} from './hostile.ts';
import {measureShapes} from './linear.ts';
import {type FuzzOptions, fuzzOptions} from './options.ts';
import {allTargets, type Target} from './targets.ts';

// `npm run fuzz`: throws arbitrary, broken and hostile inputs at everything that reads a user's text, and then measures
// how time grows with size. Ends with 1 when something threw, answered without a place, or grew faster than its input.

/** Executions of one target before the next has its turn. */
const RUNS_PER_ROUND = 200;

const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

function fuzz(
	targets: readonly Target[],
	{seconds, seed, save}: FuzzOptions,
): {readonly executions: number; readonly finds: number} {
	const endsBy = performance.now() + seconds * 1000;
	const known = new Set<string>();
	let executions = 0;
	for (let round = 0; performance.now() < endsBy; round++) {
		for (const target of targets) {
			const roundSeed = (seed + round) % 0x7f_ff_ff_ff;
			const run = target.run(roundSeed, RUNS_PER_ROUND, endsBy);
			executions += run.executions;
			if (run.find === undefined) {
				continue;
			}

			// The same mistake is found again and again: its first two lines tell it from others.
			const {input, fault} = run.find;
			const id = fault.replaceAll(/\d+/g, '0').split('\n', 2).join('\n');
			if (!known.has(id)) {
				known.add(id);
				const text = JSON.stringify(input);
				print(
					`find: ${target.name}: ${fault}\n  again: --target "${target.name}" --seed ${roundSeed}\n  input: ${text}`,
				);
				if (save !== undefined) {
					mkdirSync(save, {recursive: true});
					writeFileSync(path.join(save, `find-${known.size}.json`), `${text}\n`);
				}
			}
		}
	}

	return {executions, finds: known.size};
}

const options = fuzzOptions(process.argv.slice(2));
const {seconds, seed, target: wanted, shape} = options;
const targets = allTargets().filter(({name}) => shape === undefined && (wanted === undefined || name === wanted));
const shapes = hostileShapes.filter(({name}) => wanted === undefined && (shape === undefined || name.includes(shape)));
if (targets.length + shapes.length === 0) {
	const names = allTargets().map(({name}) => name);
	throw new Error(`nothing is called so; targets are ${names.join(', ')}`);
}

print(`seed ${seed}`);
const {executions, finds} = targets.length === 0 ? {executions: 0, finds: 0} : fuzz(targets, options);
const superLinear = shapes.length === 0 ? 0 : measureShapes(shapes, print);
print(`fuzz: ${executions} executions, ${finds + superLinear} finds, ${seconds} s, seed ${seed}`);
process.exitCode = finds + superLinear > 0 ? 1 : 0;
