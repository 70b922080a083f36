import type {Range} from '../../dockerfile/source.ts';
import type {GraphRule} from '../rule.ts';
import type {ShellCommand} from '../shell/commands.ts';
import {fetchOf} from '../shell/fetches.ts';
import {runsOf} from '../stage-runs.ts';

/** The text of a RUN is its key: what it fetches under a name that moves is fetched once and then cached. */
export const cacheFetchUnpinned: GraphRule = {
	kind: 'graph',
	name: 'cache/fetch-unpinned',
	severity: 'warning',
	summary: 'What a RUN fetches should have a version',
	*check({graph}) {
		for (const stage of graph.stages) {
			for (const {commands} of runsOf(graph, stage)) {
				// A checksum lets one content through only.
				if (commands.some(command => verifies(command))) {
					continue;
				}

				for (const command of commands) {
					for (const {text, range} of movingNames(command)) {
						yield {
							message: `"${text}" is fetched once and then cached, however old it gets`,
							range,
							hint: 'name a version, so that a new one makes a new key',
						};
					}
				}
			}
		}
	},
};

interface Moving {
	/** The part of the name that moves. */
	readonly text: string;
	readonly range: Range;
}

function movingNames(command: ShellCommand): readonly Moving[] {
	const sources = fetchOf(command);
	if (sources?.kind === 'download') {
		return sources.sources.flatMap(({text, argument}) => {
			const moving = movingPart(text);
			return moving === undefined ? [] : [{text: moving, range: command.rangeOfArgument(argument)}];
		});
	}

	const installs = /^(?:npm|pnpm|yarn|bun|npx|bunx|corepack|go)$/.test(command.name);
	return command.args.flatMap((text, argument) => {
		const isLatest = installs && /^[@\w./-]+@latest$/.test(text);
		const isBranch =
			/^pip[\d.]*$/.test(command.name) && /^(?:[\w.-]+ ?@ ?)?git\+[a-z]+:\/\/(?:[^@/]*@)?[^@$]+$/.test(text);
		return isLatest || isBranch ? [{text: withoutUser(text), range: command.rangeOfArgument(argument)}] : [];
	});
}

/** The last folder or file of a URL that stands for whatever is newest; one with a version besides is left alone. */
function movingPart(url: string): string | undefined {
	const path = url.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/[?#].*$/, '');
	const repository =
		/^https?:\/\/(?:raw\.githubusercontent\.com\/[^/]+\/[^/]+\/(?:refs\/heads\/)?|github\.com\/[^/]+\/[^/]+\/(?:raw|blob|archive)\/(?:refs\/heads\/)?)(master|main|HEAD|develop)(?=[./]|$)/.exec(
			url,
		)?.[1];
	if (repository !== undefined) {
		return repository;
	}

	return /\/(latest)(?:\/|$)/.exec(path)?.[1];
}

function verifies({name, args}: ShellCommand): boolean {
	return /^(?:sha\d+sum|shasum|md5sum|b2sum)$/.test(name) && args.some(arg => /^(?:-[a-z\d]*c|--check)/.test(arg));
}

function withoutUser(text: string): string {
	return text.replace(/\/\/[^@/]*@/, '//');
}
