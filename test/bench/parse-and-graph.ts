import {readFileSync} from 'node:fs';
import {newestDialect, parseDockerfile, resolveStages} from '../../analyzer/index.ts';
import {corpusDockerfiles} from '../fuzz/samples.ts';

// A whole process that parses the files of the corpus and resolves their stages, for main.ts to measure. Prints how many
// milliseconds went into the files alone, reading them included.

const start = performance.now();
for (const path of corpusDockerfiles()) {
	const parsed = parseDockerfile({path, text: readFileSync(path, 'utf8')});
	if (parsed.kind === 'parsed') {
		const buildPlatform = {os: 'linux', architecture: 'amd64'};
		resolveStages(parsed.dockerfile, {buildArgs: new Map(), buildPlatform}, newestDialect);
	}
}

process.stdout.write(`${performance.now() - start}\n`);
