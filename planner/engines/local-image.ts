import {type BaseImage, isDigest} from '../../analyzer/index.ts';
import {asString, asStrings, member} from '../json-value.ts';

/** Reads what `docker image inspect` and the Engine API tell of one image; undefined when that is too little. */
export function localImage(inspected: unknown): BaseImage | undefined {
	// With the containerd store an image is what its descriptor points at; older engines only have the Id.
	const digest = asString(member(member(inspected, 'Descriptor'), 'digest')) ?? asString(member(inspected, 'Id'));
	const diffIds = asStrings(member(member(inspected, 'RootFS'), 'Layers') ?? []);
	const os = asString(member(inspected, 'Os'));
	const architecture = asString(member(inspected, 'Architecture'));
	if (digest === undefined || !isDigest(digest) || !diffIds?.every(isDigest) || !os || !architecture) {
		return undefined;
	}
	const config = member(inspected, 'Config');
	const variant = asString(member(inspected, 'Variant'));
	const shell = asStrings(member(config, 'Shell'));
	return {
		digest,
		diffIds,
		platform: {os, architecture, ...(variant && {variant})},
		config: {
			env: asStrings(member(config, 'Env')) ?? [],
			workingDir: asString(member(config, 'WorkingDir')) ?? '',
			user: asString(member(config, 'User')) ?? '',
			...(shell?.length && {shell}),
			onBuild: asStrings(member(config, 'OnBuild')) ?? [],
		},
	};
}
