import {brotliCompressSync, constants} from 'node:zlib';
import type {Mark} from '../preimages/mark.ts';
import {packReads} from './file-table.ts';
import {type Ledger, type LedgerStep, mostDurations, mostSteps} from './ledger.ts';

/**
 * The version of the format; a reader that does not know it takes nothing of the ledger. 2 has front-coded paths and
 * rates, and is compressed with brotli; 1 was compressed with gzip.
 */
export const ledgerVersion = 2;

// Of 100,000 paths 9 takes a fifth more room than 11, and a twentieth of its time.
const quality = 9;

/**
 * A variable's value is told by 8 bits of its digest. So whoever has the ledger and tries values is left with one in 256 of
 * them, however short the value is, and learns no more from a further ledger, as the mark of a value never changes. A
 * change is not seen once in 256 times: then the cause is worded without it.
 */
const valueMarkLength = 2;

/** Definitions are told by 32 bits: they cover a whole instruction with its environment, as the cache's records do. */
const definitionMarkLength = 8;

/**
 * A ledger as compressed JSON. Of values of variables and of files there are marks only; instructions are the Dockerfile's
 * own text, with variables unexpanded. Bounded: {@link mostSteps}, the files of {@link packReads}, 2000 characters of an
 * instruction, {@link mostDurations} runs of a step.
 */
export function formatLedger({writtenAt, steps, rates}: Ledger): Uint8Array {
	const kept = steps.slice(0, mostSteps);
	const {tables, reads} = packReads(kept.map(step => step.reads));
	const json = {
		version: ledgerVersion,
		writtenAt,
		...(rates !== undefined && {rates: {pull: ratesJson(rates.pull), push: ratesJson(rates.push)}}),
		contexts: tables,
		steps: kept.map((step, index) => stepJson(step, reads[index] ?? [])),
	};
	const text = Buffer.from(JSON.stringify(json));
	return brotliCompressSync(text, {
		params: {[constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: text.byteLength},
	});
}

function ratesJson(rates: readonly number[]): readonly number[] {
	return rates.slice(-mostDurations).map(Math.round);
}

function stepJson(step: LedgerStep, reads: readonly unknown[]): Readonly<Record<string, unknown>> {
	const {id, stage, line, keyword, text, key, definition, args, env, bases, remotes, parents} = step;
	return {
		id,
		stage,
		line,
		keyword,
		text,
		key,
		definition: definition.slice(0, definitionMarkLength),
		args: marksJson(args),
		env: marksJson(env),
		bases,
		remotes: remotes.map(({written, mark}) => ({written, mark: mark?.slice(0, definitionMarkLength)})),
		parents,
		reads,
		last: step.last,
		ranAt: step.ranAt,
		seconds: step.seconds.slice(-mostDurations).map(seconds => Math.round(seconds * 1000) / 1000),
		bytes: step.bytes,
	};
}

function marksJson(marks: ReadonlyMap<string, Mark>): Readonly<Record<string, Mark>> {
	return Object.fromEntries(Array.from(marks, ([name, mark]) => [name, mark.slice(0, valueMarkLength)]));
}
