import {cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {renderHtml} from '../../cli/render/html/page.ts';
import {shownPlans} from '../../cli/render/shown-plan.ts';
import type {Plan} from '../../planner/index.ts';
import {planKeys} from '../helpers/plan-keys.ts';
import {projectRoot} from '../helpers/project.ts';

/** A page to look at. */
export interface Page {
	readonly name: string;
	readonly html: string;
}

/** Pages of plans that have every forecast: nothing built yet, a change after a build, and several platforms. */
export async function makePages(): Promise<readonly Page[]> {
	const pages: Page[] = [];
	for (const [sample, changed] of [
		['node-service', 'src/server.js'],
		['diamond', undefined],
	] as const) {
		const root = await mkdtemp(path.join(os.tmpdir(), 'cachecast-screens-'));
		try {
			const dir = path.join(root, sample);
			await cp(path.join(projectRoot, 'samples', sample), dir, {recursive: true});
			const before = await planKeys(dir);
			if (changed !== undefined) {
				await writeFile(path.join(dir, changed), '// changed\n');
			}

			const after = await planKeys(dir, [before]);
			pages.push(await pageOf(`${sample}-cold`, [before]), await pageOf(`${sample}-changed`, [after]));
			pages.push(
				await pageOf(`${sample}-platforms`, [after, {...before, platform: {os: 'linux', architecture: 'arm64'}}]),
			);
		} finally {
			await rm(root, {recursive: true, force: true});
		}
	}

	return pages;
}

async function pageOf(name: string, plans: readonly Plan[]): Promise<Page> {
	return {
		name,
		html: await renderHtml('Plan of Dockerfile', shownPlans(plans, {dockerfile: 'Dockerfile', context: '.'})),
	};
}
