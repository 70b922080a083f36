import {bandwidthOf, type Plan, type RunCost} from '../../planner/index.ts';
import {formatBytes, formatSeconds} from './amounts.ts';
import {formatRate, movingText, unpaidSteps} from './cost-words.ts';

/** What the steps that run will take, and which steps are not worth their place in the cache; nothing without a ledger. */
export function costLines(plan: Plan): readonly string[] {
	const {cost} = plan;
	return [...(cost === undefined || cost.worst.steps === 0 ? [] : [runLine(cost)]), ...unpaidLines(plan)];
}

function runLine(cost: NonNullable<Plan['cost']>): string {
	const {best, worst} = cost;
	const range = (of: (one: RunCost) => string) => (of(best) === of(worst) ? of(worst) : `${of(best)} to ${of(worst)}`);
	const seconds = range(one => formatSeconds(one.seconds));
	const path = range(one => formatSeconds(one.criticalPath));
	const moving =
		bandwidthOf(cost.rates, 'push') === undefined
			? ', no bandwidth measured yet'
			: movingText(worst.pushBytes, cost, 'push');
	const asides = [
		...(path === seconds ? [] : [`longest chain ${path}`]),
		...(worst.withoutHistory > 0 ? [`${worst.withoutHistory} without history`] : []),
		...(worst.pushBytes > 0 ? [`${range(one => formatBytes(one.pushBytes))} to push${moving}`] : []),
	];
	const known = worst.withoutHistory < worst.steps ? `About ${seconds} to run` : 'No history of what runs';
	return `${known}${asides.length > 0 ? ` (${asides.join('; ')})` : ''}.`;
}

const mostNamed = 3;

function unpaidLines(plan: Plan): readonly string[] {
	const unpaid = unpaidSteps(plan);
	const rate = bandwidthOf(plan.cost?.rates, 'pull');
	if (unpaid.length === 0 || rate === undefined) {
		return [];
	}

	const named = unpaid
		.slice(0, mostNamed)
		.map(
			({forecast: {step}, moving: {bytes, seconds, running}}) =>
				`line ${step.instruction.range.start.line} (${formatSeconds(seconds)} to pull ${formatBytes(bytes)}, ${formatSeconds(running)} to run)`,
		);
	const more = unpaid.length > mostNamed ? ` and ${unpaid.length - mostNamed} more` : '';
	return [`Caching does not pay at ${formatRate(rate)}: ${named.join(', ')}${more}.`];
}
