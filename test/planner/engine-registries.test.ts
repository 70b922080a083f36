import test from 'ava';
import {registryWish} from '../../cli/registry-options.ts';
import type {EngineInfo} from '../../planner/engines/engine.ts';
import {engineRegistries} from '../../planner/engines/registry-config.ts';

// As `docker info --format '{{json .RegistryConfig}}'` has it.
const info = {
	RegistryConfig: {
		InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'],
		IndexConfigs: {
			'docker.io': {Name: 'docker.io', Mirrors: ['https://mirror.gcr.io/'], Secure: true, Official: true},
			'r.local:5000': {Name: 'r.local:5000', Mirrors: [], Secure: false, Official: false},
		},
		Mirrors: ['https://mirror.gcr.io/', 'not an address'],
	},
};

test('what an engine says of registries', t => {
	t.deepEqual(engineRegistries(info), {mirrors: ['https://mirror.gcr.io/'], insecure: ['r.local:5000']});
	t.deepEqual(engineRegistries(undefined), {mirrors: [], insecure: []});
});

const command = {env: {}, homeDir: '/h', cwd: '/c'};
const flags = {registryCa: [], registryMirror: [], insecureRegistry: [], registryCache: true};
const engine = {registries: engineRegistries(info)} as EngineInfo;

test('the mirrors of the engine count where no flag names one for Docker Hub', t => {
	const routes = (mirrors: readonly string[], insecure: readonly string[] = []) => {
		const result = registryWish({...flags, registryMirror: mirrors, insecureRegistry: insecure}, command, engine);
		return result.kind === 'wish' ? result.wish.routes : result;
	};
	t.deepEqual(routes([]), {
		mirrors: new Map([['docker.io', ['https://mirror.gcr.io/']]]),
		insecure: new Set(['r.local:5000']),
	});
	t.deepEqual(routes(['a.io', 'b.io', 'ghcr.io=c.io'], ['d.io']), {
		mirrors: new Map([
			['docker.io', ['https://a.io', 'https://b.io']],
			['ghcr.io', ['https://c.io']],
		]),
		insecure: new Set(['d.io', 'r.local:5000']),
	});
	t.like(routes(['ftp://a.io']), {kind: 'usage'});
	t.like(registryWish(flags, command), {wish: {routes: {mirrors: new Map(), insecure: new Set()}, keeps: true}});
});
