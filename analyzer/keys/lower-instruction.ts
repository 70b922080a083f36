import type {StageInstruction} from '../dockerfile/instruction.ts';
import {checkMetadata} from './check-metadata.ts';
import {cleanPath, joinPath} from './go-path.ts';
import {expander, type LoweringContext, parseOwner} from './lowering.ts';
import {type Dispatched, type StageState, withEnv} from './stage-state.ts';
import type {FileVertex} from './vertex.ts';

/** Every instruction that reads no files: most make no vertex, they change what later steps see (BuildKit convert.go dispatch). */
export function lowerInstruction(
	instruction: Exclude<StageInstruction, {readonly kind: 'run' | 'copy' | 'add'}>,
	state: StageState,
	context: LoweringContext,
): Dispatched {
	switch (instruction.kind) {
		case 'env': {
			// All values of one ENV are expanded before the first is assigned.
			const pairs = instruction.pairs.map(({name, value, range}) => {
				const word = expander(context, state.env, range);
				return [word(name), word(value)] as const;
			});
			return {state: pairs.reduce((next, [name, value]) => withEnv(next, name, value), state)};
		}

		case 'arg': {
			return {state: instruction.args.reduce((next, arg) => declareArg(next, arg, context), state)};
		}

		case 'workdir': {
			const {text, range} = instruction.path;
			return lowerWorkdir(expander(context, state.env, range)(text), state, context);
		}

		case 'user': {
			const {text, range} = instruction.user;
			return {state: {...state, user: expander(context, state.env, range)(text)}};
		}

		case 'shell': {
			return {state: {...state, shell: instruction.shell}};
		}

		case 'label':
		case 'expose':
		case 'volume':
		case 'stopsignal': {
			checkMetadata(instruction, state, context);
			return {state};
		}

		// ONBUILD is for the stages built on this one, which have it as their triggers.
		case 'onbuild':
		case 'cmd':
		case 'entrypoint':
		case 'healthcheck':
		case 'maintainer': {
			return {state};
		}
	}
}

// These are for the frontend, not for the environment (BuildKit convert.go nonEnvArgs).
const frontendArgs = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

function declareArg(
	state: StageState,
	{name, value, range}: Extract<StageInstruction, {readonly kind: 'arg'}>['args'][number],
	context: LoweringContext,
): StageState {
	const given = context.buildArgs.get(name);
	const inherited = value === undefined ? context.globalArgs.get(name) : expander(context, state.env, range)(value);
	const effective = given ?? inherited;
	return effective === undefined || frontendArgs.has(name) ? state : {...state, env: state.env.set(name, effective)};
}

// The folder keeps a trailing slash in the environment, but not in the step that makes it.
function lowerWorkdir(path: string, state: StageState, context: LoweringContext): Dispatched {
	const workdir = path === '' ? state.workdir : path.startsWith('/') ? path : joinPath(state.workdir, path);
	if (workdir === '/') {
		return {state: {...state, workdir}};
	}

	const vertex = context.intern<FileVertex>({
		kind: 'file',
		base: state.vertex,
		actions: [
			{
				kind: 'mkdir',
				path: cleanPath(workdir),
				mode: 0o755,
				makeParents: true,
				...(state.user !== '' && {owner: parseOwner(state.user)}),
				...(context.epoch !== undefined && {timestamp: context.epoch}),
			},
		],
	});
	return {state: {...state, workdir, vertex}, vertex};
}
