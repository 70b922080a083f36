import {buildInto} from './store-export.ts';

// A process of its own that exports again and again, to be killed or to compete: folder, tag, letters, how often.

const [dir = '', tag = '', letters = '', times = '1'] = process.argv.slice(2);
for (let round = 0; round < Number(times); round++) {
	const shown = letters.slice(round % letters.length) + letters.slice(0, round % letters.length);
	const changes = await buildInto(dir, {[tag]: shown}, round % 2 === 0 ? {} : {maxAge: 86_400_000}, Date.now());
	process.stdout.write('.');
	const problem = changes.find(change => change.problem !== undefined)?.problem;
	if (problem !== undefined) {
		process.stderr.write(`${problem}\n`);
		process.exitCode = 1;
	}
}
