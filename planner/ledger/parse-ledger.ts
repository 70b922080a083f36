import {brotliDecompressSync, gunzipSync} from 'node:zlib';
import {type Digest, isDigest} from '../../analyzer/index.ts';
import {asArray, asString, asStrings, member, parseJson, stringMembers} from '../json-value.ts';
import type {BasePart, ReadPart, RemotePart} from '../preimages/step-preimage.ts';
import {type FileTable, unpackRead, unpackTable} from './file-table.ts';
import {ledgerVersion} from './format-ledger.ts';
import {type Ledger, type LedgerStep, mostDurations, mostSteps, type Rates} from './ledger.ts';

/** The largest ledger that is read, uncompressed. */
const maxBytes = 64 << 20;

/** Reads what {@link formatLedger} wrote, and version 1; nothing where it is damaged, too large or of another version. */
export function parseLedger(bytes: Uint8Array): Ledger | undefined {
	const json = parseJson(unzipped(bytes) ?? '');
	const writtenAt = asString(member(json, 'writtenAt'));
	const tables = asArray(member(json, 'contexts'))?.map(parseTable);
	const steps = asArray(member(json, 'steps'));
	if (
		![1, ledgerVersion].includes(asNumber(member(json, 'version')) ?? 0) ||
		writtenAt === undefined ||
		tables === undefined ||
		steps === undefined ||
		steps.length > mostSteps
	) {
		return undefined;
	}

	const parsed = steps.map(step => parseStep(step, tables));
	const rates = parseRates(member(json, 'rates'));
	return parsed.every(step => step !== undefined)
		? {writtenAt, steps: parsed, ...(rates !== undefined && {rates})}
		: undefined;
}

function parseRates(value: unknown): Rates | undefined {
	const [pull, push] = [member(value, 'pull'), member(value, 'push')].map(numbersOf);
	return pull === undefined || push === undefined || pull.length + push.length === 0 ? undefined : {pull, push};
}

function unzipped(bytes: Uint8Array): Uint8Array | undefined {
	try {
		const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
		return (isGzip ? gunzipSync : brotliDecompressSync)(bytes, {maxOutputLength: maxBytes});
	} catch {
		return undefined;
	}
}

function parseTable(value: unknown): FileTable | undefined {
	const [ignore, paths, kinds] = ['ignore', 'paths', 'kinds'].map(name => asStrings(member(value, name)));
	const [context, marks] = [asString(member(value, 'context')), asString(member(value, 'marks'))];
	const shared = asArray(member(value, 'shared'))?.map(one => asNumber(one) ?? -1);
	return ignore === undefined || paths === undefined || kinds === undefined || marks === undefined
		? undefined
		: unpackTable({
				...(context !== undefined && {context}),
				...(shared !== undefined && {shared}),
				ignore,
				paths,
				kinds,
				marks,
			});
}

function parseStep(value: unknown, tables: readonly (FileTable | undefined)[]): LedgerStep | undefined {
	const [id, stage, keyword, text, definition, key, ranAt] = [
		'id',
		'stage',
		'keyword',
		'text',
		'definition',
		'key',
		'ranAt',
	].map(name => asString(member(value, name)));
	const [line, bytes] = [asNumber(member(value, 'line')), asNumber(member(value, 'bytes'))];
	const last = member(value, 'last');
	const reads = asArray(member(value, 'reads'))?.map(read => parseRead(read, tables));
	const bases = asArray(member(value, 'bases'))?.map(parseBase);
	const remotes = asArray(member(value, 'remotes'))?.map(parseRemote);
	if (
		id === undefined ||
		stage === undefined ||
		keyword === undefined ||
		text === undefined ||
		definition === undefined ||
		line === undefined ||
		(last !== 'cached' && last !== 'ran') ||
		!isWhole(reads) ||
		!isWhole(bases) ||
		!isWhole(remotes)
	) {
		return undefined;
	}

	return {
		id,
		stage,
		line,
		keyword,
		text,
		...(key !== undefined && isDigest(key) && {key}),
		definition,
		args: marksOf(member(value, 'args')),
		env: marksOf(member(value, 'env')),
		bases,
		remotes,
		reads,
		parents: asStrings(member(value, 'parents')) ?? [],
		last,
		...(ranAt !== undefined && {ranAt}),
		seconds: numbersOf(member(value, 'seconds')) ?? [],
		...(bytes !== undefined && {bytes}),
	};
}

function numbersOf(value: unknown): readonly number[] | undefined {
	return asArray(value)
		?.flatMap(one => asNumber(one) ?? [])
		.slice(-mostDurations);
}

function isWhole<T>(values: readonly (T | undefined)[] | undefined): values is readonly T[] {
	return values?.every(value => value !== undefined) ?? false;
}

function marksOf(value: unknown): ReadonlyMap<string, string> {
	return new Map(Object.entries(stringMembers(value)));
}

function parseBase(value: unknown): BasePart | undefined {
	const [written, digest] = [asString(member(value, 'written')), asString(member(value, 'digest'))];
	const layers = asNumber(member(value, 'layers'));
	return written === undefined || digest === undefined || !isDigest(digest)
		? undefined
		: {written, digest: digest satisfies Digest, ...(layers !== undefined && {layers})};
}

function parseRemote(value: unknown): RemotePart | undefined {
	const [written, mark] = [asString(member(value, 'written')), asString(member(value, 'mark'))];
	return written === undefined ? undefined : {written, ...(mark !== undefined && {mark})};
}

function parseRead(value: unknown, tables: readonly (FileTable | undefined)[]): ReadPart | undefined {
	const [place, total] = [asNumber(member(value, 'table')), asNumber(member(value, 'total'))];
	const rows = asArray(member(value, 'rows'));
	const numbers = rows?.flatMap(row => asNumber(row) ?? []);
	const table = place === undefined ? undefined : tables[place];
	return table === undefined || total === undefined || numbers?.length !== rows?.length
		? undefined
		: unpackRead({rows: numbers ?? null, total}, table);
}

// None of the numbers is below zero.
function asNumber(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
