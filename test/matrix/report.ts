import {readFile, writeFile} from 'node:fs/promises';
import {groupBy} from '../../analyzer/keys/group-by.ts';
import {type ComparedStep, mistake} from './compare.ts';
import type {ScenarioResult} from './scenario.ts';

/** What identifies a line of the report. */
export interface RowId {
	readonly engine: string;
	readonly cache: string;
	readonly case: string;
}

/** Counts of one case on one engine with one kind of cache: `hit-ran` is a false hit, `miss-cached` a false miss. */
export interface Row extends RowId {
	readonly builds: number;
	readonly refused: number;
	/** `hit-cached`, `miss-ran`, `unknown-cached` … → steps. */
	readonly steps: Readonly<Record<string, number>>;
	/** Causes of unknown steps → steps. */
	readonly unknown: Readonly<Record<string, number>>;
}

/** A step that was forecast wrong, or a scenario in which plan and build disagree, with how to see it again. */
export interface Mismatch extends RowId {
	readonly mutation: string;
	readonly what: string;
	readonly again: string;
}

export interface Report {
	readonly rows: readonly Row[];
	readonly mismatches: readonly Mismatch[];
}

/** Collects what scenarios came to. */
export interface Tally {
	add(id: RowId, mutation: string, again: string, result: ScenarioResult): readonly Mismatch[];
	report(): Report;
}

interface Counts {
	builds: number;
	refused: number;
	readonly steps: Record<string, number>;
	readonly unknown: Record<string, number>;
}

export function tally(): Tally {
	const rows = new Map<string, {readonly id: RowId; readonly counts: Counts}>();
	const mismatches: Mismatch[] = [];
	return {
		add(id, mutation, again, result) {
			if (result.kind === 'inapplicable') {
				return [];
			}

			const key = JSON.stringify(id);
			const {counts} = rows.get(key) ?? {counts: {builds: 0, refused: 0, steps: {}, unknown: {}}};
			rows.set(key, {id, counts});
			counts.builds++;
			counts.refused += result.kind === 'refused' ? 1 : 0;
			const wrong = result.kind === 'compared' ? result.steps.flatMap(step => count(step, result.failure, counts)) : [];
			const found = (result.kind === 'disagreed' ? [result.message] : wrong).map(what => ({
				...id,
				mutation,
				what,
				again,
			}));
			mismatches.push(...found);
			return found;
		},
		report: () => ({rows: [...rows.values()].map(({id, counts}) => ({...id, ...counts})), mismatches}),
	};
}

function count(step: ComparedStep, failure: string | undefined, {steps, unknown}: Counts): readonly string[] {
	const {forecast, detected, happened, line, name, cause} = step;
	const cell = `${forecast}-${happened}`;
	steps[cell] = (steps[cell] ?? 0) + 1;
	if (forecast === 'unknown') {
		unknown[cause] = (unknown[cause] ?? 0) + 1;
	}

	const wrong = mistake(forecast, happened);
	const wrongDetected = mistake(detected, happened);
	const place = `line ${line} ${name.toUpperCase()}${failure === undefined ? '' : ` (the build failed: ${failure})`}`;
	return [
		...(wrong === undefined ? [] : [`${wrong}: ${place}`]),
		...(wrongDetected === undefined || wrongDetected === wrong
			? []
			: [`${wrongDetected} with the dialect found in the cache: ${place}`]),
	];
}

/** The confusion matrix of each engine and kind of cache, in lines to print. */
export function summary({rows, mismatches}: Report): readonly string[] {
	const groups = groupBy(rows, ({engine, cache}) => `${engine} · ${cache}`);
	const lines = [...groups].flatMap(([name, group]) => {
		const steps = sum(group.map(row => row.steps));
		const unknown = sum(group.map(row => row.unknown));
		const builds = group.reduce((total, row) => total + row.builds, 0);
		const cell = (key: string) => String(steps[key] ?? 0).padStart(8);
		const line = (forecast: string) =>
			`  ${forecast.padEnd(9)}${cell(`${forecast}-cached`)}${cell(`${forecast}-ran`)}${cell(`${forecast}-not-reached`)}`;
		return [
			`${name}: ${builds} builds of ${group.length} Dockerfiles`,
			'  forecast   cached     ran  unreached',
			...['hit', 'miss', 'unknown'].map(line),
			...Object.entries(unknown).map(([cause, steps]) => `  unknown for ${cause}: ${steps}`),
		];
	});
	const all = sum(rows.map(row => row.steps));
	const predicted =
		(all['hit-cached'] ?? 0) + (all['miss-ran'] ?? 0) + (all['hit-ran'] ?? 0) + (all['miss-cached'] ?? 0);
	return [
		...lines,
		`${predicted} decided steps, ${all['hit-ran'] ?? 0} false hits, ${all['miss-cached'] ?? 0} false misses, ${mismatches.length} mismatches`,
	];
}

/** All that one mutation brought up in one line. */
interface WrittenMismatch extends Omit<Mismatch, 'what'> {
	readonly what: readonly string[];
}

interface WrittenReport {
	readonly rows: readonly Row[];
	readonly mismatches: readonly WrittenMismatch[];
}

function byMutation(mismatches: readonly Mismatch[]): readonly WrittenMismatch[] {
	return [...groupBy(mismatches, ({what: _, ...rest}) => JSON.stringify(rest)).values()].flatMap(group => {
		const [first] = group;
		return first === undefined ? [] : [{...first, what: group.map(({what}) => what)}];
	});
}

/** Writes rows into a report file, in the place of those of the same engine, cache and case, one to a line. */
export async function writeReport(file: string, {rows, mismatches}: Report): Promise<void> {
	const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{"rows":[],"mismatches":[]}')) as WrittenReport;
	const keyOf = ({engine, cache, case: name}: RowId) => JSON.stringify([engine, cache, name]);
	const fresh = new Set(rows.map(keyOf));
	const merge = <One extends RowId>(old: readonly One[], added: readonly One[]): readonly One[] =>
		[...old.filter(one => !fresh.has(keyOf(one))), ...added].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
	const lines = (all: readonly unknown[]) => all.map(one => `\n\t\t${JSON.stringify(one)}`).join(',');
	await writeFile(
		file,
		`{\n\t"rows": [${lines(merge(before.rows, rows))}\n\t],\n\t"mismatches": [${lines(merge(before.mismatches, byMutation(mismatches)))}\n\t]\n}\n`,
	);
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
	const total: Record<string, number> = {};
	for (const [key, value] of counts.flatMap(one => Object.entries(one))) {
		total[key] = (total[key] ?? 0) + value;
	}

	return total;
}
