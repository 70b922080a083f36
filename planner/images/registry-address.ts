import type {ImageReference} from '../../analyzer/index.ts';

/** An image reference, and whether its registry may be spoken to without encryption (`registry.insecure=true`). */
export type RegistryReference = ImageReference & {readonly insecure?: boolean};

/**
 * The base URLs to try, in order: http on the own machine, https anywhere else; only for a registry that the user called
 * insecure http after https. Docker Hub's API is at registry-1.docker.io. Source: BuildKit util/resolver/resolver.go.
 */
export function registryOrigins({domain, insecure}: RegistryReference): readonly string[] {
	if (isLoopback(domain)) {
		return [`http://${domain}`];
	}

	const host = domain === 'docker.io' ? 'registry-1.docker.io' : domain;
	return insecure === true ? [`https://${host}`, `http://${host}`] : [`https://${host}`];
}

/** Whether a host with an optional port is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(domain: string): boolean {
	const host = domain.replace(/:\d+$/, '');
	return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
