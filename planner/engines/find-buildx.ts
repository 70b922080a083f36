import {asArray, asString, member, parseJson} from '../json-value.ts';
import {fieldsOf, isInactive, isNotStarted} from './builder-listing.ts';
import {buildxEngine} from './buildx.ts';
import {runChild} from './child-process.ts';
import {dockerAddresses, type EnginePlace} from './docker-context.ts';
import type {Engine, EngineAttempt, EngineRegistries} from './engine.ts';
import {hasContainerdStore} from './image-store.ts';
import {engineRegistries} from './registry-config.ts';

export type BuildxSearch =
	| {readonly kind: 'found'; readonly engine: Engine; readonly driver: string}
	| {readonly kind: 'none'; readonly attempt: EngineAttempt};

/** To start a builder may mean to pull its image. */
const bootPatienceMs = 300_000;

/**
 * Looks for `docker buildx` and a builder that answers. `boots`: one that is not started is, as the build would, for only
 * then its version is known.
 */
export async function findBuildx(
	place: EnginePlace,
	builder: string | undefined,
	boots: boolean,
): Promise<BuildxSearch> {
	const asked = askServer(place);
	const named = builder === undefined ? [] : ['--', builder];
	const first = await ask(place, ['buildx', 'inspect', ...named]);
	const inspected =
		boots && first.kind === 'text' && waitsForBoot(first.text)
			? await ask({...place, patienceMs: bootPatienceMs}, ['buildx', 'inspect', '--bootstrap', ...named])
			: first;
	if (inspected.kind === 'failed') {
		return none(builder === undefined ? 'docker buildx' : `builder "${builder}"`, inspected.problem);
	}
	const field = fieldsOf(inspected.text);
	const name = builder ?? field('Name') ?? 'default';
	const problem = field('Error');
	if (problem !== undefined) {
		return none(`builder "${name}"`, problem);
	}

	const driver = field('Driver') ?? 'docker';
	// The other drivers start what is not there.
	if (driver === 'remote' && isInactive(inspected.text)) {
		return none(`builder "${name}"`, `nobody answers at ${field('Endpoint') ?? 'its endpoint'}`);
	}

	const sharesImages = driver === 'docker';
	// A builder elsewhere may be there without an engine here, which is not waited for.
	const info = sharesImages ? await asked : undefined;
	const server: Server = info === undefined ? {kind: 'server'} : serverOf(info);
	if (server.kind === 'failed') {
		return none(`builder "${name}"`, server.problem);
	}
	const buildkitVersion = knownVersion(field('BuildKit version') ?? field('Buildkit version') ?? field('Buildkit'));
	const buildxVersion = (info === undefined ? undefined : pluginVersion(info)) ?? (await askVersion(place));
	// A platform that was set by hand has an asterisk.
	const [platform] = (field('Platforms') ?? '').split(',').map(text => text.trim().replace(/\*$/, ''));
	const [address] = (await dockerAddresses(place)).addresses;
	return {
		kind: 'found',
		driver,
		engine: buildxEngine({
			env: place.env,
			...(place.onAsk !== undefined && {onAsk: place.onAsk}),
			...(builder !== undefined && {builder}),
			sharesImages,
			...(address?.connection.kind === 'socket' && {socket: address.connection.path}),
			info: {
				kind: 'buildx',
				address: sharesImages && address !== undefined ? address.url : `builder "${name}"`,
				...(server.version !== undefined && {engineVersion: server.version}),
				...(buildkitVersion !== undefined && {buildkitVersion}),
				...(buildxVersion !== undefined && {buildxVersion}),
				// With the engine's own builder only the containerd image store can (docker/buildx#701).
				canExportCache: !sharesImages || server.containerdStore === true,
				takesOwnImages: sharesImages && server.containerdStore !== true,
				...(server.registries !== undefined && {registries: server.registries}),
				platform: platform || `linux/${hostArchitecture()}`,
			},
		}),
	};
}

// The engine's own builder runs with it, and a remote one only connects (buildx driver/remote/driver.go).
function waitsForBoot(listing: string): boolean {
	const field = fieldsOf(listing);
	return (
		['docker-container', 'kubernetes'].includes(field('Driver') ?? '') &&
		field('Error') === undefined &&
		isNotStarted(field('Status'))
	);
}

type Answer = {readonly kind: 'text'; readonly text: string} | {readonly kind: 'failed'; readonly problem: string};

async function ask(place: EnginePlace, args: readonly string[]): Promise<Answer> {
	const {env, patienceMs = 30_000, onAsk} = place;
	const signal = AbortSignal.timeout(patienceMs);
	const result = await runChild('docker', args, {env, signal, patienceMs: 1000, onAsk});
	switch (result.kind) {
		case 'aborted': {
			return {kind: 'failed', problem: `no answer in ${patienceMs / 1000} seconds`};
		}
		case 'broken': {
			return {kind: 'failed', problem: /ENOENT/.test(result.reason) ? '"docker" is not installed' : result.reason};
		}
		case 'ended': {
			return result.exitCode === 0
				? {kind: 'text', text: result.stdout}
				: {kind: 'failed', problem: problemIn(result.stderr)};
		}
	}
}

/** docker without the plugin does not know the word: `docker: 'buildx' is not a docker command.` */
function problemIn(stderr: string): string {
	if (/'?buildx'? is not a docker command|unknown command/.test(stderr)) {
		return 'the buildx plugin is not installed';
	}
	const line = stderr.trim().split('\n').at(-1) ?? '';
	return line.replace(/^(?:error|failed)[^:]*: /i, '') || 'it failed without a reason';
}

type Server =
	| {readonly kind: 'failed'; readonly problem: string}
	| {
			readonly kind: 'server';
			readonly version?: string;
			readonly containerdStore?: boolean;
			readonly registries?: EngineRegistries;
	  };

// Tells of the client and its plugins as well.
function askServer(place: EnginePlace): Promise<Answer> {
	return ask(place, ['info', '--format', '{{json .}}']);
}

function pluginVersion(info: Answer): string | undefined {
	const plugins = info.kind === 'text' ? member(member(parseJson(info.text), 'ClientInfo'), 'Plugins') : undefined;
	const buildx = (asArray(plugins) ?? []).find(plugin => member(plugin, 'Name') === 'buildx');
	return asString(member(buildx, 'Version')) || undefined;
}

async function askVersion(place: EnginePlace): Promise<string | undefined> {
	const version = await ask(place, ['buildx', 'version']);
	return version.kind === 'text' ? /\s(?<version>v?\d\S*)/.exec(version.text)?.groups?.['version'] : undefined;
}

function serverOf(answer: Answer): Server {
	if (answer.kind === 'failed') {
		return answer;
	}
	const info = parseJson(answer.text);
	const [problem] = asArray(member(info, 'ServerErrors')) ?? [];
	if (typeof problem === 'string') {
		return {kind: 'failed', problem};
	}
	const version = asString(member(info, 'ServerVersion'));
	return {
		kind: 'server',
		...(version && {version}),
		containerdStore: hasContainerdStore(info),
		registries: engineRegistries(info),
	};
}

/** Some builds of the engine do not know their BuildKit and say `v0.0.0+unknown`. */
function knownVersion(version: string | undefined): string | undefined {
	return version?.startsWith('v0.0.0') ? undefined : version;
}

function hostArchitecture(): string {
	return process.arch === 'x64' ? 'amd64' : process.arch;
}

function none(what: string, problem: string): BuildxSearch {
	return {kind: 'none', attempt: {what, problem}};
}
