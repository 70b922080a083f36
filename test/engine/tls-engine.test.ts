import {homedir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {EngineKind} from '../../planner/engines/engine.ts';
import {findEngine} from '../../planner/engines/find-engine.ts';
import {makeCertificate} from '../helpers/certificate.ts';
import {runCli} from '../helpers/run-cli.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';
import {startTlsProxy, type TlsProxy} from '../helpers/tls-proxy.ts';
import {docker} from './buildx.ts';
import {loadTestEngine, type TestEngine, whyNoEngine} from './test-engine.ts';

interface Bench {
	readonly engine: TestEngine;
	readonly proxy: TlsProxy;
}

/** The engine of the run behind TLS; nothing where there is none with a socket of its own. */
async function behindTls(t: ExecutionContext, use: (bench: Bench) => Promise<void>): Promise<void> {
	const engine = loadTestEngine();
	const socket = engine?.env['DOCKER_HOST']?.replace('unix://', '');
	if (engine === undefined || socket === undefined) {
		t.log(whyNoEngine() || "the machine's own engine is not put behind TLS");
		t.pass();
		return;
	}

	const proxy = await startTlsProxy(socket);
	try {
		await use({engine, proxy});
	} finally {
		await proxy.stop();
	}
}

/** Without what leads to the engine's socket. */
function environment({engine, proxy}: Bench, certificates: string): Readonly<Record<string, string>> {
	return {
		...engine.env,
		DOCKER_HOST: `tcp://${proxy.host}`,
		DOCKER_TLS_VERIFY: '1',
		DOCKER_CERT_PATH: certificates,
	};
}

test('an engine behind TLS that wants certificates builds, with buildx and over its API', async t => {
	await behindTls(t, async bench => {
		const certificates = temporaryTree(t, {});
		bench.proxy.writeClient(certificates);
		const cwd = temporaryTree(t, {Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': t.title});
		// Before Docker 28 the API takes no context when the engine has the containerd image store (moby/moby#47717).
		const hasApi = Number.parseInt(bench.engine.versions.engine, 10) >= 28;
		for (const kind of hasApi ? ['buildx', 'docker'] : ['buildx']) {
			const before = bench.proxy.connections();
			const {exitCode, stderr} = await runCli(['build', `--engine=${kind}`, '--cache-to=type=inline', '.'], {
				cwd,
				env: environment(bench, certificates),
			});
			t.is(exitCode, 0, stderr);
			t.true(bench.proxy.connections() > before, kind);
		}
	});
});

const refused = test.macro(
	async (t: ExecutionContext, write: (proxy: TlsProxy, dir: string) => void, kind: EngineKind, problem: RegExp) => {
		await behindTls(t, async bench => {
			const certificates = temporaryTree(t, {});
			write(bench.proxy, certificates);
			const cwd = temporaryTree(t, {Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n'});
			const {exitCode, stderr} = await runCli(['build', `--engine=${kind}`, '.'], {
				cwd,
				env: environment(bench, certificates),
			});
			t.is(exitCode, 1);
			t.regex(stderr, problem);
			t.is(bench.proxy.connections(), 0);
		});
	},
);

const otherAuthority = (proxy: TlsProxy, dir: string): void =>
	proxy.writeClient(dir, {ca: makeCertificate('other').cert, own: makeCertificate('client')});
const noCertificate = (proxy: TlsProxy, dir: string): void => proxy.writeClient(dir, {own: undefined});
test('buildx: a server that is not trusted', refused, otherAuthority, 'buildx', /failed to verify certificate/);
test('docker: a server that is not trusted', refused, otherAuthority, 'docker', /not trusted \(.*\); check ca\.pem/);
test('buildx: no certificate of the client', refused, noCertificate, 'buildx', /tls: certificate required/);
test(
	'docker: no certificate of the client',
	refused,
	noCertificate,
	'docker',
	/does not take our certificate .* cert\.pem/,
);

test('a docker context with TLS files leads to the engine, for both', async t => {
	await behindTls(t, async bench => {
		const {engine, proxy} = bench;
		const plugins = path.join(engine.env['DOCKER_CONFIG'] ?? path.join(homedir(), '.docker'), 'cli-plugins');
		const config = temporaryTree(t, {'cli-plugins': {link: plugins}});
		proxy.writeClient(config);
		const env = {...process.env, ...engine.env, DOCKER_HOST: '', DOCKER_CONFIG: config, DOCKER_CONTEXT: 'far'};
		const where = `host=tcp://${proxy.host},ca=${config}/ca.pem,cert=${config}/cert.pem,key=${config}/key.pem`;
		const made = await docker(engine, ['context', 'create', 'far', `--docker=${where}`], {
			env: {DOCKER_HOST: '', DOCKER_CONFIG: config, DOCKER_CONTEXT: ''},
		});
		t.is(made.exitCode, 0, made.stderr);
		for (const wanted of ['buildx', 'docker'] as const) {
			const search = await findEngine({env, homeDir: config, needsCacheExport: false, wanted});
			t.is(search.kind, 'found', JSON.stringify(search));
			if (search.kind === 'found') {
				t.is(search.engine.info.address, `tcp://${proxy.host}`);
				t.is(search.engine.info.engineVersion, engine.versions.engine);
				await search.engine.close();
			}
		}
	});
});
