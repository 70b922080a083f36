import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {corpusDockerfiles} from '../fuzz/samples.ts';
import {projectRoot} from '../helpers/project.ts';

// `npm run bench`: whole processes against a peer of the same run, since a time alone says more of the machine than of
// the program. Runs are taken in turn, so that a busy minute is shared by all. Checks nothing.

const RUNS = 10;

/** A command and what it took. */
interface Measured {
	readonly name: string;
	/** Milliseconds of whole processes, shortest first. */
	readonly times: readonly number[];
	/** Milliseconds that the program says its own work took; none where it says nothing. */
	readonly inside: readonly number[];
}

const commands: readonly {readonly name: string; readonly args: readonly string[]; readonly printsTime: boolean}[] = [
	{name: 'node, nothing', args: ['-e', '0'], printsTime: false},
	{name: 'corpus: dockerfile-ast alone', args: [compiled('test/bench/ast-alone.js')], printsTime: true},
	{name: 'corpus: parse and graph', args: [compiled('test/bench/parse-and-graph.js')], printsTime: true},
	{
		name: 'plan samples/node-service --offline',
		args: [compiled('cli/main.js'), 'plan', path.join('samples', 'node-service'), '--offline'],
		printsTime: false,
	},
];

function compiled(file: string): string {
	return path.join(projectRoot, 'dist', ...file.split('/'));
}

function measure(): readonly Measured[] {
	const results = commands.map(({name}) => ({name, times: [] as number[], inside: [] as number[]}));
	for (let run = 0; run < RUNS; run++) {
		for (const [index, {name, args, printsTime}] of commands.entries()) {
			const start = performance.now();
			const {status, stdout, stderr} = spawnSync(process.execPath, args, {cwd: projectRoot, encoding: 'utf8'});
			const took = performance.now() - start;
			if (status !== 0) {
				throw new Error(`${name} ended with ${status}: ${stderr}`);
			}

			results[index]?.times.push(took);
			if (printsTime) {
				results[index]?.inside.push(Number(stdout));
			}
		}
	}

	return results.map(({name, times, inside}) => ({name, times: sorted(times), inside: sorted(inside)}));
}

function sorted(times: readonly number[]): readonly number[] {
	return times.toSorted((a, b) => a - b);
}

function median(times: readonly number[]): number {
	return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

function print(first: string, cells: readonly string[]): void {
	process.stdout.write(`${first.padEnd(38)}${cells.map(cell => cell.padStart(9)).join('')}\n`);
}

const results = measure();
const [bare, ast, corpus] = results;
print(`${RUNS} runs each, milliseconds`, ['min', 'median', 'max', 'vs node', 'inside']);
for (const {name, times, inside} of results) {
	print(name, [
		...[times[0] ?? Number.NaN, median(times), times.at(-1) ?? Number.NaN].map(time => time.toFixed(0)),
		(median(times) / median(bare?.times ?? [])).toFixed(2),
		inside.length === 0 ? '' : median(inside).toFixed(0),
	]);
}

const files = corpusDockerfiles().length;
const work = median(corpus?.inside ?? []);
process.stdout.write(
	`corpus: ${files} files, ${work.toFixed(0)} ms, ${(work / files).toFixed(2)} ms a file, ` +
		`${(work / median(ast?.inside ?? [])).toFixed(2)} times dockerfile-ast alone\n`,
);
