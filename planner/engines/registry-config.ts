import {asObject, asStrings, member} from '../json-value.ts';
import type {EngineRegistries} from './engine.ts';

/** What an engine's `info` says of how it reaches registries (moby api/types/registry ServiceConfig). */
export function engineRegistries(info: unknown): EngineRegistries {
	const config = member(info, 'RegistryConfig');
	const indexes = Object.entries(asObject(member(config, 'IndexConfigs')) ?? {});
	return {
		mirrors: (asStrings(member(config, 'Mirrors')) ?? []).filter(text => URL.canParse(text)),
		insecure: indexes.flatMap(([name, index]) => (member(index, 'Secure') === false ? name : [])),
	};
}
