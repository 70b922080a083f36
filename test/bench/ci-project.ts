import {randomBytes} from 'node:crypto';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';

/**
 * A project as CI meets it: dependencies that are slow to install and big, a build on top of them, tests that the image
 * does not need, and a small image. `base` has a shell. Its files are random, so that nothing packs well: 24 MiB of
 * dependencies, 8 MiB of output.
 */
export async function makeCiProject(dir: string, base: string): Promise<void> {
	await mkdir(path.join(dir, 'src'), {recursive: true});
	await mkdir(path.join(dir, 'test'), {recursive: true});
	await writeFile(path.join(dir, 'lock.txt'), randomBytes(16).toString('hex'));
	await writeFile(path.join(dir, 'test/all.txt'), 'tests\n');
	await touchSource(dir);
	await writeFile(
		path.join(dir, 'Dockerfile'),
		[
			`FROM ${base} AS deps`,
			'WORKDIR /app',
			'COPY lock.txt ./',
			'RUN mkdir modules && for i in 1 2 3 4; do head -c 6291456 /dev/urandom > modules/$i; done && sleep 8',
			'',
			'FROM deps AS build',
			'COPY src/ ./src/',
			'RUN mkdir dist && cat src/* > dist/out.txt && head -c 8388608 /dev/urandom > dist/bundle && sleep 2',
			'',
			'FROM build AS test',
			'COPY test/ ./test/',
			'RUN cat test/* dist/out.txt > report.txt && sleep 1',
			'',
			`FROM ${base} AS runtime`,
			'WORKDIR /app',
			'COPY --from=build /app/dist ./dist',
			'CMD ["cat", "dist/out.txt"]',
			'',
		].join('\n'),
	);
}

/** Changes the project's one source file. */
export async function touchSource(dir: string): Promise<void> {
	await writeFile(path.join(dir, 'src/main.txt'), randomBytes(16).toString('hex'));
}
