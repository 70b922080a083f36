import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {allNodes, commandTree} from '../../cli/completion/command-tree.ts';
import {examples} from '../../cli/examples.ts';
import {createProgram} from '../../cli/program.ts';
import {projectRoot} from '../helpers/project.ts';
import {commandPages} from './command-pages.ts';

const nodes = allNodes(commandTree(createProgram('', async () => {})));

test('docs/commands has a page of every command, as the program is now (npm run docs)', t => {
	const folder = path.join(projectRoot, 'docs', 'commands');
	const pages = commandPages();
	t.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
	for (const [name, text] of pages) {
		t.is(readFileSync(path.join(folder, name), 'utf8'), text, name);
	}
});

test('every command has two or three examples, of options that it has', t => {
	t.deepEqual([...examples.keys()].sort(), nodes.map(({path}) => path).sort());
	for (const [command, all] of examples) {
		t.true(all.length >= 2 && all.length <= 3, command);
		for (const {command: line} of all) {
			// The longest command that the line has, as the shell would find it.
			const node = nodes
				.filter(({path}) => `${line} `.includes(`${path} `) || line.includes(`${path})`))
				.sort((a, b) => b.path.length - a.path.length)[0];
			const names = new Set(node?.options.flatMap(one => one.names));
			const wrong = [...line.matchAll(/ (--?[a-z][a-z-]*)/g)].flatMap(([, name = '']) => (names.has(name) ? [] : name));
			t.deepEqual(wrong, [], line);
			t.true(node?.path.startsWith(command), line);
		}
	}
});
