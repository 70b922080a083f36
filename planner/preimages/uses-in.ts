import type {Uses} from './step-difference.ts';
import type {StepPreimage} from './step-preimage.ts';

/** Says of a build argument which RUN steps have it in their environment; `steps` in the order of the file. */
export function usesIn(steps: readonly StepPreimage[]): (name: string) => Uses | undefined {
	return name => {
		const users = steps.filter(({keyword, args}) => keyword === 'RUN' && args.has(name));
		const [first] = users;
		return first === undefined ? undefined : {steps: users.length, line: first.line};
	};
}
