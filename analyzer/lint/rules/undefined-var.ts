import {parseCsv} from '../../dockerfile/csv.ts';
import {expandWord} from '../../dockerfile/expand.ts';
import type {StageInstruction} from '../../dockerfile/instruction.ts';
import type {Range} from '../../dockerfile/source.ts';
import {didYouMean} from '../../dockerfile/suggest.ts';
import {flagRange} from '../../keys/flag-range.ts';
import type {Finding, GraphInput, GraphRule} from '../rule.ts';
import {placeOf, type Visit, walkStages} from '../stage-walk.ts';
import {variablePlaces} from '../variable-places.ts';

/** A text in which BuildKit replaces variables; a document keeps its quotes, and its escape is always the backslash. */
interface Text {
	readonly text: string;
	readonly range: Range;
	readonly document?: true;
}

/** For the frontend, never set (BuildKit convert.go nonEnvArgs). */
const frontendArgs: ReadonlySet<string> = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

/** Looking for what was meant costs more than the rule: a file of many mistakes gets it for the first. */
const MAX_HINTS = 100;

/**
 * A variable that neither the stage nor its base image sets is empty. On a base image that is not known nothing can be
 * said. Commands are the shell's, not BuildKit's (dockerfile2llb/validations.go reportUnmatchedVariables).
 */
export const undefinedVar: GraphRule = {
	kind: 'graph',
	name: 'UndefinedVar',
	severity: 'warning',
	summary: 'Variables should be set before they are used',
	dependsOn: 'images',
	*check(input) {
		let hints = MAX_HINTS;
		for (const visit of walkStages(input)) {
			if (visit.state.unresolved === undefined) {
				for (const {name, ...place} of undefinedIn(input, visit)) {
					const meant = hints-- > 0 ? didYouMean(name, visit.state.env.names()) : undefined;
					yield {
						message: `variable "${name}" is not set here, so it is empty`,
						...place,
						hint: meant ?? `set it above with ARG or ENV, or write \${${name}:-} if it may be empty`,
					};
				}
			}
		}
	},
};

type Place = Pick<Finding, 'range' | 'notes'>;

function* undefinedIn(input: GraphInput, visit: Visit): Iterable<Place & {readonly name: string}> {
	const {escape, source} = input.dockerfile;
	const own = new Set<string>();
	for (const {text, range, document} of textsOf(visit.instruction, input, own)) {
		if (!text.includes('$') || visit.budget.left < 0) {
			continue;
		}

		const options = document === true ? ({escape: '\\', skipProcessQuotes: true} as const) : {escape};
		const expanded = expandWord(text, visit.state.env, options);
		const unset = expanded.kind === 'expanded' ? [...expanded.unmatched] : [];
		visit.budget.left -= expanded.kind === 'expanded' ? Math.max(0, expanded.text.length - text.length) : 0;
		const names = unset.filter(
			name => !own.has(name) && !frontendArgs.has(name) && visit.declared.get(name) === undefined,
		);
		const places = names.length === 0 ? undefined : variablePlaces(source, range);
		for (const name of names) {
			yield {name, ...placeOf(visit, places?.get(name) ?? range)};
		}
	}
}

/** What BuildKit expands of an instruction; `own` gathers the names that an ARG has declared on the way. */
function* textsOf(instruction: StageInstruction, {options}: GraphInput, own: Set<string>): Iterable<Text> {
	switch (instruction.kind) {
		case 'arg': {
			for (const {name, value, range} of instruction.args) {
				if (value !== undefined && !options.buildArgs.has(name)) {
					yield {text: value, range};
				}

				own.add(name);
			}

			return;
		}

		case 'env':
		case 'label': {
			yield* instruction.pairs.flatMap(({name, value, range}) => [
				{text: name, range},
				{text: value, range},
			]);
			return;
		}

		case 'add':
		case 'copy': {
			const flags = {chown: instruction.chown, chmod: instruction.chmod};
			const all = instruction.kind === 'add' ? {...flags, checksum: instruction.checksum} : flags;
			for (const [name, text = ''] of Object.entries(all)) {
				yield {text, range: flagRange(instruction, name)};
			}

			yield* [...instruction.sources, instruction.destination];
			for (const {data, expand} of instruction.heredocSources) {
				yield {text: expand ? data : '', range: instruction.range, document: true};
			}

			return;
		}

		case 'run': {
			for (const {name, value = '', range} of instruction.flags) {
				yield* name === 'mount' ? mountValues(value).map(text => ({text, range})) : [];
			}

			return;
		}

		case 'workdir': {
			yield instruction.path;
			return;
		}

		case 'user': {
			yield instruction.user;
			return;
		}

		case 'stopsignal': {
			yield instruction.signal;
			return;
		}

		case 'volume': {
			yield* instruction.volumes.map(text => ({text, range: instruction.range}));
			return;
		}

		// EXPOSE is expanded too, but BuildKit does not tell what was not set there.
		default:
	}
}

function mountValues(mount: string): readonly string[] {
	const csv = parseCsv(mount);
	return csv.kind === 'failed' ? [] : csv.fields.map(field => field.slice(field.indexOf('=') + 1 || field.length));
}
