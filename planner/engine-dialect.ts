import {dialectOf} from '../analyzer/index.ts';
import type {EngineInfo} from './engines/engine.ts';
import type {DialectChoice} from './plan.ts';

// The BuildKit that each Docker Engine is compiled with: vendor.conf, vendor.mod or go.mod of moby/moby at the release's
// tag. What differs within one release of two numbers speaks one dialect. Of any other release the cache decides.
const buildkitOfEngine: Readonly<Record<string, string>> = {
	'20.10': '0.8.3',
	'23.0': '0.10.6',
	'24.0': '0.11.6',
	'25.0': '0.12.5',
	'26.0': '0.13.1',
	'26.1': '0.13.2',
	'27.0': '0.14.1',
	'27.1': '0.15.1',
	'27.2': '0.15.2',
	'27.3': '0.16.0',
	'27.4': '0.17.3',
	'27.5': '0.18.2',
	'28.0': '0.20.2',
	'28.1': '0.21.0',
	'28.2': '0.22.0',
	'28.3': '0.23.2',
	'28.4': '0.24.0',
	'28.5': '0.25.2',
	'29.0': '0.25.2',
	'29.1': '0.26.3',
	'29.2': '0.27.1',
	'29.3': '0.28.1',
	'29.4': '0.29.0',
	'29.5': '0.30.0',
	'29.6': '0.31.2',
	'29.7': '0.32.2',
};

/** The dialect a builder speaks: by the BuildKit version it tells, else by the Docker Engine it is part of. */
export function engineDialect({buildkitVersion, engineVersion}: EngineInfo): DialectChoice | undefined {
	const release = /^\d+\.\d+/.exec(engineVersion ?? '')?.[0];
	const version = buildkitVersion ?? (release === undefined ? undefined : buildkitOfEngine[release]);
	const dialect = version === undefined ? undefined : dialectOf(version);
	return dialect === undefined || version === undefined
		? undefined
		: {dialect, by: 'engine', version: version.replace(/^v/, '')};
}
