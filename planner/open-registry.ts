import path from 'node:path';
import {contentStore, noStore} from './images/content-store.ts';
import {dockerCredentials} from './images/credentials.ts';
import {firstAnswerFetch} from './images/first-answer.ts';
import type {Fetch} from './images/http-request.ts';
import type {RegistryRoutes} from './images/registry-address.ts';
import {createRegistryClient, type RegistryClient} from './images/registry-client.ts';
import {createRegistryKeeper, type RegistryKeeper} from './images/registry-keeper.ts';
import {createRegistryWriter, type RegistryWriter} from './images/registry-writer.ts';
import {storeFolder} from './images/store-folder.ts';
import {offlineClient, storedClient} from './images/stored-client.ts';
import {type NetworkWish, openNetwork} from './open-network.ts';
import type {Problem} from './workspace.ts';

/** How registries are to be reached; logins and folders are found by `env` too. */
export interface RegistryWish extends NetworkWish {
	readonly routes: RegistryRoutes;
	/** No registry is asked; what was kept is known. */
	readonly offline: boolean;
	/** Manifests and configs are kept on disk, and taken from there. */
	readonly keeps: boolean;
	/** Hears of every request: method, host, path and answer, in a line. */
	readonly onRequest?: (line: string) => void;
	/** Ends all requests. */
	readonly signal?: AbortSignal;
}

export type RegistryOpening =
	/** Without a writer and a keeper where no registry is to be asked. */
	| {
			readonly kind: 'opened';
			readonly client: RegistryClient;
			readonly writer?: RegistryWriter;
			readonly keeper?: RegistryKeeper;
	  }
	| {readonly kind: 'failed'; readonly problem: Problem};

/** A registry client as the command line asks for it. Fails as {@link openNetwork} does. */
export async function openRegistry(wish: RegistryWish): Promise<RegistryOpening> {
	const {env, homeDir, cwd, routes} = wish;
	const network = await openNetwork(wish);
	if (network.kind === 'failed') {
		return network;
	}

	const folder = path.resolve(cwd, storeFolder({env, homeDir, os: process.platform}));
	const store = wish.keeps ? contentStore(folder) : noStore;
	if (wish.offline) {
		return {kind: 'opened', client: offlineClient(store)};
	}

	const credentials = dockerCredentials({env, homeDir});
	const {signal, onRequest} = wish;
	const fetch = firstAnswerFetch(onRequest === undefined ? network.fetch : toldFetch(network.fetch, onRequest));
	const options = {credentials, fetch, routes, ...(signal !== undefined && {signal})};
	return {
		kind: 'opened',
		client: storedClient(createRegistryClient(options), store),
		writer: createRegistryWriter(options),
		keeper: createRegistryKeeper(options),
	};
}

// Logins, queries and headers may hold secrets, and are left out.
function toldFetch(fetch: Fetch, onRequest: (line: string) => void): Fetch {
	return async (url, init) => {
		const started = performance.now();
		const tell = (answer: string | number) =>
			onRequest(
				`${init.method} ${url.host}${url.pathname}: ${answer} in ${Math.round(performance.now() - started)} ms`,
			);
		try {
			const response = await fetch(url, init);
			tell(response.status);
			return response;
		} catch (error) {
			tell('no answer');
			throw error;
		}
	};
}
