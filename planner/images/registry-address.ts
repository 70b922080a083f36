import type {ImageReference} from '../../analyzer/index.ts';

/** An image reference, and whether its registry may be spoken to without encryption (`registry.insecure=true`). */
export type RegistryReference = ImageReference & {readonly insecure?: boolean};

/** Which other addresses registries have; the domains are those of image references: `docker.io`, `ghcr.io`. */
export interface RegistryRoutes {
	/** URLs to ask first, by domain, in order. */
	readonly mirrors: ReadonlyMap<string, readonly string[]>;
	/** Domains that may be spoken to without encryption. */
	readonly insecure: ReadonlySet<string>;
}

/** Every registry at its own address. */
export const noRoutes: RegistryRoutes = {mirrors: new Map(), insecure: new Set()};

/** One address of a repository. */
export interface RepositoryAddress {
	/** What stands before a path such as `manifests/latest`. */
	readonly base: string;
	/** Behind the path: a mirror is told whose images are asked for (containerd core/remotes/docker/resolver.go). */
	readonly query: string;
	/** The reference as the host behind this address has it: its login is used. */
	readonly reference: RegistryReference;
}

/**
 * The addresses of a repository to ask, in order: its registry's mirrors, then the registry itself. Source: BuildKit
 * util/resolver/resolver.go.
 */
export function repositoryAddresses(
	reference: RegistryReference,
	{mirrors, insecure}: RegistryRoutes,
): readonly [mirrors: readonly RepositoryAddress[], own: readonly RepositoryAddress[]] {
	const {domain, path} = reference;
	const ofMirrors = (mirrors.get(domain) ?? []).map(text => {
		const {origin, host, protocol, pathname} = new URL(text);
		return {
			base: `${origin}/v2${pathname.replace(/\/+$/, '')}/${path}/`,
			query: `?ns=${encodeURIComponent(domain)}`,
			reference: {...reference, domain: host, insecure: protocol === 'http:'},
		};
	});
	const own = registryOrigins({...reference, insecure: reference.insecure === true || insecure.has(domain)});
	return [ofMirrors, own.map(origin => ({base: `${origin}/v2/${path}/`, query: '', reference}))];
}

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
