import {containsWildcards} from '../context/selector.ts';
import type {AddInstruction, CopyInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';
import {graphError} from '../graph/graph-error.ts';
import {flagRange} from './flag-range.ts';
import {cleanPath, joinPath, normalizeDestination} from './go-path.ts';
import {remoteCopy} from './lower-remote.ts';
import {expander, expandIn, type LoweringContext, parseOwner} from './lowering.ts';
import type {Dispatched, StageState} from './stage-state.ts';
import type {CopyAction, FileVertex, MergeVertex, Vertex} from './vertex.ts';

/** COPY and ADD (BuildKit dockerfile2llb/convert_copy.go dispatchCopy). `from` is the context, a stage or an image. */
export function lowerCopy(
	instruction: CopyInstruction | AddInstruction,
	state: StageState,
	from: Vertex | undefined,
	context: LoweringContext,
): Dispatched {
	const {destination: word} = instruction;
	const destination = destinationOf(expander(context, state.env, word.range)(word.text), state.workdir);
	const inFlag = (name: string, value = '') => expander(context, state.env, flagRange(instruction, name))(value);
	const mode = copyMode(flagRange(instruction, 'chmod'), inFlag('chmod', instruction.chmod), context);
	const chown = inFlag('chown', instruction.chown);
	const common = {
		destination,
		...mode,
		...(chown !== '' && {owner: parseOwner(chown)}),
		exclude: instruction.excludes,
		required: [],
	};
	const checksum = instruction.kind === 'add' ? inFlag('checksum', instruction.checksum) : '';
	const files = instruction.sources.map(source => {
		const text = expander(context, state.env, source.range)(source.text);
		const remote = instruction.kind === 'add' ? remoteCopy(text, source, instruction, checksum, context) : undefined;
		if (remote === undefined) {
			context.follow(from, rooted(text));
		}

		return {...common, ...(remote ?? {...pathCopy(text, instruction), source: from})};
	});
	const documents = instruction.heredocSources.map((document): CopyAction => {
		const data = document.expand ? expandDocument(document.data, state, instruction, context) : document.data;
		const path = joinPath('/', document.name);
		const file = context.intern<FileVertex>({
			kind: 'file',
			base: undefined,
			actions: [{kind: 'mkfile', path, mode: 0o644, data}],
		});
		return {...common, kind: 'copy', source: file, path, plain: false, unpack: false, include: []};
	});
	const actions = [...files, ...documents];
	// --link is not taken together with --chmod: the copy then needs its base.
	if (!instruction.link || mode.mode !== undefined || mode.modeText !== undefined) {
		const vertex = context.intern<FileVertex>({kind: 'file', base: state.vertex, actions});
		return {state: {...state, vertex}, vertex};
	}

	const layer = context.intern<FileVertex>({kind: 'file', base: undefined, actions});
	// Merging onto scratch is the layer itself (client/llb/merge.go).
	const vertex =
		state.vertex === undefined ? layer : context.intern<MergeVertex>({kind: 'merge', inputs: [state.vertex, layer]});
	return {state: {...state, vertex}, vertex};
}

// Relative destinations start at WORKDIR; '.' and '' mean the folder itself (convert.go pathRelativeToWorkingDir).
function destinationOf(text: string, workdir: string): string {
	return normalizeDestination(workdir, text === '.' || text === '' ? './' : text);
}

// chmod(1); read when the step runs (BuildKit solver/llbsolver/file/backend.go, dchapes-mode).
const symbolicMode = /^[ugoa]*(?:[-+=](?:[rwxXst]+|[ugo])?)+(?:,[ugoa]*(?:[-+=](?:[rwxXst]+|[ugo])?)+)*$/;

function copyMode(
	range: Range,
	chmod: string,
	{dockerfile, report}: LoweringContext,
): Pick<CopyAction, 'mode' | 'modeText'> {
	if (chmod === '') {
		return {};
	}

	if (/^[0-7]+$/.test(chmod)) {
		const mode = Number.parseInt(chmod, 8);
		if (mode <= 0o7777) {
			return {mode};
		}
	}

	const isNumber = /^\d/.test(chmod);
	if (isNumber || !symbolicMode.test(chmod)) {
		const hint = isNumber
			? 'write an octal number between 0 and 07777'
			: 'write an octal number, or changes such as u+x,go=r';
		report(graphError(dockerfile.source, range, `"${chmod}" is no mode`, {hint}));
	}

	return {modeText: chmod};
}

function pathCopy(
	text: string,
	instruction: CopyInstruction | AddInstruction,
): Pick<CopyAction, 'kind' | 'path' | 'plain' | 'unpack' | 'include' | 'required'> {
	const unpack = instruction.kind === 'add' && instruction.unpack !== false;
	const plain = {kind: 'copy', plain: true, unpack} as const;
	if (!instruction.parents) {
		return {...plain, path: rooted(text), include: [], required: []};
	}

	// `a/./b` copies `b` with its folders, but not `a`.
	const pivot = text.indexOf('/./');
	const parent = pivot === -1 ? '/' : text.slice(0, pivot);
	const pattern = rooted(pivot === -1 ? text : text.slice(pivot + 3));
	const needsPath = !containsWildcards(parent) && !containsWildcards(pattern);
	return {
		...plain,
		path: rooted(parent),
		include: [pattern.replace(/^\//, '')],
		required: needsPath ? [rooted(joinPath(parent, pattern))] : [],
	};
}

function rooted(path: string): string {
	return cleanPath(path.startsWith('/') ? path : joinPath('/', path));
}

// The body keeps its quotes: only variables are replaced (ExpandRaw with SkipProcessQuotes).
function expandDocument(
	data: string,
	state: StageState,
	{range}: CopyInstruction | AddInstruction,
	context: LoweringContext,
): string {
	return expandIn(context, state.env, range, data, {escape: '\\', skipProcessQuotes: true});
}
