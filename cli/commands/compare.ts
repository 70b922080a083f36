import {access} from 'node:fs/promises';
import nodePath from 'node:path';
import {
	type CacheSpec,
	type ComparedStep,
	compareLedgers,
	describeCacheSpec,
	jointCache,
	openRegistry,
	parseCacheFlag,
	readLedger,
} from '../../planner/index.ts';
import {exitCode} from '../exit-code.ts';
import {registryWish} from '../registry-options.ts';
import {comparisonJson} from '../render/compare-json.ts';
import {type ComparedCaches, renderComparison} from '../render/compare-text.ts';
import type {CommandContext} from './command-context.ts';
import {runPlanSince} from './plan-since.ts';
import type {WhyCommandFlags} from './why-flags.ts';

/** `cachecast why --from A --to B`: what is different between two caches, by their ledgers, or between two revisions. */
export async function runCompare(
	what: string | undefined,
	context: string,
	flags: WhyCommandFlags,
	command: CommandContext,
): Promise<number> {
	const {from, to} = flags;
	if (from === undefined) {
		return command.fail({message: '--to needs --from', hint: 'name both: --from A --to B'});
	}

	if (flags.since !== undefined) {
		return command.fail({message: '--since and --from both name a revision', hint: 'give one of them'});
	}

	const [earlier, later] = [
		await sideOf(from, command.cwd),
		to === undefined ? undefined : await sideOf(to, command.cwd),
	];
	for (const side of [earlier, later]) {
		if (side?.kind === 'invalid') {
			return command.fail(side);
		}
	}

	if (earlier.kind === 'revision' && (later === undefined || later.kind === 'revision')) {
		return runPlanSince(context, {...flags, since: from}, command, {
			only: what,
			...(to !== undefined && {until: to}),
		});
	}

	return earlier.kind === 'cache' && later?.kind === 'cache'
		? compareCaches(what, earlier.spec, later.spec, flags, command)
		: command.fail({
				message:
					later === undefined ? 'a cache is compared with another one' : 'a cache is not compared with a revision',
				hint: 'name two caches, as --from type=registry,ref=… --to type=registry,ref=…, or two revisions; cachecast plan compares a cache with the work tree',
			});
}

type Side =
	| {readonly kind: 'cache'; readonly spec: CacheSpec}
	| {readonly kind: 'revision'}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

// A cache is written as for --cache-from, or is a folder with an index; no revision has `type=` in its name by chance.
async function sideOf(text: string, cwd: string): Promise<Side> {
	if (/(?:^|,)type=/i.test(text)) {
		const flag = parseCacheFlag(text, 'from');
		return flag.kind === 'invalid' ? flag : {kind: 'cache', spec: flag.spec};
	}

	const isFolder = await access(nodePath.resolve(cwd, text, 'index.json')).then(
		() => true,
		() => false,
	);
	return isFolder
		? {kind: 'cache', spec: {kind: 'local', dir: text, tag: 'latest', attributes: {}}}
		: {kind: 'revision'};
}

async function compareCaches(
	what: string | undefined,
	from: CacheSpec,
	to: CacheSpec,
	flags: WhyCommandFlags,
	command: CommandContext,
): Promise<number> {
	const wished = registryWish(flags, command);
	if (wished.kind === 'usage') {
		return command.fail(wished);
	}

	const registry = await openRegistry({...wished.wish, onRequest: command.talk.debug});
	if (registry.kind === 'failed') {
		return command.fail(registry.problem);
	}

	const {client} = registry;
	const read = (spec: CacheSpec) =>
		readLedger(spec.kind === 'stages' ? jointCache(spec, undefined) : spec, {client, cwd: command.cwd});
	const [earlier, later] = [await read(from), await read(to)];
	if (earlier === undefined || later === undefined) {
		return command.fail({
			message: `there is no ledger beside ${describeCacheSpec(earlier === undefined ? from : to, 'from')}, or it cannot be read`,
			hint: 'cachecast build writes one beside each cache in a folder or a registry',
		});
	}

	const all = compareLedgers(earlier, later);
	const steps = what === undefined ? all : all.filter(one => isNamed(one, what));
	if (what !== undefined && steps.length === 0) {
		return command.fail({
			message: `"${what}" is no line, stage or step of the two ledgers`,
			hint: 'name a line of the Dockerfile, a stage or STAGE:LINE',
		});
	}

	const compared: ComparedCaches = {
		from: {name: describeCacheSpec(from, 'from'), writtenAt: earlier.writtenAt},
		to: {name: describeCacheSpec(to, 'from'), writtenAt: later.writtenAt},
		steps,
	};
	const {streams, style} = command;
	streams.out(
		flags.format === 'json'
			? `${JSON.stringify(comparisonJson(compared), undefined, '\t')}\n`
			: renderComparison(compared, style, streams),
	);
	return exitCode.ok;
}

function isNamed({step: {id, stage, line}}: ComparedStep, what: string): boolean {
	return [id, stage, String(line), `${stage}:${line}`].includes(what.toLowerCase());
}
