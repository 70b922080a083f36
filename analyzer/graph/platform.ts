/** A platform as OCI writes it; the variant only where it matters (arm64 has none, arm has v7 …). */
export interface Platform {
	readonly os: string;
	readonly architecture: string;
	readonly variant?: string;
	readonly osVersion?: string;
	readonly osFeatures?: readonly string[];
}

const operatingSystems = new Set([
	'linux',
	'windows',
	'darwin',
	'freebsd',
	'netbsd',
	'openbsd',
	'solaris',
	'wasip1',
	'js',
	'aix',
	'android',
	'dragonfly',
	'illumos',
	'ios',
	'plan9',
]);

// Other names of architectures, as containerd/platforms normalizes them (database.go).
const aliases: ReadonlyMap<string, readonly [architecture: string, variant?: string]> = new Map([
	['i386', ['386']],
	['x86_64', ['amd64']],
	['x86-64', ['amd64']],
	['aarch64', ['arm64']],
	['armhf', ['arm', 'v7']],
	['armel', ['arm', 'v6']],
]);

/**
 * Reads `os/architecture[/variant]`, or one of the two alone, and normalizes it (containerd/platforms Parse and
 * Normalize). `fallback` fills in what is not said. `undefined` when it is no platform.
 */
export function parsePlatform(text: string, fallback: Platform): Platform | undefined {
	const parts = text.toLowerCase().split('/');
	if (parts.length > 3 || parts.some(part => !/^[\w.-]+$/.test(part))) {
		return undefined;
	}

	const [first = '', second, third] = parts;
	if (second === undefined) {
		if (operatingSystems.has(first)) {
			return normalizePlatform({...fallback, os: first});
		}

		// A word alone is an architecture, if it is one that is known.
		return knownArchitectures.has(first) || aliases.has(first)
			? normalizePlatform({os: fallback.os, architecture: first})
			: undefined;
	}

	return normalizePlatform({os: first, architecture: second, ...(third !== undefined && {variant: third})});
}

const knownArchitectures = new Set([
	'386',
	'amd64',
	'arm',
	'arm64',
	'loong64',
	'mips',
	'mips64',
	'mips64le',
	'mipsle',
	'ppc64',
	'ppc64le',
	'riscv64',
	's390x',
	'wasm',
]);

/** One spelling for each platform: `arm64` without `v8`, `amd64` without `v1`, `arm` with its variant. */
export function normalizePlatform(platform: Platform): Platform {
	const [architecture, implied] = aliases.get(platform.architecture) ?? [platform.architecture];
	const variant = normalizeVariant(architecture, platform.variant ?? implied);
	const {variant: _, ...rest} = platform;
	return {
		...rest,
		os: platform.os === 'macos' ? 'darwin' : platform.os,
		architecture,
		...(variant !== undefined && {variant}),
	};
}

function normalizeVariant(architecture: string, variant: string | undefined): string | undefined {
	switch (architecture) {
		case 'arm64': {
			return variant === 'v8' || variant === '8' ? undefined : variant;
		}

		case 'amd64': {
			return variant === 'v1' ? undefined : variant;
		}

		case 'arm': {
			return variant === undefined || variant === '7' ? 'v7' : variant.replace(/^(\d)$/, 'v$1');
		}

		default: {
			return variant;
		}
	}
}

/** `linux/arm/v7`. */
export function formatPlatform({os, architecture, variant}: Platform): string {
	return [os, architecture, ...(variant ? [variant] : [])].join('/');
}
