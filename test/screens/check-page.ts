import path from 'node:path';
import type {Browser, Tab} from 'playwright-core';

/** How a page is looked at. */
interface View {
	readonly name: string;
	readonly scheme: 'light' | 'dark';
	readonly width: number;
	/** Every step is open. */
	readonly isOpen?: boolean;
}

const views: readonly View[] = [
	{name: 'light', scheme: 'light', width: 1200},
	{name: 'dark', scheme: 'dark', width: 1200, isOpen: true},
	{name: 'narrow', scheme: 'light', width: 480, isOpen: true},
];

/**
 * Opens a page in a browser and gives what is wrong with it, a line each: a request for anything else, an error, what does
 * not fit, what the keyboard does not reach. Writes a picture of each view, and a PDF, to a folder.
 */
export async function checkPage(browser: Browser, file: string, folder: string): Promise<readonly string[]> {
	const name = path.basename(file, '.html');
	const problems: string[] = [];
	for (const view of views) {
		const context = await browser.newContext({colorScheme: view.scheme, viewport: {width: view.width, height: 900}});
		const tab = await context.newPage();
		const say = (problem: string) => problems.push(`${name}, ${view.name}: ${problem}`);
		tab.on('request', request => {
			if (request.url() !== `file://${file}`) {
				say(`asks for ${request.url()}`);
			}
		});
		tab.on('console', message => say(`console ${message.type()}: ${message.text()}`));
		tab.on('pageerror', error => say(`error: ${error.message}`));
		await tab.goto(`file://${file}`);
		if (view.isOpen === true) {
			await tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
		}

		const overflow = Number(await tab.evaluate('document.documentElement.scrollWidth - innerWidth'));
		if (overflow > 0) {
			say(`is ${overflow} pixels wider than the window`);
		}

		await tab.screenshot({path: path.join(folder, `${name}-${view.name}.png`), fullPage: true});
		if (view.name === 'light') {
			for (const problem of await keyboardProblems(tab)) {
				say(problem);
			}

			await tab.pdf({path: path.join(folder, `${name}.pdf`), format: 'A4'});
			await tab.emulateMedia({media: 'print'});
			await tab.evaluate("dispatchEvent(new Event('beforeprint'))");
			await tab.screenshot({path: path.join(folder, `${name}-print.png`), fullPage: true});
			const closed = await tab.evaluate("document.querySelectorAll('details:not([open])').length");
			if (closed !== 0) {
				say(`${closed} steps are closed on paper`);
			}
		}

		await context.close();
	}

	return problems;
}

const focused = `[...document.querySelectorAll('details.step > summary')].indexOf(document.activeElement)`;

async function keyboardProblems(tab: Tab): Promise<readonly string[]> {
	const problems: string[] = [];
	const expect = async (what: string, expression: string, wanted: unknown) => {
		const found = await tab.evaluate(expression);
		if (found !== wanted) {
			problems.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
		}
	};
	const count = Number(await tab.evaluate("document.querySelectorAll('details.step').length"));
	const links = Number(await tab.evaluate("document.querySelectorAll('svg.graph a').length"));
	// Stages of the drawing come first, then the steps.
	for (let at = 0; at <= links; at++) {
		await tab.keyboard.press('Tab');
	}

	await expect('the first step behind the drawing', `${focused} >= 0`, true);
	await tab.keyboard.press('Home');
	await expect('Home', focused, 0);
	await tab.keyboard.press('ArrowDown');
	await expect('arrow down', focused, 1);
	await tab.keyboard.press('ArrowRight');
	await expect('arrow right', 'document.activeElement.parentElement.open', true);
	await tab.keyboard.press('ArrowLeft');
	await expect('arrow left', 'document.activeElement.parentElement.open', false);
	await tab.keyboard.press('Enter');
	await expect('Enter', 'document.activeElement.parentElement.open', true);
	await tab.keyboard.press('End');
	await expect('End', focused, count - 1);
	await tab.keyboard.press('ArrowUp');
	await expect('arrow up', focused, count - 2);
	// A link of the drawing leads into its stage.
	await tab.evaluate("document.querySelector('svg.graph a').focus()");
	await tab.keyboard.press('Enter');
	await tab.waitForTimeout(100);
	await expect(
		'Enter on a stage of the drawing',
		"document.activeElement.closest('section.stage')?.id",
		await tab.evaluate("document.querySelector('svg.graph a').getAttribute('href').slice(1)"),
	);
	return problems;
}
