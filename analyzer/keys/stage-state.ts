import type {Diagnostic} from '../dockerfile/diagnostic.ts';
import type {BaseImageConfig} from '../graph/base-image.ts';
import type {Platform} from '../graph/platform.ts';
import {type ConfigEnv, configEnv} from './config-env.ts';
import {type EnvList, envList, splitEntry} from './env-list.ts';
import type {Vertex} from './vertex.ts';

/** Where a stage stands between two instructions (BuildKit dockerfile2llb dispatchState). */
export interface StageState {
	/** What has been built so far; `undefined` is scratch. */
	readonly vertex: Vertex | undefined;
	/** Environment of a RUN, in last-assignment order. */
	readonly env: EnvList;
	/** Env of the image config: what a stage built on this one starts from. */
	readonly configEnv: ConfigEnv;
	readonly workdir: string;
	readonly user: string;
	readonly shell: readonly string[] | undefined;
	readonly platform: Platform;
	/** Why nothing in the stage has a key: the base image is not known, or the time that it is built for. */
	readonly unresolved?: string;
}

/** The config of FROM scratch (BuildKit dockerfile2llb/image.go emptyImage). */
export const scratchConfig: BaseImageConfig = {env: [], workingDir: '/', user: '', onBuild: []};

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The state in which a stage starts on an image (BuildKit convert.go dispatchStages). */
export function startOnImage(vertex: Vertex | undefined, config: BaseImageConfig, platform: Platform): StageState {
	const withDefaults = withPath(configEnv(config.env), platform);
	return {
		vertex,
		env: envList(withDefaults.entries()),
		configEnv: withDefaults,
		workdir: config.workingDir === '' ? '/' : config.workingDir,
		user: config.user,
		shell: config.shell,
		platform,
	};
}

/** The state in which a stage starts on another: its config's ENV is assigned again, behind the parent's ARGs. */
export function startOnStage(parent: StageState): StageState {
	const withDefaults = withPath(parent.configEnv, parent.platform);
	let {env} = parent;
	for (const entry of withDefaults.entries()) {
		env = env.set(...splitEntry(entry));
	}

	return {...parent, env, configEnv: withDefaults};
}

function withPath(env: ConfigEnv, {os}: Platform): ConfigEnv {
	return env.has('PATH') || os === 'windows' ? env : env.set('PATH', defaultPath);
}

/** ENV: changes the environment and, in place, the config. */
export function withEnv(state: StageState, name: string, value: string): StageState {
	return {...state, env: state.env.set(name, value), configEnv: state.configEnv.set(name, value)};
}

/** What one instruction made of a state. */
export interface Dispatched {
	readonly state: StageState;
	/** The vertex whose result is the step's; absent for instructions that make none. */
	readonly vertex?: Vertex;
	readonly errors?: readonly Diagnostic[];
}
