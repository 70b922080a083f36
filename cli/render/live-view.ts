import {type Actual, type BuildProgress, type StepForecast, stepText} from '../../planner/index.ts';
import type {Streams} from '../streams.ts';
import type {Style} from './style.ts';

/** Shows a build while it goes on, on stderr. */
export interface LiveView {
	readonly show: (progress: BuildProgress) => void;
	/** Clears what is only for the moment. */
	end(): void;
}

/**
 * A line per step as it ends: forecast, what it was, time. On a terminal one more line, redrawn in place, says what
 * runs; in CI and pipes there are plain lines only.
 */
export function liveView(streams: Streams, style: Style): LiveView {
	const running = new Map<string, StepForecast>();
	const erase = streams.interactive ? '\r\u001b[2K' : '';

	const status = (): string => {
		if (!streams.interactive || running.size === 0) {
			return '';
		}

		const text = [...running.values()].map(forecast => label(forecast)).join(' · ');
		return style.dim(`  … ${text}`.slice(0, streams.columns - 1));
	};

	const print = (line: string) => streams.err(`${erase}${line}\n${status()}`);

	return {
		show(progress) {
			switch (progress.kind) {
				case 'target': {
					print(style.bold(`building ${progress.target.title}`));
					return;
				}

				case 'step': {
					const {forecast, actual} = progress;
					if (actual.kind === 'running') {
						running.set(forecast.step.id, forecast);
						streams.err(`${erase}${status()}`);
						return;
					}

					running.delete(forecast.step.id);
					print(stepLine(forecast, actual, style));
					return;
				}

				case 'log': {
					// Output of steps is kept for when one fails.
					return;
				}

				case 'message': {
					if (/^(?:WARNING|ERROR)/.test(progress.text)) {
						print(style.dim(progress.text));
					}
				}
			}
		},
		end() {
			streams.err(erase);
		},
	};
}

function stepLine(forecast: StepForecast, actual: Actual, style: Style): string {
	const agrees = forecast.outcome !== 'hit' || actual.kind === 'cached';
	const paint =
		actual.kind === 'failed' || !agrees ? style.miss : actual.kind === 'cached' ? style.hit : (text: string) => text;
	const time = actual.kind === 'ran' ? `${actual.seconds.toFixed(1)} s` : '';
	return `  ${paint(`${forecast.outcome.padEnd(7)} → ${actual.kind.padEnd(6)}`)} ${time.padStart(8)}  ${label(forecast)}`;
}

function label({step}: StepForecast): string {
	const {number} = step;
	const prefix =
		number === undefined ? '' : `[${number.stage === '' ? '' : `${number.stage} `}${number.index}/${number.total}] `;
	const text = stepText(step);
	return `${prefix}${text.length > 70 ? `${text.slice(0, 69)}…` : text}`;
}
