import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import {resolveStages} from '../graph/resolve-stages.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';
import {newestDialect} from '../keys/dialect.ts';
import {checkDirectives} from './check-directives.ts';
import type {FileInput, Finding, LintKnowledge, Rule} from './rule.ts';
import {rules} from './rules/index.ts';

/**
 * Everything that is wrong with a Dockerfile or could be better, in the order of its places: errors that would stop the
 * build (wrong mount options, stages that cannot be resolved for these options), then what the rules find and no
 * `# check=skip=` waives. Errors cannot be waived. After an error of the stages only the rules about the text run.
 */
export function lintDockerfile(
	dockerfile: Dockerfile,
	options: BuildOptions,
	known: LintKnowledge = {},
): readonly Diagnostic[] {
	const input = {dockerfile, options, ...known};
	const resolved = resolveStages(dockerfile, options, newestDialect);
	const graph = resolved.kind === 'resolved' ? resolved.graph : undefined;
	const errors = resolved.kind === 'failed' ? resolved.diagnostics : [];
	const apply = checkDirectives(dockerfile);
	const findings = rules.flatMap(rule =>
		Array.from(runRule(rule, input, graph), finding => diagnose(rule, finding, dockerfile)),
	);
	return [...mountProblems(dockerfile), ...errors, ...apply(once(findings))].toSorted(byPlace);
}

// An ONBUILD trigger is seen from each stage that runs it, but stands in one place.
function once(findings: readonly Diagnostic[]): readonly Diagnostic[] {
	const byRuleAndPlace = new Map(findings.map(finding => [JSON.stringify([finding.rule, finding.range]), finding]));
	return [...byRuleAndPlace.values()];
}

function runRule(rule: Rule, input: FileInput, graph: StageGraph | undefined): Iterable<Finding> {
	switch (rule.kind) {
		case 'file': {
			return rule.check(input);
		}

		case 'graph': {
			return graph === undefined ? [] : rule.check({...input, graph});
		}
	}
}

function diagnose({name, severity}: Rule, finding: Finding, {source}: Dockerfile): Diagnostic {
	return {rule: name, severity, file: source.path, ...finding};
}

function mountProblems({stages}: Dockerfile): readonly Diagnostic[] {
	return stages.flatMap(stage => stage.instructions.flatMap(one => (one.kind === 'run' ? one.mountProblems : [])));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
	const [left, right] = [a.range.start, b.range.start];
	return left.line - right.line || left.column - right.column;
}
