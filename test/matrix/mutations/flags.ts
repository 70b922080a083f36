import {type CaseFlags, type MatrixCase, type Mutation, noFlags} from '../matrix-case.ts';

const changes: Readonly<Record<string, (flags: CaseFlags) => Partial<CaseFlags>>> = {
	'arg-unused': ({buildArgs}) => ({buildArgs: [...buildArgs, 'NOWHERE=1']}),
	'arg-proxy': ({buildArgs}) => ({buildArgs: [...buildArgs, 'HTTP_PROXY=http://127.0.0.1:9', 'no_proxy=*']}),
	'arg-inline-cache': ({buildArgs}) => ({buildArgs: [...buildArgs, 'BUILDKIT_INLINE_CACHE=1']}),
	'arg-source-date': ({buildArgs}) => ({buildArgs: [...buildArgs, 'SOURCE_DATE_EPOCH=1700000000']}),
	'arg-hostname': ({buildArgs}) => ({buildArgs: [...buildArgs, 'BUILDKIT_SANDBOX_HOSTNAME=box']}),
	'no-cache': () => ({noCache: true}),
	'network-none': () => ({network: 'none'}),
	'network-default': () => ({network: 'default'}),
	'add-host': () => ({addHosts: ['db.test:10.0.0.1']}),
	'add-hosts': () => ({addHosts: ['db.test:10.0.0.2', 'a.test:10.0.0.3']}),
	'shm-size': () => ({shmSize: '32m'}),
	ulimit: () => ({ulimits: ['nofile=1024:2048', 'core=0']}),
	'cgroup-parent': () => ({cgroupParent: 'matrix'}),
	'platform-variant': () => ({platform: 'linux/amd64/v2'}),
	'platform-same': () => ({platform: 'linux/amd64'}),
};

/** Other options of the build. */
export function flagMutations({flags, dockerfile}: MatrixCase): readonly Mutation[] {
	const general = Object.entries(changes).map(([name, change]) => mutation(name, change));
	const args = [...dockerfile.matchAll(/^ARG (\w+)/gm)].map(([, name = '']) =>
		mutation(`arg-given:${name}`, ({buildArgs}) => ({buildArgs: [...buildArgs, `${name}=given`]})),
	);
	const targets = [...dockerfile.matchAll(/^FROM .* AS (\S+)/gm)].map(([, target = '']) =>
		mutation(`target:${target}`, () => ({target})),
	);
	const secrets = Object.keys(flags.secrets).map(name =>
		mutation(`secret:${name}`, () => ({secrets: {...flags.secrets, [name]: 'another'}})),
	);
	const foreign = /^RUN/m.test(dockerfile)
		? []
		: ['linux/arm64', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm64/v8', 'linux/amd64/v3'].map(platform =>
				mutation(`platform:${platform}`, () => ({platform})),
			);
	return [...args, ...targets, ...secrets, ...general, ...foreign].filter((one, at, all) => {
		const isFirst = all.findIndex(other => other.name === one.name) === at;
		return isFirst && (flags.platform === undefined || !one.name.startsWith('platform-'));
	});
}

/** Other images under the name of the base. */
export function baseMutations(): readonly Mutation[] {
	return ['relabelled', 'environment', 'one-more-layer', 'index', 'user', 'workdir', 'shell'].map(name => ({
		name: `base-${name}`,
		apply: async project => ({...project, base: `base-${name}`}),
	}));
}

function mutation(name: string, change: (flags: CaseFlags) => Partial<CaseFlags>): Mutation {
	return {
		name,
		apply: async project => ({...project, flags: {...noFlags, ...project.flags, ...change(project.flags)}}),
	};
}
