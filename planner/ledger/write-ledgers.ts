import path from 'node:path';
import {formatPlatform} from '../../analyzer/index.ts';
import type {BuildReport} from '../build.ts';
import type {BuildTarget, BuildWish} from '../build-wish.ts';
import type {CacheSpec} from '../caches/cache-source.ts';
import {readCache} from '../caches/read-cache.ts';
import {registryReference} from '../caches/registry.ts';
import {withMeasured} from '../cost/bandwidth.ts';
import {exportSpecs} from '../export-places.ts';
import type {RegistryClient} from '../images/registry-client.ts';
import type {RegistryWriter} from '../images/registry-writer.ts';
import type {Planner} from '../planner.ts';
import {jointCache} from '../stages/stage-refs.ts';
import {storeLedger} from '../store/store-ledger.ts';
import {formatLedger} from './format-ledger.ts';
import type {Ledger, LedgerStep} from './ledger.ts';
import {artifactManifestType, type LedgerArtifact, ledgerArtifact} from './ledger-artifact.ts';
import {ledgerTag} from './ledger-tag.ts';
import {noteBuild} from './note-build.ts';
import {readLedger} from './read-ledger.ts';

export interface WriteInput {
	/** One for each platform. */
	readonly planners: readonly Planner[];
	readonly report: BuildReport;
	readonly wish: Pick<BuildWish, 'cacheTo' | 'cwd' | 'exportDefault'>;
	readonly client: RegistryClient;
	/** Absent where no registry is to be asked. */
	readonly writer?: RegistryWriter;
	readonly now: Date;
}

/**
 * Writes a ledger beside each cache that a build has written. The caches are there by now, so whatever goes wrong here
 * costs nothing but what later plans could have said; each problem is one sentence.
 */
export async function writeLedgers(input: WriteInput): Promise<readonly string[]> {
	const {report, planners} = input;
	const done = report.outcome.kind === 'built' ? report.built : [];
	const caches = planners.flatMap(planner => {
		const targets = done.filter(({platform}) => platform === planner.places.platform);
		return cachesOf(targets, planner, input);
	});
	const problems = await Promise.all(
		caches.map(([spec, ofCache]) =>
			writeOne(spec, ofCache, input).catch((error: unknown) =>
				error instanceof Error ? error.message : String(error),
			),
		),
	);
	return problems.flatMap(problem => problem ?? []);
}

// The cache of each target; that of all images of stages holds all of them.
function cachesOf(
	targets: readonly BuildTarget[],
	planner: Planner,
	{wish}: WriteInput,
): readonly (readonly [CacheSpec, readonly BuildTarget[]])[] {
	const joint = wish.cacheTo
		.filter(spec => spec.kind === 'stages')
		.map(spec => [jointCache(spec, planner.places.platform), targets.filter(({images}) => images.length > 0)] as const)
		.filter(([, own]) => own.length > 0);
	return [
		...targets.flatMap(target => exportSpecs(target, planner, wish).map(({spec}) => [spec, [target]] as const)),
		...joint,
	];
}

async function writeOne(
	spec: CacheSpec,
	targets: readonly BuildTarget[],
	{report, wish, client, writer, now}: WriteInput,
): Promise<string | undefined> {
	if (spec.kind !== 'local' && (spec.kind !== 'registry' || writer === undefined)) {
		return undefined;
	}

	const cache = await readCache(spec, {client, cwd: wish.cwd});
	if (cache.kind !== 'found') {
		return undefined;
	}

	const steps = new Map<string, LedgerStep>();
	const made = new Map<string, number>();
	for (const {plan} of targets) {
		const platform = formatPlatform(plan.platform);
		const built = new Map(
			report.steps
				.filter(({platforms}) => platforms.length === 0 || platforms.includes(platform))
				.map(step => [step.forecast.step.id, step]),
		);
		const noted = noteBuild({plan, cache, built});
		for (const step of noted.steps) {
			steps.set(step.id, step);
		}

		for (const [layer, bytes] of noted.made) {
			made.set(layer, bytes);
		}
	}

	// Images of stages that are as they were are not built again, but are in the cache of all of them.
	const stages = new Set([...steps.values()].map(({stage}) => stage));
	const before = wish.cacheTo.some(({kind}) => kind === 'stages')
		? await readLedger(spec, {client, cwd: wish.cwd})
		: undefined;
	const others = (before?.steps ?? []).filter(({stage}) => !stages.has(stage));
	const known = targets.find(({plan}) => plan.cost?.rates !== undefined)?.plan.cost?.rates ?? before?.rates;
	const rates = withMeasured(known, report.transfers, {pulled: pulledBy(targets), made});
	const ledger: Ledger = {
		writtenAt: now.toISOString(),
		steps: [...steps.values(), ...others],
		...(rates !== undefined && {rates}),
	};
	const artifact = ledgerArtifact(formatLedger(ledger));
	if (spec.kind === 'local') {
		await storeLedger(path.resolve(wish.cwd, spec.dir), spec.tag, artifact);
		return undefined;
	}

	return writer === undefined ? undefined : push(spec, artifact, writer);
}

// The layers of what was forecast to hit.
function pulledBy(targets: readonly BuildTarget[]): ReadonlyMap<string, number> {
	const forecasts = targets.flatMap(({plan}) => plan.stages.flatMap(({steps}) => steps));
	return new Map(
		forecasts.flatMap(({result}) => (result?.layers ?? []).map(({blob, size}) => [blob, size ?? 0] as const)),
	);
}

async function push(
	spec: Extract<CacheSpec, {readonly kind: 'registry'}>,
	{manifest, blobs}: LedgerArtifact,
	writer: RegistryWriter,
): Promise<string | undefined> {
	const reference = registryReference(spec);
	if (reference === undefined || reference.digest !== undefined) {
		return undefined;
	}

	for (const {digest, bytes} of blobs) {
		const written = await writer.putBlob(reference, digest, bytes);
		if (written.kind !== 'written') {
			return written.kind === 'failed' ? written.reason : 'the registry has no such repository';
		}
	}

	const tagged = {...reference, tag: ledgerTag(reference.tag ?? 'latest')};
	const written = await writer.putManifest(tagged, artifactManifestType, manifest.bytes);
	return written.kind === 'failed' ? written.reason : undefined;
}
