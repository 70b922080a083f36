import {appendFile} from 'node:fs/promises';
import type {ActionsFlags} from './github-actions.ts';
import type {Streams} from './streams.ts';

/** Appends Markdown to the summary of a step, where that is GitHub Actions and is wanted. A failure is told, and harmless. */
export async function addToSummary(
	markdown: () => string,
	{summary}: ActionsFlags,
	{streams, env}: {readonly streams: Streams; readonly env: NodeJS.ProcessEnv},
): Promise<void> {
	const file = env['GITHUB_STEP_SUMMARY'];
	if (summary === false || streams.command === undefined || !file) {
		return;
	}

	try {
		await appendFile(file, `${markdown()}\n`);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		streams.err(`the step summary cannot be written: ${code}\n`);
	}
}
