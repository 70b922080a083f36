// Looks at the pages of `--format html` in a real Chromium, without a window: `npm run screens -- FOLDER`.
// Writes the pages, pictures of them and PDFs into the folder, and exits 1 where something is wrong.
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {chromium} from 'playwright-core';
import {checkPage} from './check-page.ts';
import {findChromium} from './chromium.ts';
import {makePages} from './pages.ts';

const folder = path.resolve(process.argv[2] ?? 'screens');
const found = await findChromium(process.env);
if (found.kind === 'none') {
	process.stderr.write(`${found.reason}\n`);
	process.exit(2);
}

await mkdir(folder, {recursive: true});
const browser = await chromium.launch({
	executablePath: found.program,
	env: {...process.env, ...found.env},
	// As root, in a container: what is opened are our own pages.
	args: ['--no-sandbox'],
});
const problems: string[] = [];
try {
	for (const {name, html} of await makePages()) {
		const file = path.join(folder, `${name}.html`);
		await writeFile(file, html);
		problems.push(...(await checkPage(browser, file, folder)));
	}

	process.stdout.write(`Chromium ${browser.version()}: pages and pictures are in ${folder}\n`);
} finally {
	await browser.close();
}

process.stdout.write(problems.length === 0 ? 'nothing is wrong\n' : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
