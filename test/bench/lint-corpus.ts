import {readFileSync} from 'node:fs';
import {lintDockerfile, parseDockerfile} from '../../analyzer/index.ts';
import {corpusDockerfiles} from '../fuzz/samples.ts';

// A whole process that lints the files of the corpus. Prints how many milliseconds went into the files alone, reading
// them included.

const start = performance.now();
for (const path of corpusDockerfiles()) {
	const parsed = parseDockerfile({path, text: readFileSync(path, 'utf8')});
	if (parsed.kind === 'parsed') {
		lintDockerfile(parsed.dockerfile, {buildArgs: new Map(), buildPlatform: {os: 'linux', architecture: 'amd64'}});
	}
}

process.stdout.write(`${performance.now() - start}\n`);
