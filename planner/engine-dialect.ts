import {dialectOf} from '../analyzer/index.ts';
import type {EngineInfo} from './engines/engine.ts';
import type {DialectChoice} from './plan.ts';

// BuildKit inside Docker Engine releases, from the engine's release notes (docs.docker.com/engine/release-notes).
const buildkitOfEngine: Readonly<Record<string, string>> = {
	'20.10': '0.8',
	'23.0': '0.10',
	'24.0': '0.11',
	'25.0': '0.12',
	'26.0': '0.13',
	'26.1': '0.13',
	'27.0': '0.14',
	'27.1': '0.15.1',
	'27.2': '0.15.2',
	'27.3': '0.16',
	'28.0': '0.20',
	'28.1': '0.21',
	'28.2': '0.22',
	'28.3': '0.23',
	'28.4': '0.24',
	'28.5': '0.25',
};

/** The dialect a builder speaks: by the BuildKit version it tells, else by the Docker Engine it is part of. */
export function engineDialect({buildkitVersion, engineVersion}: EngineInfo): DialectChoice | undefined {
	const release = /^\d+\.\d+/.exec(engineVersion ?? '')?.[0];
	const version = buildkitVersion ?? (release === undefined ? undefined : buildkitOfEngine[release]);
	const dialect = version === undefined ? undefined : dialectOf(version);
	return dialect === undefined ? undefined : {dialect, by: 'engine'};
}
