import type {Style} from './style.ts';

/** What changes in a file, as `diff -u` and `git apply` have it. */
export async function unifiedDiff(file: string, before: string, after: string, style: Style): Promise<string> {
	// Loaded only where there is something to show.
	const {createTwoFilesPatch} = await import('diff');
	const name = file.replace(/^(?:\.\/)+/, '');
	const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {context: 3});
	return patch
		.replace(/^=+\n/, '')
		.split('\n')
		.map(line =>
			/^(?:---|\+\+\+) /.test(line)
				? style.bold(line)
				: line.startsWith('+')
					? style.hit(line)
					: line.startsWith('-')
						? style.miss(line)
						: line.startsWith('@@')
							? style.dim(line)
							: line,
		)
		.join('\n');
}
