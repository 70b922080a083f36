import type {LintedFile} from '../../../planner/index.ts';
import type {Style} from '../style.ts';
import {lintJson} from './json.ts';
import {renderLint} from './pretty.ts';

/** What `--format` of lint takes; text is pretty. */
export const lintFormats = ['pretty', 'text', 'json'] as const;
export type LintFormat = (typeof lintFormats)[number];

/** Findings in a format. */
export function formatLint(format: LintFormat, files: readonly LintedFile[], style: Style): string {
	switch (format) {
		case 'pretty':
		case 'text': {
			return renderLint(files, style);
		}

		case 'json': {
			return `${JSON.stringify(lintJson(files), undefined, '\t')}\n`;
		}
	}
}
