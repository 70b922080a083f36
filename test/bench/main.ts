import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {findOrStartEngine} from '../engine/find-or-start.ts';
import {stopFolder} from '../engine/stop.ts';
import type {TestEngine} from '../engine/test-engine.ts';
import {corpusDockerfiles} from '../fuzz/samples.ts';
import {type Measured, measureAll, median} from './measure.ts';
import {type Scene, scenes} from './scenes.ts';

// `npm run bench`: whole processes against peers of the same run, since a time alone says more of the machine than of
// the program. Words name the scenes to run; `--json FILE` writes the figures, `--compare FILE` holds the ratios against
// those of an earlier run. Checks nothing.

const {values: flags, positionals} = parseArgs({
	allowPositionals: true,
	options: {rounds: {type: 'string', default: '5'}, json: {type: 'string'}, compare: {type: 'string'}},
});

interface SceneResult {
	readonly scene: string;
	readonly commands: readonly {
		readonly name: string;
		readonly milliseconds: number;
		readonly peakBytes: number;
		readonly inside?: number;
	}[];
	readonly ratios: readonly {readonly name: string; readonly ratio: number; readonly goal?: number}[];
}

const print = (line = ''): void => {
	process.stdout.write(`${line}\n`);
};

const folder = await mkdtemp(path.join(os.tmpdir(), 'cachecast-bench-'));
const wanted = scenes.filter(({name}) => positionals.length === 0 || positionals.some(word => name.includes(word)));
const start = await findOrStartEngine('private');
const engine = start.kind === 'unavailable' ? undefined : start.engine;
try {
	const results: SceneResult[] = [];
	for (const scene of wanted) {
		const result = await runScene(scene, engine);
		results.push(result);
		printScene(result);
	}

	if (flags.json !== undefined) {
		await writeFile(flags.json, `${JSON.stringify({node: process.version, scenes: results}, undefined, '\t')}\n`);
	}

	if (flags.compare !== undefined) {
		const before: {readonly scenes: readonly SceneResult[]} = JSON.parse(await readFile(flags.compare, 'utf8'));
		printComparison(before.scenes, results);
	}
} finally {
	await rm(folder, {recursive: true, force: true});
	if (engine !== undefined) {
		await stopFolder(path.dirname(engine.folder), engine.programs.tools);
	}
}

async function runScene({name, prepare, ratios}: Scene, on: TestEngine | undefined): Promise<SceneResult> {
	const dir = path.join(folder, String(scenes.findIndex(scene => scene.name === name)));
	await mkdir(dir);
	const measured = await measureAll(await prepare(dir, on), Number(flags.rounds));
	await rm(dir, {recursive: true, maxRetries: 10, retryDelay: 100});
	const medianOf = (wanted: string): number => median(measured.find(one => one.name === wanted)?.times ?? []);
	return {
		scene: name,
		commands: measured.map(({name: command, times, inside, peakBytes}: Measured) => ({
			name: command,
			milliseconds: median(times),
			peakBytes,
			...(inside.length > 0 && {inside: median(inside)}),
		})),
		ratios: ratios.flatMap(({of, to, goal}) => {
			const ratio = medianOf(of) / medianOf(to);
			return Number.isNaN(ratio) ? [] : [{name: `${of} / ${to}`, ratio, ...(goal !== undefined && {goal})}];
		}),
	};
}

function printScene({scene, commands, ratios}: SceneResult): void {
	print(scene);
	for (const {name, milliseconds, peakBytes, inside} of commands) {
		const files = inside === undefined ? '' : `  ${(inside / corpusDockerfiles().length).toFixed(2)} ms a file`;
		print(`  ${name.padEnd(36)}${milliseconds.toFixed(0).padStart(8)} ms${mebibytes(peakBytes)}${files}`);
	}

	for (const {name, ratio, goal} of ratios) {
		print(`  ${name.padEnd(46)}${ratio.toFixed(2).padStart(8)}${goal === undefined ? '' : `  (goal ${goal})`}`);
	}

	print();
}

function mebibytes(bytes: number): string {
	return bytes === 0 ? '' : `${(bytes / 2 ** 20).toFixed(0).padStart(8)} MiB`;
}

function printComparison(before: readonly SceneResult[], after: readonly SceneResult[]): void {
	print('Ratios before → after');
	for (const {scene, ratios} of after) {
		for (const {name, ratio} of ratios) {
			const old = before.find(one => one.scene === scene)?.ratios.find(one => one.name === name)?.ratio;
			if (old !== undefined) {
				const verdict = ratio > old * 1.1 ? 'slower' : ratio < old / 1.1 ? 'faster' : 'same';
				print(`  ${name.padEnd(46)}${old.toFixed(2).padStart(8)} → ${ratio.toFixed(2)}  ${verdict}`);
			}
		}
	}
}
