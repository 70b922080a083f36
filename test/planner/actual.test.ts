import test from 'ava';
import {stepTracker} from '../../planner/actual.ts';
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
