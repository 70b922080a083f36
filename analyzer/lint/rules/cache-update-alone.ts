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
			const runs = runsOf(graph, stage);
			for (const [position, {commands, installs}] of runs.entries()) {
				const update = commands.find(command => isUpdate(command));
				if (
					update === undefined ||
					installs.some(({kind}) => kind === 'system') ||
					!commands.every(one => isOnlyUpdate(one))
				) {
					continue;
				}

				const family = familyOf(update);
				const next = runs.slice(position + 1).find(run => installsOf(run, family) !== undefined);
				const install = next === undefined ? undefined : installsOf(next, family);
				if (next !== undefined && install !== undefined && !next.commands.some(one => isUpdate(one))) {
					yield {
						message: `the lists of "${update.name} update" stay in the cache while the installation below changes`,
						range: update.range,
						hint: `write both in one RUN: ${update.name} update && ${install.name} …`,
						notes: [{message: 'installed from these lists', range: install.range}],
					};
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

function installsOf({installs}: StageRun, family: string | undefined): ShellCommand | undefined {
	return installs.find(({ecosystem}) => ecosystem === family)?.command;
}
