import {randomUUID} from 'node:crypto';
import {wipe} from '../engine/buildx.ts';
import type {Fault, FaultAct} from '../helpers/registry-proxy.ts';
import {crash, expectations, type FaultCase, newWords} from './fault-case.ts';
import type {FaultProject} from './fault-project.ts';

const status = (code: number, retryAfter?: number): FaultAct => ({
	kind: 'status',
	status: code,
	...(retryAfter !== undefined && {headers: {'retry-after': String(retryAfter)}}),
});

const upload = /^(?:PATCH|PUT) .*\/blobs\/uploads\//;
const manifest = /^PUT .*\/manifests\//;
const everything = /\/faults\//;

/** Faults while a build exports to a cache that holds the old state: which state it must hold then. */
const writing: readonly (readonly [name: string, fault: Fault, holds: 'old' | 'new', isQuick?: boolean])[] = [
	['cut in the middle of a blob', {on: upload, act: {kind: 'cut-request', after: 100_000}}, 'old'],
	['cut in the middle of a blob once', {on: upload, times: 1, act: {kind: 'cut-request', after: 100_000}}, 'new', true],
	['401', {on: /^POST /, act: status(401)}, 'old'],
	['404', {on: /^POST /, act: status(404)}, 'old'],
	['429', {on: /^POST /, act: status(429, 1)}, 'old'],
	['429 once', {on: /^POST /, times: 1, act: status(429, 1)}, 'new'],
	['500', {on: /^POST /, act: status(500)}, 'old'],
	['503 for the manifest', {on: manifest, act: status(503)}, 'old'],
	['503 for the manifest once', {on: manifest, times: 1, act: status(503)}, 'new'],
	['slow', {on: /blobs/, act: {kind: 'trickle', bytes: 100, pauseMs: 10}}, 'new'],
];

/** Faults while the config and manifest of a cache are read: what the steps it holds are forecast to be, and what is said. */
const reading: readonly (readonly [name: string, fault: Fault, forecast: string, says: RegExp, isQuick?: boolean])[] = [
	['401', {on: everything, act: status(401)}, 'unknown', /login/],
	['404', {on: everything, act: status(404)}, 'miss', /not there yet/],
	['429', {on: everything, act: status(429, 60)}, 'unknown', /allows no more requests now \(429\)/],
	['429 once', {on: everything, times: 1, act: status(429, 1)}, 'hit', /2 hit/],
	['500', {on: everything, act: status(500)}, 'unknown', /answered 500/],
	['503 once', {on: everything, times: 1, act: status(503)}, 'hit', /2 hit/],
	['manifest cut', {on: /manifests/, act: {kind: 'cut-answer'}}, 'unknown', /closed the connection/],
	['config cut', {on: /blobs/, act: {kind: 'cut-answer'}}, 'unknown', /closed the connection/],
	['config cut once', {on: /blobs/, times: 1, act: {kind: 'cut-answer'}}, 'hit', /2 hit/],
	['slow', {on: /blobs/, act: {kind: 'trickle', bytes: 500, pauseMs: 10}}, 'hit', /2 hit/],
	['never an answer', {on: /blobs/, times: 1, act: {kind: 'silent'}}, 'unknown', /did not answer within 20 s/],
];

/** Faults of the layers of a cache whose config could be read, so that its records promise hits. */
const layers: readonly (readonly [name: string, act: FaultAct, isQuick?: boolean])[] = [
	['401', status(401)],
	['404', status(404)],
	['500', status(500)],
	['cut', {kind: 'cut-answer'}, true],
];

export const registryCases: readonly FaultCase[] = [
	...writing.map(
		([name, fault, holds, isQuick = false]): FaultCase => ({
			name: `export to a registry: ${name}`,
			isQuick,
			run: project => write(project, fault, holds),
		}),
	),
	...reading.map(
		([name, fault, forecast, says, isQuick = false]): FaultCase => ({
			name: `cache in a registry: ${name}`,
			isQuick,
			run: project => read(project, fault, forecast, says),
		}),
	),
	...layers.map(
		([name, act, isQuick = false]): FaultCase => ({
			name: `layers of a cache in a registry: ${name}`,
			isQuick,
			run: project => pull(project, act),
		}),
	),
];

interface Places {
	readonly direct: string;
	readonly through: string;
}

function newPlaces({engine, proxy}: FaultProject): Places {
	const ref = `faults/${randomUUID()}:cache`;
	return {direct: `type=registry,ref=${engine.registry}/${ref}`, through: `type=registry,ref=${proxy.host}/${ref}`};
}

async function write(project: FaultProject, fault: Fault, holds: 'old' | 'new'): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const {direct, through} = newPlaces(project);
	const words = newWords();
	await project.edit(words.old);
	equal('first build', (await project.build(`--cache-to=${direct}`)).exitCode, 0);
	await project.edit(words.new);
	project.proxy.trouble(fault);
	const {exitCode, stderr} = await project.build(`--cache-from=${direct}`, `--cache-to=${through}`);
	equal('the fault was met', project.proxy.met() > 0, true);
	project.proxy.trouble();
	equal('exit code', exitCode, holds === 'old' ? 1 : 0);
	matches('said', stderr, holds === 'old' ? /\nerror building stage-0 failed: error writing / : /building stage-0/);
	equal('crash', crash.test(stderr), false);
	equal('the cache holds', await project.holds(direct, words), holds);
	equal('left', await project.leftovers(), []);
	return wrong;
}

async function read(project: FaultProject, fault: Fault, forecast: string, says: RegExp): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const {direct, through} = newPlaces(project);
	await project.edit(newWords().old);
	equal('first build', (await project.build(`--cache-to=${direct}`)).exitCode, 0);
	await wipe(project.engine);
	project.proxy.trouble(fault);
	const {exitCode, stdout, stderr} = await project.build(
		`--cache-from=${through}`,
		`--cache-to=${direct}-next`,
		'--strict',
	);
	equal('the fault was met', project.proxy.met() > 0, true);
	project.proxy.trouble(fault);
	equal('forecast', await project.forecast(through), `${forecast} ${forecast}`);
	project.proxy.trouble();
	equal('exit code', exitCode, 0);
	matches('said', stderr, says);
	equal('crash', crash.test(stderr), false);
	const decided = forecast === 'unknown' ? /^forecast 0\/0 right \(2 undecided\)/ : /^forecast 2\/2 right/;
	matches('report', stdout, decided);
	equal('the next cache holds', await project.forecast(`${direct}-next`), 'hit hit');
	equal('left', await project.leftovers(), []);
	return wrong;
}

// The second step misses, so it needs the layer of the first one, which hits.
async function pull(project: FaultProject, act: FaultAct): Promise<readonly string[]> {
	const {equal, matches, wrong} = expectations();
	const {direct, through} = newPlaces(project);
	const {old} = newWords();
	await project.edit(old);
	equal('first build', (await project.build(`--cache-to=${direct}`)).exitCode, 0);
	project.proxy.trouble();
	project.proxy.fetched();
	await project.forecast(through);
	const config = [...project.proxy.fetched()].join('|');
	await project.edit(old, 'echo changed');
	await wipe(project.engine);
	project.proxy.trouble({on: new RegExp(`^GET .*/blobs/(?!${config})`), act});
	const {exitCode, stdout, stderr} = await project.build(
		`--cache-from=${through}`,
		`--cache-to=${direct}-next`,
		'--strict',
	);
	equal('the fault was met', project.proxy.met() > 0, true);
	project.proxy.trouble();
	// It is built, but hits were promised that were none.
	equal('exit code', exitCode, 1);
	matches('said', stderr, /\nWARNING: what the build fetches cannot be read; building once more without caches: /);
	matches('said', stderr, /hit {5}→ ran /);
	equal('crash', crash.test(stderr), false);
	matches('report', stdout, /^false hit line 2 COPY word\.txt \/\nforecast 1\/2 right/);
	equal('the next cache holds', await project.forecast(`${direct}-next`), 'hit hit');
	equal('left', await project.leftovers(), []);
	return wrong;
}
