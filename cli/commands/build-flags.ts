import type {EngineKind} from '../../planner/index.ts';
import type {ActionsFlags} from '../github-actions.ts';
import type {PlanFlags} from '../options.ts';
import type {RegistryFlags} from '../registry-options.ts';
import type {SecretFlags} from '../secret-options.ts';

/** The flags of `cachecast build`, as commander hands them over. */
export interface BuildCommandFlags extends PlanFlags, RegistryFlags, SecretFlags, ActionsFlags {
	readonly format: 'text' | 'json';
	readonly tag: readonly string[];
	readonly push?: boolean;
	readonly load?: boolean;
	readonly pull?: boolean;
	readonly engine?: EngineKind;
	readonly builder?: string;
	readonly strict?: boolean;
	readonly jobs: number;
	readonly keep: readonly string[];
	readonly keyTag: boolean;
}
