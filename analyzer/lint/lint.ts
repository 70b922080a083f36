import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import {parseDockerfile} from '../dockerfile/parse.ts';
import type {SourceFile} from '../dockerfile/source.ts';
import {resolveStages} from '../graph/resolve-stages.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';
import {newestDialect} from '../keys/dialect.ts';
import {checkDirectives} from './check-directives.ts';
import type {FileInput, Finding, GraphInput, LintKnowledge, Rule} from './rule.ts';
import {rules} from './rules/index.ts';

/**
 * Everything that is wrong with a text or could be better, in the order of its places. Of one that BuildKit could not read
 * that is the mistake, and what it warns of before it comes to it.
 */
export function lintSource(
	source: SourceFile,
	options: BuildOptions,
	known: LintKnowledge = {},
): readonly Diagnostic[] {
	const parsed = parseDockerfile(source);
	if (parsed.kind === 'parsed') {
		return lintDockerfile(parsed.dockerfile, options, known);
	}

	const {before, diagnostic} = parsed;
	const isRead = (rule: Rule) => rule.kind === 'file' && rule.whileReading === true;
	const findings = before === undefined ? [] : runRules(rules.filter(isRead), {dockerfile: before, options}, undefined);
	return [...findings, diagnostic].toSorted(byPlace);
}

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
	const resolved = resolveStages(dockerfile, options, newestDialect);
	const graph = resolved.kind === 'resolved' ? resolved.graph : undefined;
	const errors = resolved.kind === 'failed' ? resolved.diagnostics : [];
	const findings = runRules(rules, {dockerfile, options, ...known}, graph);
	return [...mountProblems(dockerfile), ...errors, ...findings].toSorted(byPlace);
}

function runRules(wanted: readonly Rule[], input: FileInput, graph: StageGraph | undefined): readonly Diagnostic[] {
	const {dockerfile, options} = input;
	const directives = checkDirectives(dockerfile, options.buildArgs);
	// One object for all rules: what several of them need is worked out once for it.
	const graphInput = graph === undefined ? undefined : {...input, graph};
	const found = wanted
		.filter(rule => !directives.isOff(rule))
		.flatMap(rule =>
			Array.from(runRule(rule, input, graphInput))
				.filter(finding => !directives.isWaived(rule, finding))
				.map(finding => diagnose(rule, finding, dockerfile)),
		);
	return once(found).map(one => (directives.error ? {...one, severity: 'error'} : one));
}

// An ONBUILD trigger is seen from each stage that runs it, but stands in one place.
function once(findings: readonly Diagnostic[]): readonly Diagnostic[] {
	const byRuleAndPlace = new Map(
		findings.map(finding => [JSON.stringify([finding.rule, finding.range, finding.message]), finding]),
	);
	return [...byRuleAndPlace.values()];
}

function runRule(rule: Rule, input: FileInput, graphInput: GraphInput | undefined): Iterable<Finding> {
	switch (rule.kind) {
		case 'file': {
			return rule.check(input);
		}

		case 'graph': {
			return graphInput === undefined ? [] : rule.check(graphInput);
		}
	}
}

function diagnose({name, severity}: Rule, {waivedAt, ...finding}: Finding, {source}: Dockerfile): Diagnostic {
	return {rule: name, severity, file: source.path, ...finding};
}

function mountProblems({stages}: Dockerfile): readonly Diagnostic[] {
	return stages.flatMap(stage => stage.instructions.flatMap(one => (one.kind === 'run' ? one.mountProblems : [])));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
	const [left, right] = [a.range.start, b.range.start];
	return left.line - right.line || left.column - right.column;
}
