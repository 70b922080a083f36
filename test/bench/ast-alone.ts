import {readFileSync} from 'node:fs';
import {DockerfileParser} from 'dockerfile-ast';
import {corpusDockerfiles} from '../fuzz/samples.ts';

// The same files through dockerfile-ast alone, which finds instructions and their ranges and no more: the peer that
// parse-and-graph.ts is held against.

const start = performance.now();
for (const path of corpusDockerfiles()) {
	DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions();
}

process.stdout.write(`${performance.now() - start}\n`);
