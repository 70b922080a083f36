import {annotationOf} from '../../github-actions.ts';
import type {Style} from '../style.ts';
import {lintCheckstyle} from './checkstyle.ts';
import {renderCompact} from './compact.ts';
import {lintGitlab} from './gitlab.ts';
import {lintJson} from './json.ts';
import {lintJunit} from './junit.ts';
import type {LintReport} from './lint-report.ts';
import {lintMarkdown} from './markdown.ts';
import {renderLint} from './pretty.ts';
import {lintSarif} from './sarif.ts';

/** What `--format` of lint takes; text is pretty. */
export const lintFormats = [
	'pretty',
	'text',
	'compact',
	'json',
	'sarif',
	'github',
	'gitlab',
	'checkstyle',
	'junit',
	'markdown',
] as const;
export type LintFormat = (typeof lintFormats)[number];

/** Findings in a format. */
export function formatLint(format: LintFormat, report: LintReport, style: Style): string {
	const {files} = report;
	switch (format) {
		case 'pretty':
		case 'text': {
			return renderLint(files, style);
		}

		case 'compact': {
			return renderCompact(files);
		}

		case 'json': {
			return jsonText(lintJson(files));
		}

		case 'sarif': {
			return jsonText(lintSarif(report));
		}

		case 'github': {
			return files.flatMap(({findings}) => findings.map(finding => `${annotationOf(finding)}\n`)).join('');
		}

		case 'gitlab': {
			return jsonText(lintGitlab(files));
		}

		case 'checkstyle': {
			return lintCheckstyle(files);
		}

		case 'junit': {
			return lintJunit(report);
		}

		case 'markdown': {
			return lintMarkdown(files);
		}
	}
}

function jsonText(value: unknown): string {
	return `${JSON.stringify(value, undefined, '\t')}\n`;
}
