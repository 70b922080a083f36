import anyTest, {type TestFn} from 'ava';
import {engineOf, leaveFileEngine, type OwnEngine, startFileEngine} from '../helpers/own-engine.ts';
import {type FaultProject, startFaultProject} from './fault-project.ts';
import {processCases} from './process-cases.ts';
import {registryCases} from './registry-cases.ts';

const test = anyTest as TestFn<OwnEngine & {project?: FaultProject}>;

test.before(async t => {
	Object.assign(t.context, await startFileEngine({}));
	if (t.context.engine !== undefined) {
		t.context.project = await startFaultProject(t.context.engine, t.context.base);
	}
});
test.after.always(async t => {
	await t.context.project?.stop();
	await leaveFileEngine(t.context);
});

// All of them are `npm run faults`.
for (const one of [...registryCases, ...processCases].filter(({isQuick}) => isQuick)) {
	test.serial(one.name, async t => {
		const {project} = t.context;
		if (engineOf(t) !== undefined && project !== undefined) {
			t.deepEqual(await one.run(project), []);
		}
	});
}
