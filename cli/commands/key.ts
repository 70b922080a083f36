import {randomBytes} from 'node:crypto';
import {
	dialects,
	type Engine,
	type EngineKind,
	type KeyOfCache,
	keyOfCache,
	type PlanRequest,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {type PlanFlags, planRequest} from '../options.ts';
import type {RegistryFlags} from '../registry-options.ts';
import {renderDiagnostics} from '../render/diagnostics.ts';
import {type KeyFormat, renderKey} from '../render/key-formats.ts';
import {askEngine} from './ask-engine.ts';
import type {CommandContext} from './command-context.ts';
import {onEngine} from './on-engine.ts';
import {openCommandPlanners} from './open-planners.ts';

/** The flags of `key`, as commander hands them over: those of `plan` that say what is built and by whom. */
export interface KeyCommandFlags
	extends Omit<PlanFlags, 'cacheFrom' | 'cache' | 'noCacheFilter' | 'verifyBlobs'>,
		RegistryFlags {
	readonly format: KeyFormat;
	readonly name?: string;
	readonly branch?: string;
	readonly defaultBranch: string;
	readonly engine?: EngineKind | 'none';
	readonly builder?: string;
	readonly pull?: boolean;
}

/**
 * `cachecast key`: the key under which a CI keeps the cache, and what to fall back to. Notes go to stderr, so that stdout
 * can be taken as it is.
 */
export async function runKey(context: string, flags: KeyCommandFlags, command: CommandContext): Promise<number> {
	const parsed = planRequest(context, {...flags, cacheFrom: [], cache: true, noCacheFilter: []}, command);
	if (parsed.kind === 'usage') {
		return command.fail(parsed);
	}

	const empty = (['name', 'branch', 'defaultBranch'] as const).find(flag => flags[flag] === '');
	if (empty !== undefined) {
		return command.fail({
			message: `--${empty === 'defaultBranch' ? 'default-branch' : empty} is empty`,
			hint: 'the variable it comes from may not be set in this job',
		});
	}

	const asked = await askEngine(flags, command);
	if (asked.kind === 'failed') {
		return command.fail({message: asked.message, hint: 'leave --engine and --builder out, or name it with --buildkit'});
	}

	if (asked.kind === 'none') {
		return printKey(parsed.request, undefined, flags, command);
	}

	try {
		return await printKey(onEngine(parsed.request, asked.engine, flags.pull === true), asked.engine, flags, command);
	} finally {
		await asked.engine.close();
	}
}

async function printKey(
	request: PlanRequest,
	engine: Engine | undefined,
	flags: KeyCommandFlags,
	command: CommandContext,
): Promise<number> {
	const newest = dialects.at(-1);
	const dialect = request.dialect ?? (newest && ({dialect: newest, by: 'default'} as const));
	const opened = await openCommandPlanners(
		// How the context is sent does not change what is new in it.
		{...request, viaEngineApi: false, keysOnly: true, ...(dialect !== undefined && {dialect})},
		flags,
		command,
		engine?.info,
	);
	if (opened.kind === 'failed') {
		return command.fail(opened.problem);
	}

	const {source} = opened;
	const result =
		opened.kind === 'mistakes'
			? ({kind: 'failed', diagnostics: opened.diagnostics} as const)
			: await keyOfCache(opened.planners, request, {
					...(flags.name !== undefined && {name: flags.name}),
					...(flags.branch !== undefined && {branches: {current: flags.branch, default: flags.defaultBranch}}),
					nonce: randomBytes(8).toString('hex'),
				});
	if (result.kind === 'failed') {
		command.streams.err(renderDiagnostics(result.diagnostics, new Map([[source.path, source]]), command.errorStyle));
		return exitCode.findings;
	}

	for (const note of notes(result.key)) {
		command.talk.say(`${command.errorStyle.warning('note')} ${note}\n`);
	}

	command.streams.out(renderKey(result.key, flags.format));
	return exitCode.ok;
}

function notes({open, dialect}: KeyOfCache): readonly string[] {
	return [
		...(dialect.by === 'default'
			? [
					`the BuildKit of the builder is not known, so the key is for BuildKit ${dialect.dialect.since} and later and will not change with it; name it with --buildkit`,
				]
			: []),
		...open.map(reason => `the key is a new one each time, as something new cannot be ruled out: ${reason}`),
	];
}
