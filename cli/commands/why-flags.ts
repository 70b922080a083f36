import type {PlanCommandFlags} from './plan.ts';

/** The flags of `cachecast why`, as commander hands them over. */
export interface WhyCommandFlags extends PlanCommandFlags {
	readonly key?: boolean;
	/** `--from` and `--to` (compare.ts). */
	readonly from?: string;
	readonly to?: string;
}
