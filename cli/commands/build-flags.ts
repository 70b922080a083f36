import type {EngineKind} from '../../planner/index.ts';
import type {PlanFlags} from '../options.ts';
import type {RegistryFlags} from '../registry-options.ts';

/** The flags of `cachecast build`, as commander hands them over. */
export interface BuildCommandFlags extends PlanFlags, RegistryFlags {
	readonly format: 'text' | 'json';
	readonly tag: readonly string[];
	readonly push?: boolean;
	readonly load?: boolean;
	readonly pull?: boolean;
	readonly engine?: EngineKind;
	readonly builder?: string;
	readonly strict?: boolean;
	readonly keyTag: boolean;
	readonly keep: readonly string[];
}
