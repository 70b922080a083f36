import type {Step} from '../analyzer/index.ts';

/** `--no-cache` is for RUN, COPY and ADD; WORKDIR is looked up all the same (BuildKit dockerfile2llb, llb.IgnoreCache). */
export function ignoresCache({instruction}: Step, noCache: boolean): boolean {
	return noCache && (instruction.kind === 'run' || instruction.kind === 'copy' || instruction.kind === 'add');
}
