import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {findEngine} from '../../planner/engines/find-engine.ts';
import {bareRequest} from '../helpers/bare-request.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

/** A `docker` that notes what it is asked, and answers as buildx with one builder. */
function fakeDocker(
	t: ExecutionContext,
	listing: string,
	booted = '',
): {readonly dir: string; calls(): readonly string[]} {
	const dir = temporaryTree(t, {
		listing,
		booted,
		docker: {
			text: `#!/bin/sh
echo "$*" >> "$0.calls"
case "$*" in
	'buildx version') echo 'github.com/docker/buildx v0.29.1 abc';;
	'buildx inspect --bootstrap'*)
		if [ ! -s "\${0%docker}booted" ]; then
			echo 'ERROR: no such image' >&2
			exit 1
		fi
		while IFS= read -r line; do printf '%s\\n' "$line"; done < "\${0%docker}booted";;
	'buildx inspect'*) while IFS= read -r line; do printf '%s\\n' "$line"; done < "\${0%docker}listing";;
	info*) echo '{"ServerErrors":["there is no engine here"]}';;
esac
`,
			mode: 0o755,
		},
	});
	return {dir, calls: () => readFileSync(`${dir}/docker.calls`, 'utf8').trim().split('\n')};
}

const found = test.macro(
	async (t: ExecutionContext, listing: string, expected: Readonly<Record<string, unknown>>): Promise<void> => {
		const {dir, calls} = fakeDocker(t, listing);
		const env = {PATH: dir};
		const search = await findEngine({env, homeDir: dir, needsCacheExport: true, builder: 'far'});
		if (search.kind === 'none') {
			return t.fail(JSON.stringify(search.tried));
		}

		t.like(search.engine.info, {kind: 'buildx', address: 'builder "far"', canExportCache: true, ...expected});
		const request = {
			contextDir: dir,
			dockerfile: `${dir}/Dockerfile`,
			...bareRequest,
		} as const;
		const outcome = await search.engine.build(request, () => {}, new AbortController().signal);
		t.deepEqual(outcome, {kind: 'built'});
		await search.engine.close();
		const asked = calls();
		t.true(asked.includes('buildx inspect -- far'), asked.join('\n'));
		t.true(
			asked.some(call => call.startsWith('buildx build --builder=far ')),
			asked.join('\n'),
		);
	},
);

// What `buildx inspect` prints (buildx commands/inspect.go), from 0.13 on and before.
const container = `Name:          far
Driver:        docker-container
Last Activity: 2026-11-24 21:20:50 +0000 UTC

Nodes:
Name:                  far0
Endpoint:              unix:///var/run/docker.sock
Status:                running
BuildKit daemon flags: --allow-insecure-entitlement=network.host
BuildKit version:      v0.26.2
Platforms:             linux/arm64*, linux/amd64, linux/386
Labels:
 org.mobyproject.buildkit.worker.executor:         oci

Name:             far1
Endpoint:         tcp://10.0.0.2:2376
Status:           stopped
BuildKit version: v0.12.0
Platforms:        linux/s390x
`;
test('docker-container with two nodes: the first one counts', found, container, {
	buildkitVersion: 'v0.26.2',
	platform: 'linux/arm64',
});
test(
	'docker-container that is not started yet',
	found,
	'Name:   far\nDriver: docker-container\n\nNodes:\nName:      far0\nEndpoint:  default\nStatus:    inactive\nPlatforms: \n',
	{buildkitVersion: undefined},
);
test(
	'kubernetes, of a buildx before 0.13',
	found,
	'Name:          far\nDriver:        kubernetes\n\nNodes:\nName:      far0-5f9c\nEndpoint:  kubernetes:///far?deployment=far0&kubeconfig=\nStatus:    running\nBuildkit:  v0.11.6\nPlatforms: linux/amd64, linux/amd64/v2\n',
	{buildkitVersion: 'v0.11.6', platform: 'linux/amd64'},
);
test(
	'remote, with a BuildKit that does not know its version',
	found,
	'Name:          far\nDriver:        remote\n\nNodes:\nName:             far0\nEndpoint:         tcp://10.0.0.3:1234\nStatus:           running\nBuildKit version: v0.0.0+unknown\nPlatforms:        linux/amd64\n',
	{buildkitVersion: undefined, platform: 'linux/amd64'},
);

const refused = test.macro(async (t: ExecutionContext, listing: string, problem: string): Promise<void> => {
	const {dir} = fakeDocker(t, listing);
	const search = await findEngine({env: {PATH: dir}, homeDir: dir, needsCacheExport: true, builder: 'far'});
	t.deepEqual(search, {kind: 'none', tried: [{what: 'builder "far"', problem}]});
});
test(
	'remote that does not answer: buildx itself would wait for it, for 20 seconds',
	refused,
	'Name:   far\nDriver: remote\n\nNodes:\nName:     far0\nEndpoint: tcp://10.0.0.3:1234\nStatus:   inactive\n',
	'nobody answers at tcp://10.0.0.3:1234',
);
test(
	'kubernetes whose cluster is down',
	refused,
	'Name:   far\nDriver: kubernetes\n\nNodes:\nName:     far0\nEndpoint: kubernetes:///far\nError:    Get "https://10.0.0.4:6443/apis": dial tcp: connection refused\n',
	'Get "https://10.0.0.4:6443/apis": dial tcp: connection refused',
);
test(
	'docker-container whose engine is down',
	refused,
	'Name:   far\nDriver: docker-container\n\nNodes:\nName:     far0\nEndpoint: tcp://10.0.0.5:2376\nError:    Cannot connect to the Docker daemon at tcp://10.0.0.5:2376. Is the docker daemon running?\n',
	'Cannot connect to the Docker daemon at tcp://10.0.0.5:2376. Is the docker daemon running?',
);

const waiting = (driver: string, state: string): string =>
	`Name:   far\nDriver: ${driver}\n\nNodes:\nName:      far0\nEndpoint:  default\nStatus:    ${state}\nPlatforms: \n`;

const boot = test.macro(async (t: ExecutionContext, listing: string, isBooted: boolean): Promise<void> => {
	const {dir, calls} = fakeDocker(t, listing, container);
	const wish = {env: {PATH: dir}, homeDir: dir, needsCacheExport: true, builder: 'far'};
	for (const boots of [false, true]) {
		const search = await findEngine({...wish, boots});
		const version = search.kind === 'found' ? search.engine.info.buildkitVersion : undefined;
		t.is(version, boots && isBooted ? 'v0.26.2' : undefined);
		t.is(calls().includes('buildx inspect --bootstrap -- far'), boots && isBooted);
	}
});
test(
	'docker-container is started for a build, and tells its version',
	boot,
	waiting('docker-container', 'inactive'),
	true,
);
test('so is one that was stopped', boot, waiting('docker-container', 'stopped'), true);
test('so is kubernetes', boot, waiting('kubernetes', 'inactive'), true);
test('remote is not', boot, waiting('remote', 'inactive'), false);
test('nor is one that runs', boot, waiting('docker-container', 'running'), false);

test('a builder that cannot be started is none', async t => {
	const {dir} = fakeDocker(t, waiting('docker-container', 'inactive'));
	const wish = {env: {PATH: dir}, homeDir: dir, needsCacheExport: true, builder: 'far'};
	t.deepEqual(await findEngine({...wish, boots: true}), {
		kind: 'none',
		tried: [{what: 'builder "far"', problem: 'no such image'}],
	});
});
