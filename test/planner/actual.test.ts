import test from 'ava';
import {stepTracker} from '../../planner/actual.ts';
import {judge} from '../../planner/agreement.ts';
import type {BuildEvent} from '../../planner/index.ts';
import {keyedSteps} from '../helpers/pipeline.ts';

const single = ['FROM base', ...Array.from({length: 11}, (_, at) => `RUN echo ${at}`), ''].join('\n');
const staged = [
	'FROM base AS build',
	...Array.from({length: 11}, (_, at) => `RUN echo ${at}`),
	'FROM build',
	'RUN last',
];

function vertex(name: string): BuildEvent {
	return {kind: 'vertex', digest: name, name, inputs: [], cached: true, started: 1, completed: 2};
}

const follows = test.macro((t, dockerfile: string, name: string, expected: string | undefined) => {
	const steps = keyedSteps(dockerfile).map(({step}) => step);
	const tracker = stepTracker(steps);
	tracker.follow(vertex(name));
	const reached = steps.filter(step => tracker.actual(step).kind === 'cached').map(step => step.instruction.text);
	t.deepEqual(reached, expected === undefined ? [] : [expected]);
});

// As BuildKit names vertices: the number is filled up to the width of the total (dockerfile2llb/convert.go prefixCommand).
test('a stage alone, number of one digit', follows, single, '[ 2/12] RUN echo 0', 'RUN echo 0');
test('a stage alone, number of two digits', follows, single, '[12/12] RUN echo 10', 'RUN echo 10');
test('a named stage', follows, staged.join('\n'), '[build  2/12] RUN echo 0', 'RUN echo 0');
test('a platform in front', follows, staged.join('\n'), '[linux/arm64 build 12/12] RUN echo 10', 'RUN echo 10');
test('a stage without a name', follows, staged.join('\n'), '[stage-1 1/1] RUN last', 'RUN last');
test('what is no step', follows, single, '[internal] load build context', undefined);

/** One report of a vertex: cached or not, begun and ended at. */
type Report = readonly [cached: boolean, started: number, completed: number];

const becomes = test.macro((t, reports: readonly Report[], progress: readonly number[], expected: 'cached' | 'ran') => {
	const steps = keyedSteps('FROM base\nRUN one\n').map(({step}) => step);
	const tracker = stepTracker(steps);
	for (const [cached, started, completed] of reports) {
		const digest = 'sha256:one';
		tracker.follow({kind: 'vertex', digest, name: '[2/2] RUN one', inputs: ['base'], cached, started, completed});
	}

	for (const at of progress) {
		tracker.follow({kind: 'progress', vertex: 'sha256:one', at});
	}

	t.like(steps.map(step => tracker.actual(step)).at(-1), {kind: expected});
});

test('cached', becomes, [[true, 5, 5]], [], 'cached');
test('run', becomes, [[false, 5, 9]], [], 'ran');
test(
	'cached, then its layers pulled and extracted',
	becomes,
	[
		[true, 5, 5],
		[false, 6, 8],
		[false, 9, 9],
	],
	[7, 9],
	'cached',
);
test(
	'called cached while nothing needed it, then run',
	becomes,
	[
		[true, 5, 5],
		[false, 6, 9],
	],
	[],
	'ran',
);
test(
	'progress at another time does not count',
	becomes,
	[
		[true, 5, 5],
		[false, 6, 9],
	],
	[5, 10],
	'ran',
);

test('a step without inputs: BuildKit calls the computing of its key a run', t => {
	const steps = keyedSteps('FROM scratch\nWORKDIR /a\n').map(({step}) => step);
	const tracker = stepTracker(steps);
	tracker.follow({
		kind: 'vertex',
		digest: 'd',
		name: '[1/1] WORKDIR /a',
		inputs: [],
		cached: false,
		started: 1,
		completed: 2,
	});
	const actual = steps.map(step => tracker.actual(step)).at(-1);
	t.like(actual, {kind: 'ran', unclear: true});
	t.deepEqual(
		(['hit', 'miss'] as const).map(forecast => actual && judge(forecast, actual)),
		['undecided', 'undecided'],
	);
});

test('a build that begins anew: what was told before is void, and a hit that then runs was none', t => {
	const steps = keyedSteps('FROM base\nRUN a\n').map(({step}) => step);
	const tracker = stepTracker(steps);
	const report = {
		kind: 'vertex',
		digest: 'd',
		name: '[2/2] RUN a',
		inputs: ['base'],
		started: 1,
		completed: 2,
	} as const;
	const verdict = () => steps.map(step => judge('hit', tracker.actual(step))).at(-1);
	tracker.follow({...report, cached: true});
	t.is(verdict(), 'right');
	tracker.follow({kind: 'restart'});
	t.is(verdict(), 'undecided');
	tracker.follow({...report, cached: false});
	t.is(verdict(), 'false-hit');
});

test('a later report without inputs takes none away', t => {
	const steps = keyedSteps('FROM base\nADD --link a.txt /\n').map(({step}) => step);
	const tracker = stepTracker(steps);
	const report = {kind: 'vertex', digest: 'd', name: '[2/2] LINK ADD --link a.txt /', cached: false} as const;
	tracker.follow({...report, inputs: ['base', 'layer'], started: 1, completed: 2});
	tracker.follow({...report, inputs: [], started: 3, completed: 4});
	t.like(steps.map(step => tracker.actual(step)).at(-1), {kind: 'ran', unclear: false});
});
