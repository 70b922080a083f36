import type {AddInstruction} from '../dockerfile/instruction.ts';
import type {Range, Word} from '../dockerfile/source.ts';
import {graphError} from '../graph/graph-error.ts';
import {flagRange} from './flag-range.ts';
import {joinPath} from './go-path.ts';
import type {LoweringContext} from './lowering.ts';
import {type GitSource, parseRemoteSource} from './remote-source.ts';
import {withoutLogin} from './source-url.ts';
import type {CopyAction, GitVertex, HttpVertex} from './vertex.ts';

/** What of a copy is told by its source. */
export type RemoteCopy = Pick<CopyAction, 'kind' | 'source' | 'path' | 'plain' | 'unpack' | 'include'>;

/**
 * The copy of a URL or a git repository; `undefined` where `text`, the source with its variables replaced, is a path
 * (BuildKit dockerfile2llb/convert_copy.go dispatchCopy).
 */
export function remoteCopy(
	text: string,
	source: Word,
	instruction: AddInstruction,
	checksum: string,
	context: LoweringContext,
): RemoteCopy | undefined {
	const {dockerfile, dialect, report} = context;
	const refuse = (range: Range, message: string, hint?: string) =>
		report(graphError(dockerfile.source, range, message, {hint}));
	const checksumRange = flagRange(instruction, 'checksum');
	if (checksum !== '' && instruction.sources.length !== 1) {
		if (source === instruction.sources[0]) {
			refuse(instruction.range, '--checksum is for one source', 'write one ADD for each source');
		}

		return undefined;
	}

	const written = withoutLogin(source.text);
	const copy = {kind: 'copy', plain: false, include: []} as const;
	const remote = parseRemoteSource(text, dialect);
	switch (remote.kind) {
		case 'invalid': {
			refuse(source.range, remote.message, remote.hint);
			return undefined;
		}

		case 'local': {
			if (checksum !== '') {
				const hint = 'leave it out: a file is compared by its content anyway';
				refuse(source.range, '--checksum is for http(s) and git sources', hint);
			}

			return undefined;
		}

		case 'http': {
			if (checksum !== '' && !checksumPattern.test(checksum)) {
				const hint = 'write sha256: and 64 hexadecimal digits in lower case';
				refuse(checksumRange, `"${checksum}" is no checksum`, hint);
			}

			const {fileName} = remote;
			const vertex = context.intern<HttpVertex>({
				kind: 'http',
				url: text,
				fileName,
				...(checksum !== '' && {checksum}),
				written,
			});
			return {...copy, source: vertex, path: joinPath('/', fileName), unpack: instruction.unpack === true};
		}

		case 'git': {
			const {git} = remote;
			const conflict = gitConflict(instruction, git, checksum);
			if (conflict !== undefined) {
				refuse(source.range, conflict, 'say it in one place');
			}

			const vertex = context.intern<GitVertex>({
				kind: 'git',
				...git,
				checksum: git.checksum === '' ? checksum : git.checksum,
				keepGitDir: git.keepGitDir ?? instruction.keepGitDir ?? false,
				written,
			});
			return {...copy, source: vertex, path: '/', unpack: false};
		}
	}
}

// go-digest Validate.
const checksumPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

function gitConflict({keepGitDir}: AddInstruction, git: GitSource, checksum: string): string | undefined {
	if (keepGitDir !== undefined && git.keepGitDir !== undefined && keepGitDir !== git.keepGitDir) {
		return 'the URL and --keep-git-dir contradict each other';
	}

	return checksum !== '' && git.checksum !== '' && checksum !== git.checksum
		? 'the URL and --checksum name two commits'
		: undefined;
}
