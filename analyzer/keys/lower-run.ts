import {compareBytes} from '../context/selector.ts';
import {parseDevice} from '../dockerfile/device.ts';
import type {RunInstruction, RunMount} from '../dockerfile/instruction.ts';
import {parseMount} from '../dockerfile/mount.ts';
import type {Range} from '../dockerfile/source.ts';
import {firstEscapedByte} from '../dockerfile/source-bytes.ts';
import {graphError} from '../graph/graph-error.ts';
import type {Origin} from '../graph/origin.ts';
import {basePath, cleanPath, joinPath} from './go-path.ts';
import {expander, type LoweringContext} from './lowering.ts';
import {runArguments} from './run-arguments.ts';
import type {Dispatched, StageState} from './stage-state.ts';
import type {ExecVertex, FileVertex, Mount, SecretMount, Vertex} from './vertex.ts';

/** What a mount's `from` resolved to; without `from` the mount reads the context. */
export interface MountSource {
	readonly origin: Origin | undefined;
	readonly vertex: Vertex | undefined;
}

/** RUN (BuildKit dockerfile2llb/convert.go dispatchRun, convert_runmount.go, client/llb/exec.go Marshal). */
export function lowerRun(
	instruction: RunInstruction,
	state: StageState,
	sources: readonly MountSource[],
	context: LoweringContext,
): Dispatched {
	const expand = expander(context, state.env, instruction.range);
	const {execOptions} = context;
	checkEncoding(instruction, context);
	const {args, document} = runArguments(instruction, state, context);
	const runMounts = expandMounts(instruction, expand, context);
	const flags = instruction.flags.filter(flag => flag.name === 'mount');
	const byType = (type: RunMount['type']) => runMounts.filter(mount => mount.type === type);
	const secrets = byType('secret').map(mount => secretMount(mount));
	const ssh = byType('ssh').map((mount, index) => sshMount(mount, index));
	const mounts: Mount[] = [{input: state.vertex, type: 'bind', target: '/', readonly: false}];
	for (const [index, mount] of runMounts.entries()) {
		if (mount.type === 'bind' || mount.type === 'cache' || mount.type === 'tmpfs') {
			const {range} = flags[index] ?? instruction;
			mounts.push(fileMount(mount, mount.type, sources[index], state, range, context));
		}
	}

	if (document !== undefined) {
		mounts.push({input: document, type: 'bind', target: '/dev/pipes/', readonly: true});
	}

	if (execOptions.shmSize > 0) {
		mounts.push({input: undefined, type: 'tmpfs', target: '/dev/shm', readonly: false, size: execOptions.shmSize});
	}

	const agent = ssh[0];
	const env =
		agent !== undefined && state.env.get('SSH_AUTH_SOCK') === undefined
			? state.env.set('SSH_AUTH_SOCK', agent.target)
			: state.env;
	const vertex = context.intern<ExecVertex>({
		kind: 'exec',
		args,
		env: env.entries(),
		cwd: state.workdir,
		user: state.user,
		hostname: context.buildArgs.get('BUILDKIT_SANDBOX_HOSTNAME') ?? '',
		network:
			instruction.network === undefined || instruction.network === 'default'
				? execOptions.network
				: instruction.network,
		insecure: instruction.security === 'insecure',
		extraHosts: execOptions.extraHosts,
		ulimits: execOptions.ulimits,
		cgroupParent: execOptions.cgroupParent,
		devices: instruction.devices.flatMap(device => deviceOf(device)),
		mounts: mounts.sort((a, b) => compareBytes(a.target, b.target)),
		secretEnv: secrets.flatMap(({secret, env: name}) =>
			name === undefined ? [] : [{id: secret.id, name, optional: secret.optional}],
		),
		secrets: secrets.filter(({isFile}) => isFile).map(({secret}) => secret),
		ssh,
		platform: state.platform,
	});
	return {state: {...state, vertex}, vertex};
}

// A step's command and name are protobuf strings, so BuildKit fails with "string field contains invalid UTF-8".
function checkEncoding({range, text, heredocs}: RunInstruction, {dockerfile: {source}, report}: LoweringContext): void {
	if ([text, ...heredocs.map(({content}) => content)].every(one => firstEscapedByte(one) === undefined)) {
		return;
	}

	const lines = source.text.split('\n', range.end.line);
	for (let line = range.start.line; line <= range.end.line; line++) {
		const found = firstEscapedByte(lines[line - 1] ?? '');
		if (found !== undefined) {
			const column = found.at + 1;
			const place = {start: {line, column}, end: {line, column: column + 1}};
			const message = `the byte 0x${found.byte.toString(16).toUpperCase()} is no UTF-8, so BuildKit cannot run this step`;
			report(graphError(source, place, message, {hint: 'save the file as UTF-8'}));
			return;
		}
	}
}

function fileMount(
	mount: RunMount,
	type: Mount['type'],
	source: MountSource | undefined,
	state: StageState,
	range: Range,
	context: LoweringContext,
): Mount {
	const raw = mount.target ?? '';
	const isAbsolute = cleanPath(raw).startsWith('/');
	const target = isAbsolute ? raw : joinPath('/', state.workdir, raw);
	// BuildKit convert_runmount.go dispatchRunMounts. Where a base that is not known works, is not known either.
	if (target === '/' && (isAbsolute || state.unresolved === undefined)) {
		context.report(
			graphError(context.dockerfile.source, range, 'a mount cannot have the target "/"', {
				hint: 'give it a target below the root: target=/path',
			}),
		);
	}

	if (type === 'tmpfs') {
		return {input: undefined, type, target, readonly: mount.readonly, size: mount.size ?? 0};
	}

	const reads = mount.from === undefined ? (type === 'cache' ? undefined : context.context) : source?.vertex;
	const selector = joinPath('/', mount.source ?? '');
	context.follow(reads, selector);
	const hasOwner = mount.uid !== undefined || mount.gid !== undefined || mount.mode !== undefined;
	// A cache mount with an owner or mode starts from a folder made for it.
	const owned = selector === '/' && hasOwner;
	const input = owned ? cacheFolder(mount, reads, context) : reads;
	const part = owned ? '/cache' : selector;
	const namespace = context.buildArgs.get('BUILDKIT_CACHE_MOUNT_NS') ?? '';
	return {
		input,
		type,
		target,
		readonly: mount.readonly,
		...(part !== '/' && {selector: part}),
		...(type === 'cache' && {
			cache: {id: `${namespace}/${mount.id || cleanPath(raw)}`, sharing: mount.sharing ?? 'shared'},
		}),
	};
}

function cacheFolder(mount: RunMount, base: Vertex | undefined, context: LoweringContext): Vertex {
	return context.intern<FileVertex>({
		kind: 'file',
		base,
		actions: [
			{
				kind: 'mkdir',
				path: '/cache',
				mode: mount.mode ?? 0o755,
				makeParents: false,
				owner: {user: mount.uid ?? 0, group: mount.gid ?? 0},
			},
		],
	});
}

interface Secret {
	readonly secret: SecretMount;
	readonly env: string | undefined;
	/** An `env` secret appears as a file too only when a target says so. */
	readonly isFile: boolean;
}

// BuildKit dockerfile2llb/convert_secrets.go.
function secretMount(mount: RunMount): Secret {
	const target = mount.target ?? '';
	const id = mount.source || mount.id || basePath(target);
	const hasOwner = mount.uid !== undefined || mount.gid !== undefined || mount.mode !== undefined;
	return {
		secret: {
			id,
			target: target === '' ? `/run/secrets/${basePath(id)}` : target,
			uid: mount.uid ?? 0,
			gid: mount.gid ?? 0,
			mode: hasOwner ? (mount.mode ?? 0o400) : 0o400,
			optional: !mount.required,
		},
		env: mount.env,
		isFile: mount.env === undefined || target !== '',
	};
}

// BuildKit dockerfile2llb/convert_ssh.go.
function sshMount(mount: RunMount, index: number): SecretMount {
	const target = mount.target ?? '';
	return {
		id: mount.id ?? '',
		target: target === '' ? `/run/buildkit/ssh_agent.${index}` : target,
		uid: mount.uid ?? 0,
		gid: mount.gid ?? 0,
		mode: mount.mode ?? 0o600,
		optional: !mount.required,
	};
}

function deviceOf(text: string): readonly ExecVertex['devices'][number][] {
	const parsed = parseDevice(text);
	return parsed.kind === 'parsed' ? [{name: parsed.device.name, optional: !parsed.device.required}] : [];
}

// BuildKit reads mounts again with their variables expanded when it comes to the step.
function expandMounts(
	instruction: RunInstruction,
	expand: (word: string) => string,
	context: LoweringContext,
): readonly RunMount[] {
	for (const problem of instruction.mountProblems) {
		context.report(problem);
	}

	const flags = instruction.mountProblems.length > 0 ? [] : instruction.flags.filter(flag => flag.name === 'mount');
	return flags.flatMap(({value = '', range}) => {
		const parsed = parseMount({text: value, range}, word => ({kind: 'expanded', text: expand(word)}));
		if (parsed.kind === 'failed') {
			context.report(graphError(context.dockerfile.source, range, parsed.message, {hint: parsed.hint}));
			return [];
		}

		return [parsed.mount];
	});
}
