import test from 'ava';
import {contextLoss} from '../../planner/engines/context-loss.ts';

const cases: readonly (readonly [version: string | undefined, isContainerdStore: boolean, isLost: boolean])[] = [
	['26.1.5+dfsg1', true, true],
	['25.0.6', true, true],
	['27.4.1', true, true],
	['27.5.0', true, false],
	['28.5.2', true, false],
	['29.0.0', true, false],
	['26.1.5', false, false],
	['20.10.24', false, false],
	['dev', true, false],
	[undefined, true, false],
];

for (const [engineVersion, isContainerdStore, isLost] of cases) {
	test(`${engineVersion}, ${isContainerdStore ? 'containerd store' : 'graph driver'}`, t => {
		const problem = contextLoss({
			kind: 'docker',
			address: '',
			canExportCache: false,
			takesOwnImages: !isContainerdStore,
			platform: 'linux/amd64',
			...(engineVersion !== undefined && {engineVersion}),
		});
		t.is(problem?.includes(`Docker ${engineVersion} `) ?? false, isLost);
	});
}
