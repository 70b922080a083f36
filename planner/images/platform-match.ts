import {normalizePlatform, type Platform} from '../../analyzer/index.ts';
import {isWindowsVersionCompatible} from './windows-version.ts';

const newestArm64Minor: Readonly<Record<number, number>> = {8: 9, 9: 7};

/**
 * The best of the candidates for a platform: an exact match, else what the processor also runs (arm64 runs arm/v8 … v5,
 * amd64 runs 386); among equals the one with more OS features, then the first. A candidate without a platform is taken
 * last, and then the image's config has to tell. Source: containerd/platforms compare.go, containerd core/images/image.go.
 */
export function pickPlatform<T extends {readonly platform?: Platform}>(
	candidates: readonly T[],
	platform: Platform,
): T | undefined {
	const accepted = runnablePlatforms(normalizePlatform(platform)).map(normalizePlatform);
	let best: {readonly candidate: T; readonly rank: number; readonly features: number} | undefined;
	for (const candidate of candidates) {
		const rank =
			candidate.platform === undefined ? accepted.length : accepted.findIndex(one => matches(one, candidate.platform));
		const features = candidate.platform?.osFeatures?.length ?? 0;
		if (rank === -1) {
			continue;
		}

		if (best === undefined || rank < best.rank || (rank === best.rank && features > best.features)) {
			best = {candidate, rank, features};
		}
	}

	return best?.candidate;
}

function runnablePlatforms(platform: Platform): readonly Platform[] {
	const {variant, ...rest} = platform;
	const version = /^v(\d+)(?:\.(\d+))?$/.exec(variant ?? '');
	const major = Number(version?.[1] ?? 0);
	switch (platform.architecture) {
		case 'amd64':
			return [platform, ...variants(rest, major - 1, 1), {...rest, architecture: '386'}];
		case 'arm':
			return [platform, ...variants(rest, major - 1, 5)];
		case 'arm64': {
			const [from, minor] = variant === undefined ? [8, 0] : [major, Number(version?.[2] ?? 0)];
			const newest = newestArm64Minor[from];
			if (newest === undefined || minor > newest) {
				return [];
			}

			const arm = runnablePlatforms({...rest, architecture: 'arm', variant: 'v8'});
			// armv9.N contains armv8.(N+5).
			const older = from === 9 ? arm64Variants(rest, 8, minor + 5) : [];
			return [...arm64Variants(rest, from, minor), ...older, ...arm];
		}

		default:
			return [platform];
	}
}

function variants(platform: Platform, from: number, to: number): readonly Platform[] {
	return Array.from({length: Math.max(0, from - to + 1)}, (_, index) => ({...platform, variant: `v${from - index}`}));
}

function arm64Variants(platform: Platform, major: number, minor: number): readonly Platform[] {
	const older = Array.from({length: minor}, (_, index) => ({...platform, variant: `v${major}.${minor - index}`}));
	return [...older, {...platform, variant: `v${major}`}];
}

function matches(accepted: Platform, offered: Platform | undefined): boolean {
	if (offered === undefined) {
		return false;
	}

	const candidate = normalizePlatform(offered);
	const isWindows = accepted.os === 'windows';
	return (
		accepted.os === candidate.os &&
		accepted.architecture === candidate.architecture &&
		accepted.variant === candidate.variant &&
		(!isWindows || isWindowsVersionCompatible(accepted.osVersion, offered.osVersion)) &&
		(offered.osFeatures ?? []).every(
			feature => (isWindows && feature === 'win32k') || (accepted.osFeatures ?? []).includes(feature),
		)
	);
}
