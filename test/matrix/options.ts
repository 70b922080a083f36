import {parseArgs} from 'node:util';
import {cacheKinds} from './cache-kinds.ts';

/** What the matrix was asked for. */
export interface MatrixOptions {
	/** As CACHECAST_TEST_ENGINE has it: `private:sid`, `builder:NAME`. */
	readonly engines: readonly string[];
	readonly caches: readonly string[];
	/** Only cases and mutations of these names; with `*` at the end, that begin so. */
	readonly cases: readonly string[];
	readonly mutations: readonly string[];
	/** Of the mutations of each case only every so many; each case and cache begins elsewhere. */
	readonly every: number;
	/** Random Dockerfiles in place of the table. */
	readonly random: number;
	readonly seed: number;
	/** Where the report is written; '' for nowhere. */
	readonly report: string;
	readonly verbose: boolean;
}

/** Reads the command line; throws with a sentence on what is wrong with it. */
export function matrixOptions(argv: readonly string[]): MatrixOptions {
	const {values} = parseArgs({
		args: [...argv],
		options: {
			engine: {type: 'string', multiple: true},
			builder: {type: 'string', multiple: true},
			cache: {type: 'string', multiple: true},
			case: {type: 'string', multiple: true},
			mutation: {type: 'string', multiple: true},
			every: {type: 'string', default: '3'},
			random: {type: 'string', default: '0'},
			seed: {type: 'string', default: '1'},
			report: {type: 'string', default: ''},
			verbose: {type: 'boolean', default: false},
		},
	});
	const engines = [
		...list(values.engine).map(suite => `private:${suite}`),
		...list(values.builder).map(name => `builder:${name}`),
	];
	const caches = list(values.cache);
	const unknown = caches.find(name => !cacheKinds.some(kind => kind.name === name));
	if (unknown !== undefined) {
		throw new Error(`there is no cache "${unknown}"; there are ${cacheKinds.map(({name}) => name).join(', ')}`);
	}

	return {
		engines: engines.length === 0 ? ['private:sid', 'private:trixie', 'private:bookworm'] : engines,
		caches,
		cases: list(values.case),
		mutations: list(values.mutation),
		every: values.mutation === undefined ? Math.max(1, wholeNumber('--every', values.every)) : 1,
		random: wholeNumber('--random', values.random),
		seed: wholeNumber('--seed', values.seed),
		report: values.report,
		verbose: values.verbose,
	};
}

/** Whether a name is among the wanted; everything is when none are named. */
export function isWanted(name: string, wanted: readonly string[]): boolean {
	return (
		wanted.length === 0 || wanted.some(one => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))
	);
}

function list(values: readonly string[] = []): readonly string[] {
	return values.flatMap(value => value.split(','));
}

function wholeNumber(name: string, text: string): number {
	if (!/^\d{1,10}$/.test(text)) {
		throw new Error(`${name} must be a whole number, not "${text}"`);
	}

	return Number(text);
}
