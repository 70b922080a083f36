import {newestDialect} from '../../keys/dialect.ts';
import {isCommit, parseRemoteSource} from '../../keys/remote-source.ts';
import type {Finding, GraphInput, GraphRule} from '../rule.ts';
import {type Fetch, fetchOf} from '../shell/fetches.ts';
import {runsOf, type StageRun} from '../stage-runs.ts';

/** `git clone` in a RUN is run once and then cached, whatever happens to the branch; ADD asks in every build. */
export const cacheGitRefUnpinned: GraphRule = {
	kind: 'graph',
	name: 'cache/git-ref-unpinned',
	severity: 'warning',
	summary: 'Git repositories should be taken at a commit or a tag',
	*check(input) {
		yield* addedRepositories(input);
		for (const stage of input.graph.stages) {
			const runs = runsOf(input.graph, stage);
			for (const [position, {commands}] of runs.entries()) {
				const clones = commands.flatMap(command => fetchOf(command) ?? []).filter(({kind}) => kind === 'clone');
				const chosen = clones.length > 0 && runs.slice(position, position + 20).some(run => choosesCommit(run));
				for (const clone of chosen ? [] : clones) {
					if (isMoving(clone)) {
						yield {
							message: 'this clone is run once and then cached, however far the branch moves on',
							range: clone.command.range,
							hint: 'clone a tag (--branch v1.2.3), check out a commit, or use ADD with #COMMIT',
						};
					}
				}
			}
		}
	},
};

function* addedRepositories({dockerfile}: GraphInput): Iterable<Finding> {
	for (const instruction of dockerfile.stages.flatMap(({instructions}) => instructions)) {
		for (const {text, range} of instruction.kind === 'add' ? instruction.sources : []) {
			const source = parseRemoteSource(text, newestDialect);
			if (
				source.kind !== 'git' ||
				source.git.checksum !== '' ||
				(instruction.kind === 'add' && instruction.checksum !== undefined)
			) {
				continue;
			}

			const {ref} = source.git;
			if (!isCommit(ref) && !ref.includes('$')) {
				yield {
					message:
						ref === ''
							? 'the default branch of this repository is another commit after each push'
							: `"${ref}" is a branch or tag, which can be moved`,
					range,
					hint: 'write the whole commit behind "#", or ADD --checksum=COMMIT',
				};
			}
		}
	}
}

/** The commands of a RUN that leave a clone at a commit of someone's choice. */
function choosesCommit({commands}: StageRun): boolean {
	return commands.some(
		({name, args}) =>
			name === 'git' &&
			args.some(arg => /^(?:checkout|reset|switch|fetch|submodule|describe|log|tag|rev-list|pull)$/.test(arg)),
	);
}

const MOVING = /^(?:main|master|trunk|develop|dev|devel|HEAD|next|latest|stable|nightly)$/;

function isMoving({branch, sources}: Fetch): boolean {
	const isLocal = sources.some(({text}) => /^[./~$]/.test(text) || text.startsWith('file:'));
	return !isLocal && (branch === undefined || MOVING.test(branch));
}
