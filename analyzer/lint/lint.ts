import type {Diagnostic, Severity} from '../dockerfile/diagnostic.ts';
import type {Dockerfile} from '../dockerfile/instruction.ts';
import {parseOnce} from '../dockerfile/parse-once.ts';
import type {SourceFile} from '../dockerfile/source.ts';
import {resolveStages} from '../graph/resolve-stages.ts';
import type {BuildOptions, StageGraph} from '../graph/stage.ts';
import {newestDialect} from '../keys/dialect.ts';
import {checkDirectives} from './check-directives.ts';
import {commentWaivers} from './comment-waivers.ts';
import {levelOf} from './levels.ts';
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
	const parsed = parseOnce(source);
	if (parsed.kind === 'parsed') {
		return lintDockerfile(parsed.dockerfile, options, known);
	}

	const {before, diagnostic} = parsed;
	const isRead = (rule: Rule) => rule.kind === 'file' && rule.whileReading === true;
	const findings =
		before === undefined ? [] : runRules(rules.filter(isRead), {dockerfile: before, options, ...known}, undefined);
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
	const {dockerfile, options, levels = []} = input;
	const directives = checkDirectives(dockerfile, options.buildArgs);
	const comments = commentWaivers(dockerfile);
	// One object for all rules: what several of them need is worked out once for it.
	const graphInput = graph === undefined ? undefined : {...input, graph};
	const isOn = (rule: Rule) => levelOf(rule, levels) !== 'off' && !directives.isOff(rule);
	const keep = (rule: Rule, found: Iterable<Finding>) =>
		Array.from(found).filter(finding => !directives.isWaived(rule, finding) && !comments.waives(rule, finding));
	const found = wanted
		.filter(isOn)
		.flatMap(rule => keep(rule, runRule(rule, input, graphInput)).map(finding => ({rule, finding})));
	const wasJudged = (rule: Rule) =>
		rule.dependsOn === undefined &&
		wanted.includes(rule) &&
		isOn(rule) &&
		(graph !== undefined || rule.kind === 'file');
	const waiverInput = {...input, unused: comments.unused(wasJudged, rules), ruleNames: rules.map(({name}) => name)};
	const ofWaivers = wanted
		.filter(isOn)
		.flatMap(rule =>
			rule.kind === 'waivers' ? keep(rule, rule.check(waiverInput)).map(finding => ({rule, finding})) : [],
		);
	const severityOf = (rule: Rule): Severity => {
		const level = levelOf(rule, levels);
		return directives.error || level === 'off' ? 'error' : level;
	};
	return once([...found, ...ofWaivers].map(({rule, finding}) => diagnose(rule, severityOf(rule), finding, dockerfile)));
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

		case 'waivers': {
			return [];
		}
	}
}

function diagnose({name}: Rule, severity: Severity, {waivedAt, ...finding}: Finding, {source}: Dockerfile): Diagnostic {
	return {rule: name, severity, file: source.path, ...finding};
}

function mountProblems({stages}: Dockerfile): readonly Diagnostic[] {
	return stages.flatMap(stage => stage.instructions.flatMap(one => (one.kind === 'run' ? one.mountProblems : [])));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
	const [left, right] = [a.range.start, b.range.start];
	return left.line - right.line || left.column - right.column;
}
