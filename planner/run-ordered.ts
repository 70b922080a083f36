/** A piece of work that others may have to wait for. */
export interface OrderedTask<Result> {
	/** Places of the tasks that must have succeeded before; all of them earlier in the list. */
	readonly after: readonly number[];
	/** What else it waits for. Asked again whenever a task ends or `wake`s; `isDone` tells whether one has succeeded. */
	mayBegin?(isDone: (place: number) => boolean): boolean;
	/** What it `show`s happens at once, or when all earlier tasks are settled. */
	run(show: (showing: () => void) => void, signal: AbortSignal, wake: () => void): Promise<Result>;
	/** Takes the result over, after those of all earlier tasks. */
	settle(result: Result): void;
}

export interface OrderedRun<Result> {
	readonly tasks: readonly OrderedTask<Result>[];
	/** How many run at the same time. */
	readonly jobs: number;
	readonly signal: AbortSignal;
	isGood(result: Result): boolean;
}

/**
 * Runs tasks, the earliest first, as many at a time as allowed, and shows and settles them in their order, so that what is
 * told does not depend on which was faster. After one that did not go well none is begun, and those that run are ended.
 * Gives the place of the first that went wrong, which is not one that was ended for it. A task that throws ends all, and
 * the exception is passed on when nothing runs any more.
 */
export async function runOrdered<Result>(input: OrderedRun<Result>): Promise<number | undefined> {
	const {tasks, isGood} = input;
	const stopping = new AbortController();
	const signal = AbortSignal.any([input.signal, stopping.signal]);
	const shown = tasks.map((): (() => void)[] => []);
	const results = new Map<number, Result>();
	const running = new Map<number, Promise<void>>();
	let wake = (): void => {};
	let firstOpen = 0;
	let wrong: number | undefined;
	let thrown: {readonly error: unknown} | undefined;

	const flush = (mayWait: boolean): void => {
		for (; firstOpen < tasks.length; firstOpen++) {
			for (const showing of shown[firstOpen]?.splice(0) ?? []) {
				showing();
			}

			const result = results.get(firstOpen);
			if (result !== undefined) {
				tasks[firstOpen]?.settle(result);
			} else if (mayWait) {
				return;
			}
		}
	};
	const run = async (task: OrderedTask<Result>, place: number): Promise<void> => {
		try {
			const show = (showing: () => void): void => {
				shown[place]?.push(showing);
				flush(true);
			};
			const result = await task.run(show, signal, () => wake());
			results.set(place, result);
			if (!isGood(result)) {
				wrong ??= place;
				stopping.abort();
			}

			flush(true);
		} catch (error) {
			thrown ??= {error};
			stopping.abort();
		} finally {
			running.delete(place);
		}
	};
	const isDone = (place: number): boolean => {
		const result = results.get(place);
		return result !== undefined && isGood(result);
	};
	const isReady = (task: OrderedTask<Result>): boolean => task.after.every(isDone) && (task.mayBegin?.(isDone) ?? true);

	const begun = new Set<number>();
	for (;;) {
		for (const [place, task] of tasks.entries()) {
			if (!begun.has(place) && running.size < input.jobs && !stopping.signal.aborted && isReady(task)) {
				begun.add(place);
				running.set(place, run(task, place));
			}
		}

		if (running.size === 0) {
			break;
		}

		const woken = new Promise<void>(resolve => {
			wake = resolve;
		});
		await Promise.race([...running.values(), woken]);
	}

	// Of those that come after one that never ran, too.
	flush(false);
	if (thrown !== undefined) {
		throw thrown.error;
	}

	return wrong;
}
