import type {AddInstruction, CopyInstruction, RunInstruction, StageInstruction} from '../dockerfile/instruction.ts';
import type {Range} from '../dockerfile/source.ts';

/** A place of an instruction that reads the whole context, or a folder of it that holds sources. */
export interface BroadRead {
	readonly range: Range;
	/** What it reads, for the reader. */
	readonly what: string;
}

/** Folders that are about the sources in every project that has them. */
const SOURCE_FOLDERS: ReadonlySet<string> = new Set(
	'src source sources app apps lib libs code cmd pkg internal server client frontend backend web test tests'.split(' '),
);

/** What a COPY or ADD reads of the context that changes with every commit. */
export function broadRead(instruction: StageInstruction): BroadRead | undefined {
	if ((instruction.kind !== 'copy' && instruction.kind !== 'add') || !readsContext(instruction)) {
		return undefined;
	}

	const [first] = instruction.sources.flatMap(({text, range}) => {
		const path = plainPath(text);
		return isRoot(path)
			? [{range, what: 'the context'}]
			: SOURCE_FOLDERS.has(path)
				? [{range, what: `the folder "${path}"`}]
				: [];
	});
	return first;
}

/** The source of a COPY or ADD that is the whole context. */
export function wholeContext(instruction: StageInstruction): Range | undefined {
	return (instruction.kind === 'copy' || instruction.kind === 'add') && readsContext(instruction)
		? instruction.sources.find(({text}) => isRoot(plainPath(text)))?.range
		: undefined;
}

/** The bind mount through which a RUN reads the whole context. */
export function contextMount({mounts}: RunInstruction): Range | undefined {
	return mounts.find(
		({type, from, source}) => type === 'bind' && from === undefined && isRoot(plainPath(source ?? '/')),
	)?.range;
}

function readsContext(instruction: CopyInstruction | AddInstruction): boolean {
	const from = instruction.kind === 'copy' ? instruction.from : undefined;
	return from === undefined && instruction.excludes.length === 0 && !instruction.parents;
}

function plainPath(text: string): string {
	return text
		.replaceAll(/["']/g, '')
		.replace(/^(?:\.?\/)+/, '')
		.replace(/\/+$/, '');
}

function isRoot(path: string): boolean {
	return path === '' || path === '.' || path === '*';
}
