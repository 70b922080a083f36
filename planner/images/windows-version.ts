const ltsc2022 = 20_348;
const ltsc2025 = 26_100;

/**
 * Whether a Windows host runs containers of an OS version (`10.0.20348.1`): hosts before Server 2022 only their own build,
 * later ones from the long-term release before them on. Versions not given match all. Source: containerd/platforms
 * platform_windows_compat.go.
 */
export function isWindowsVersionCompatible(host: string | undefined, container: string | undefined): boolean {
	const [hostMajor = 0, hostMinor = 0, hostBuild = 0] = versionNumbers(host);
	const [major = 0, minor = 0, build = 0] = versionNumbers(container);
	if (!container || (hostMajor === 0 && hostMinor === 0 && hostBuild === 0)) {
		return true;
	}

	if (hostMajor !== major || hostMinor !== minor) {
		return false;
	}

	if (hostBuild < ltsc2022) {
		return hostBuild === build;
	}

	const oldest = hostBuild > ltsc2025 ? ltsc2025 : ltsc2022;
	return oldest <= build && build <= hostBuild;
}

function versionNumbers(version: string | undefined): readonly number[] {
	const parts = (version ?? '').split('.', 3);
	return parts.length === 3 && parts.every(part => /^\d{1,5}$/.test(part)) ? parts.map(Number) : [];
}
