import {formatPlatform, type Platform, sha256} from '../../analyzer/index.ts';

/** A stage as it is told apart from others: by its name, without one by its index. */
export interface NamedStage {
	readonly index: number;
	readonly name?: string;
}

/** OCI distribution-spec: a tag has 128 characters at most. */
const maxTagLength = 128;

/**
 * The tag of one stage (none: the tag as it was given) and platform: `TAG-NAME`, `TAG-stage-1` for a stage without a name, and `-ON-linux-arm64` behind
 * either for a platform, so that no build replaces what a build for another platform wrote (moby/buildkit#3026,
 * docker/buildx#1044). Names of stages have no capitals, so words in capitals keep all these apart: a stage that someone
 * called `stage-1` is `TAG-AS-stage-1`. What is too long ends in a digest of the whole.
 *
 * A platform counts where it was asked for, even if it is the machine's own: a rule that asked what the machine's own is
 * would give one cache two names, and the names of two caches to each other's readers.
 */
export function placeTag(tag: string, stage: NamedStage | undefined, platform: Platform | undefined): string {
	return fitting(`${tag}${stage === undefined ? '' : stageSuffix(stage)}${platformSuffix(platform)}`);
}

/** The tag of what all stages' images hold together; no stage's name has capitals. */
export function jointTag(tag: string, platform: Platform | undefined): string {
	return fitting(`${tag}-ALL${platformSuffix(platform)}`);
}

function stageSuffix({name, index}: NamedStage): string {
	if (name === undefined) {
		return `-stage-${index}`;
	}

	return /^stage-\d+$/.test(name) ? `-AS-${name}` : `-${name}`;
}

function platformSuffix(platform: Platform | undefined): string {
	if (platform === undefined) {
		return '';
	}

	return `-ON-${formatPlatform(platform).replaceAll('/', '-')}`;
}

/** Cuts a tag that is too long, so that a digest of the whole stands at its end. */
export function fitting(tag: string): string {
	const digest = sha256(Buffer.from(tag)).slice('sha256:'.length, 'sha256:'.length + 32);
	return tag.length <= maxTagLength ? tag : `${tag.slice(0, maxTagLength - digest.length - 3)}-H-${digest}`;
}
