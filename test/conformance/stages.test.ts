import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {formatPlatform, type ParseResult, requiredImages} from '../../analyzer/index.ts';
import {sharedDir} from '../helpers/project.ts';
import {
	analyze,
	difference,
	factsOf,
	graphDifference,
	normalize,
	type Outcome,
	parse,
	refusalDifference,
	type StageFacts,
	unique,
	type Wish,
} from '../helpers/stage-facts.ts';

// Stage graphs as BuildKit v0.26.3 builds them (linux/amd64, every image stood in for by one with only PATH set), against
// parseDockerfile and resolveStages. What BuildKit refuses only when it dispatches a stage (a wrong --chmod, a wrong mount
// option), lowerStages refuses: so a refusal of any of the three counts, and a graph must stand after all three.

/** Reads a file of the shared data; where it is not there the test says so and passes. */
function shared(t: ExecutionContext, ...names: readonly string[]): string | undefined {
	const file = sharedDir === undefined ? undefined : path.join(sharedDir, ...names);
	if (file === undefined || !existsSync(file)) {
		t.log(`no shared data here: ${names.join('/')} was not run`);
		return undefined;
	}

	return readFileSync(file, 'utf8');
}

/** Runs every case, whatever the ones before it gave, and counts. `expected` lists by name those that cannot pass, with the reason. */
function runCases<C>(
	t: ExecutionContext,
	cases: readonly C[],
	{
		name,
		check,
		expected = {},
	}: {
		readonly name: (one: C) => string;
		/** What is wrong, or nothing. */
		readonly check: (one: C) => string | undefined;
		readonly expected?: Readonly<Record<string, string>>;
	},
): void {
	const wrong = cases.flatMap(one => {
		const problem = check(one);
		return problem === undefined ? [] : [{name: name(one), problem}];
	});
	for (const {name: title, problem} of wrong) {
		t.log(`${title}: ${expected[title] === undefined ? problem : `known: ${expected[title]}`}`);
	}

	t.log(`${cases.length - wrong.length} passed, ${wrong.length} failed`);
	// A known failure that passes by now must leave the list.
	t.deepEqual(wrong.map(one => one.name).sort(), Object.keys(expected).sort());
}

interface ResolutionCase extends Wish {
	readonly name: string;
	readonly dockerfile: string;
	readonly error?: string;
	readonly targetStage?: number;
	readonly needed?: readonly number[];
	readonly stages?: readonly StageFacts[];
	readonly refs?: readonly string[];
}

test('conformance/stages/resolution.json', t => {
	const text = shared(t, 'conformance', 'stages', 'resolution.json');
	if (text === undefined) {
		t.pass();
		return;
	}

	const {cases, count} = JSON.parse(text) as {readonly cases: readonly ResolutionCase[]; readonly count: number};
	t.is(cases.length, count);
	runCases(t, cases, {
		name: one => one.name,
		check(one) {
			const outcome = analyze(parse(one.dockerfile), one);
			if (one.error !== undefined) {
				return refusalDifference(outcome, one.error);
			}

			const refs = (one.refs ?? []).map(ref => ref.split(' ')[0] ?? '');
			const {targetStage = -1, needed = [], stages = []} = one;
			const platforms =
				'graph' in outcome
					? difference(
							requiredImages(outcome.graph)
								.map(({reference, platform}) => `${normalize(reference)} ${formatPlatform(platform)}`)
								.sort(),
							one.refs,
						)
					: undefined;
			return graphDifference(outcome, {target: targetStage, needed, stages, refs}) ?? platforms;
		},
	});
});

interface OracleRow {
	readonly file: string;
	readonly error: string | null;
	readonly target: number;
	readonly needed: readonly number[];
	readonly stages: readonly StageFacts[];
	readonly refs: readonly string[];
}

const oracle = test.macro((t, corpus: string, expected: Readonly<Record<string, string>>) => {
	const text = shared(t, 'corpus', 'oracle', `${corpus}.graph.jsonl`);
	if (text === undefined) {
		t.pass();
		return;
	}

	const rows = text
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as OracleRow);
	runCases(t, rows, {
		name: row => row.file,
		expected,
		check(row) {
			const outcome = analyze(parse(shared(t, 'corpus', corpus, row.file) ?? ''));
			return row.error === null ? graphDifference(outcome, row) : refusalDifference(outcome, row.error);
		},
	});
});

test('corpus/dockerfiles: real Dockerfiles', oracle, 'dockerfiles', {});
test('corpus/dockerfiles-gotest: those of BuildKit’s own tests', oracle, 'dockerfiles-gotest', {
	'079-moby__buildkit__dockerfile_check_test__testRuleCheckOption_L460.Dockerfile':
		'the graph stands; `# check=error=true` makes a lint finding fatal',
	'080-moby__buildkit__dockerfile_check_test__testRuleCheckOption_L503.Dockerfile':
		'the graph stands; `# check=error=true` makes a lint finding fatal',
});

interface TruthEdge {
	readonly from: number;
	readonly to: number;
	readonly kind: 'from' | 'copy' | 'mount';
	readonly line: number;
}

interface Scenario extends Wish {
	readonly targetStage: number;
	readonly needed: readonly number[];
	readonly neededExternalRefs: readonly string[];
	readonly changedBases: readonly {readonly index: number; readonly baseStage: number | null}[];
	readonly errors: readonly unknown[];
}

interface Truth {
	readonly file: string;
	readonly target: number;
	readonly stages: readonly {
		readonly index: number;
		readonly name: string | null;
		readonly baseStage: number | null;
		readonly baseRef: string | null;
		readonly line: number;
	}[];
	readonly edges: readonly TruthEdge[];
	readonly needed: readonly number[];
	readonly neededExternalRefs: readonly string[];
	readonly errors: readonly {readonly msg: string}[];
	readonly neededByTarget: Readonly<Record<string, {readonly needed?: readonly number[]}>>;
	readonly scenarios: readonly Scenario[];
}

test('corpus/truth: whole graphs, every target, other arguments and platforms', t => {
	const list = shared(t, 'corpus', 'truth', 'index.tsv');
	if (list === undefined || sharedDir === undefined) {
		t.pass();
		return;
	}

	const files = readdirSync(path.join(sharedDir, 'corpus', 'truth')).filter(name => name.endsWith('.json'));
	t.is(files.length, list.trim().split('\n').length - 1);
	const cases = files.flatMap(file => {
		const truth = JSON.parse(shared(t, 'corpus', 'truth', file) ?? '') as Truth;
		const text = shared(t, 'corpus', 'dockerfiles', truth.file) ?? '';
		return truthCases(truth, parse(text)).map(({name, check}) => ({name: `${file} ${name}`, check}));
	});
	runCases(t, cases, {name: one => one.name, check: one => one.check()});
});

interface TruthCase {
	readonly name: string;
	readonly check: () => string | undefined;
}

function truthCases(truth: Truth, dockerfile: ParseResult): readonly TruthCase[] {
	const whole = (): string | undefined => {
		const outcome = analyze(dockerfile);
		const [error] = truth.errors;
		return error === undefined ? truthDifference(outcome, truth) : refusalDifference(outcome, error.msg);
	};
	const targets = Object.entries(truth.errors.length > 0 ? {} : truth.neededByTarget).map(([target, {needed}]) => ({
		name: `target ${target}`,
		check: () => neededDifference(analyze(dockerfile, {target}), needed),
	}));
	const scenarios = truth.scenarios.map(scenario => ({
		name: `scenario ${JSON.stringify([scenario.target, scenario.buildArgs, scenario.platform])}`,
		check: () => scenarioDifference(analyze(dockerfile, scenario), scenario),
	}));
	return [{name: 'default target', check: whole}, ...targets, ...scenarios];
}

function truthDifference(outcome: Outcome, truth: Truth): string | undefined {
	if ('refusal' in outcome) {
		return `refused: ${outcome.refusal}`;
	}

	const {stages, target} = outcome.graph;
	const edges = stages.flatMap(({index: to, dependencies}) =>
		dependencies.map(({stage: from, kind, range}) => ({from, to, kind, line: range.start.line})),
	);
	const byStages = (a: TruthEdge, b: TruthEdge) => a.from - b.from || a.to - b.to || a.kind.localeCompare(b.kind);
	const pick = ({from, to, kind}: TruthEdge) => `${from}→${to} ${kind}`;
	return (
		difference(target, truth.target) ??
		difference(
			stages.map(({name, base}) => [name ?? null, base.kind === 'stage' ? base.index : null]),
			truth.stages.map(({name, baseStage}) => [name?.toLowerCase() ?? null, baseStage]),
		) ??
		difference(
			stages.map(({base}) => (base.kind === 'image' ? normalize(base.reference) : null)),
			truth.stages.map(({baseRef}) => baseRef),
		) ??
		difference([...edges].sort(byStages).map(pick), [...truth.edges].sort(byStages).map(pick)) ??
		neededDifference(outcome, truth.needed) ??
		difference(factsOf(outcome.graph).refs, unique(truth.neededExternalRefs))
	);
}

function neededDifference(outcome: Outcome, needed: readonly number[] | undefined): string | undefined {
	if (needed === undefined) {
		return refusalDifference(outcome, 'this target');
	}

	return 'refusal' in outcome ? `refused: ${outcome.refusal}` : difference(factsOf(outcome.graph).needed, needed);
}

function scenarioDifference(outcome: Outcome, scenario: Scenario): string | undefined {
	if (scenario.errors.length > 0) {
		return refusalDifference(outcome, JSON.stringify(scenario.errors));
	}

	if ('refusal' in outcome) {
		return `refused: ${outcome.refusal}`;
	}

	const {graph} = outcome;
	const base = (index: number) => graph.stages[index]?.base;
	return (
		difference(graph.target, scenario.targetStage) ??
		neededDifference(outcome, scenario.needed) ??
		difference(factsOf(graph).refs, unique(scenario.neededExternalRefs)) ??
		difference(
			scenario.changedBases.map(({index}) => {
				const now = base(index);
				return now?.kind === 'stage' ? now.index : null;
			}),
			scenario.changedBases.map(({baseStage}) => baseStage),
		)
	);
}
