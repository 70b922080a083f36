import test from 'ava';
import {runChild} from '../../planner/engines/child-process.ts';
import {shownCommand} from '../../planner/engines/shown-command.ts';

for (const [arg, shown] of [
	['--build-arg=TOKEN=a=b\nc', '--build-arg=TOKEN=***'],
	['--build-arg=TOKEN', '--build-arg=TOKEN'],
	[
		'--cache-from=type=s3,bucket=b,access_key_id=one,secret_access_key=two,mode=max',
		'--cache-from=type=s3,bucket=b,access_key_id=***,secret_access_key=***,mode=max',
	],
	['--cache-to=type=gha,token=one', '--cache-to=type=gha,token=***'],
	['--secret=id=npm,src=token.txt', '--secret=id=npm,src=token.txt'],
	['--build-context=app=https://me:word@example.test/app.git', '--build-context=app=https://***@example.test/app.git'],
	['--target=build', '--target=build'],
] as const) {
	test(`shown of ${arg.slice(0, 30)}`, t => {
		t.is(shownCommand('docker', ['buildx', 'build', arg]), `docker buildx build ${shown}`);
	});
}

test('the start of a program is told', async t => {
	const told: string[] = [];
	await runChild('true', ['--build-arg=A=1'], {env: process.env, onAsk: text => told.push(text)});
	t.deepEqual(told, ['true --build-arg=A=***']);
});
