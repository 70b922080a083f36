import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {projectRoot} from '../helpers/project.ts';
import {commandPages} from './command-pages.ts';

// Writes docs/commands anew.
const folder = path.join(projectRoot, 'docs', 'commands');
rmSync(folder, {recursive: true, force: true});
mkdirSync(folder, {recursive: true});
for (const [name, text] of commandPages()) {
	writeFileSync(path.join(folder, name), text);
}
