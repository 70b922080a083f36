import {dialectOf} from '../analyzer/index.ts';
import type {EngineInfo} from './engines/engine.ts';
import type {DialectChoice} from './plan.ts';

// BuildKit inside Docker Engine releases, where a release note (docs.docker.com/engine/release-notes) or a build of ours
// says it. Of any other release the cache decides.
const buildkitOfEngine: Readonly<Record<string, string>> = {
	'20.10': '0.8',
	'26.1': '0.13',
	'27.1': '0.15.1',
	'27.2': '0.15.2',
	'27.3': '0.16',
	'28.0': '0.20',
	'28.1': '0.21',
	'28.5': '0.25',
};

/** The dialect a builder speaks: by the BuildKit version it tells, else by the Docker Engine it is part of. */
export function engineDialect({buildkitVersion, engineVersion}: EngineInfo): DialectChoice | undefined {
	const release = /^\d+\.\d+/.exec(engineVersion ?? '')?.[0];
	const version = buildkitVersion ?? (release === undefined ? undefined : buildkitOfEngine[release]);
	const dialect = version === undefined ? undefined : dialectOf(version);
	return dialect === undefined ? undefined : {dialect, by: 'engine'};
}
