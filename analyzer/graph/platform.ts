/** A platform as OCI writes it; the variant only where it matters (arm64 has none, arm has v7 …). */
export interface Platform {
	readonly os: string;
	readonly architecture: string;
	readonly variant?: string;
	readonly osVersion?: string;
	readonly osFeatures?: readonly string[];
}

// As containerd/platforms knows them (database.go isKnownOS).
const operatingSystems = new Set([
	'aix',
	'android',
	'darwin',
	'dragonfly',
	'freebsd',
	'hurd',
	'illumos',
	'ios',
	'js',
	'linux',
	'nacl',
	'netbsd',
	'openbsd',
	'plan9',
	'solaris',
	'windows',
	'zos',
]);

// Other names of architectures, as containerd/platforms normalizes them (database.go). Where one says the variant, what
// is written behind it does not count.
const aliases: ReadonlyMap<string, {readonly architecture: string; readonly variant?: string}> = new Map([
	['i386', {architecture: '386', variant: ''}],
	['x86_64', {architecture: 'amd64'}],
	['x86-64', {architecture: 'amd64'}],
	['aarch64', {architecture: 'arm64'}],
	['armhf', {architecture: 'arm', variant: 'v7'}],
	['armel', {architecture: 'arm', variant: 'v6'}],
]);

// Variants by architecture and how they are written.
const variants: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
	['amd64', new Map([['v1', '']])],
	[
		'arm64',
		new Map([
			['8', ''],
			['v8', ''],
			['v8.0', ''],
			['9', 'v9'],
			['9.0', 'v9'],
			['v9.0', 'v9'],
		]),
	],
	[
		'arm',
		new Map([
			['', 'v7'],
			['5', 'v5'],
			['6', 'v6'],
			['7', 'v7'],
			['8', 'v8'],
		]),
	],
]);

/**
 * Reads `os/architecture[/variant]`, or one of the two alone, and normalizes it (containerd/platforms Parse and
 * Normalize). `own` is the platform of the program that reads it, which fills in what is not said. `undefined` when it
 * is no platform.
 */
export function parsePlatform(text: string, own: Platform): Platform | undefined {
	const parts = text.toLowerCase().split('/');
	if (parts.length > 3 || parts.some(part => !/^[\w.-]+$/.test(part))) {
		return undefined;
	}

	const [first = '', second, third] = parts;
	if (second === undefined) {
		if (operatingSystems.has(normalizeOs(first))) {
			const {architecture, variant} = own;
			return normalizePlatform({os: first, architecture, ...(architecture === 'arm' && variant && {variant})});
		}

		// A word alone is an architecture, if it is one that is known.
		return knownArchitectures.has(first) || aliases.has(first)
			? normalizePlatform({os: own.os, architecture: first})
			: undefined;
	}

	return normalizePlatform({os: first, architecture: second, ...(third !== undefined && {variant: third})});
}

const knownArchitectures = new Set([
	'386',
	'amd64',
	'amd64p32',
	'arm',
	'armbe',
	'arm64',
	'arm64be',
	'loong64',
	'mips',
	'mips64',
	'mips64le',
	'mips64p32',
	'mips64p32le',
	'mipsle',
	'ppc',
	'ppc64',
	'ppc64le',
	'riscv',
	'riscv64',
	's390',
	's390x',
	'sparc',
	'sparc64',
	'wasm',
]);

/** One spelling for each platform: `arm64` without `v8`, `amd64` without `v1`, `arm` with its variant (database.go). */
export function normalizePlatform(platform: Platform): Platform {
	const {variant: written = '', ...rest} = platform;
	const alias = aliases.get(platform.architecture.toLowerCase());
	const architecture = alias?.architecture ?? platform.architecture.toLowerCase();
	const wanted = alias?.variant ?? written.toLowerCase();
	const variant = variants.get(architecture)?.get(wanted) ?? wanted;
	return {...rest, os: normalizeOs(platform.os), architecture, ...(variant !== '' && {variant})};
}

function normalizeOs(os: string): string {
	const name = os.toLowerCase();
	return name === 'macos' ? 'darwin' : name;
}

/** `linux/arm/v7`. */
export function formatPlatform({os, architecture, variant}: Platform): string {
	return [os, architecture, ...(variant ? [variant] : [])].join('/');
}
