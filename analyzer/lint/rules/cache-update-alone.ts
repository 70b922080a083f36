import type {GraphRule} from '../rule.ts';
import type {ShellCommand} from '../shell/commands.ts';
import {operandsOf} from '../shell/operands.ts';
import {runsOf, type StageRun} from '../stage-runs.ts';

/** A list of packages in a layer of its own stays as old as that layer, while the installation below it changes. */
export const cacheUpdateAlone: GraphRule = {
	kind: 'graph',
	name: 'cache/update-alone',
	severity: 'warning',
	summary: 'Package lists should be updated in the RUN that installs',
	*check({graph}) {
		for (const stage of graph.stages) {
			// From the last RUN up, so that the next installation is at hand.
			const next = new Map<string, StageRun>();
			for (const run of runsOf(graph, stage).toReversed()) {
				const update = run.commands.every(one => isOnlyUpdate(one))
					? run.commands.find(one => isUpdate(one))
					: undefined;
				const family = update === undefined ? undefined : familyOf(update);
				const following = family === undefined ? undefined : next.get(family);
				const install = following?.installs.find(({ecosystem}) => ecosystem === family)?.command;
				if (update !== undefined && install !== undefined && following?.commands.some(one => isUpdate(one)) === false) {
					yield {
						message: `the lists of "${update.name} update" stay in the cache while the installation below changes`,
						range: update.range,
						hint: `write both in one RUN: ${update.name} update && ${install.name} …`,
						notes: [{message: 'installed from these lists', range: install.range}],
					};
				}

				for (const {ecosystem} of run.installs) {
					next.set(ecosystem, run);
				}
			}
		}
	},
};

function familyOf({name}: ShellCommand): 'apt' | 'apk' | undefined {
	return /^apt(?:-get|itude)?$/.test(name) ? 'apt' : name === 'apk' ? 'apk' : undefined;
}

function isUpdate(command: ShellCommand): boolean {
	return familyOf(command) !== undefined && operandsOf(command.args, ['-o'])[0] === 'update';
}

/** Whatever else the RUN does may be what the lists are for. */
function isOnlyUpdate(command: ShellCommand): boolean {
	return isUpdate(command) || /^(?:set|echo|export|sed|true|rm)$/.test(command.name);
}
