import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {parseDockerfile} from '../../analyzer/dockerfile/parse.ts';
import {scan} from '../../analyzer/dockerfile/scan.ts';
import {sharedDir} from '../helpers/project.ts';
import {casesOf, difference, type Fault, firstFault, runShared} from '../helpers/shared-cases.ts';
import {argumentsOf, dumpStatement} from '../helpers/statements.ts';

// BuildKit's own answers for whole Dockerfiles: the recorded vectors, and two corpora of real files.

interface Vector {
	readonly name: string;
	readonly dockerfile: string;
	readonly buildkit: {
		readonly parseErr?: string;
		readonly instrErr?: string;
		readonly escape?: string;
		readonly metaArgs?: number;
		readonly warn?: readonly string[];
		readonly nodes?: readonly VectorNode[];
		readonly stages?: readonly {
			readonly base: string;
			readonly name: string;
			readonly plat: string;
			readonly cmds: readonly string[] | null;
		}[];
	};
}

interface VectorNode {
	readonly V: string;
	readonly Orig: string;
	readonly L: readonly [number, number];
	readonly Args?: readonly string[] | null;
	readonly Attr?: {readonly json?: boolean};
	/** The trigger of ONBUILD, its words joined by bars. */
	readonly Child?: readonly string[];
	readonly Flags?: readonly string[];
	readonly H?: readonly object[];
	readonly Prev?: readonly string[];
}

function vectorArguments({Args, Child}: VectorNode): readonly string[] {
	return Child === undefined ? (Args ?? []) : Child.flatMap(words => words.split('|'));
}

function checkVector({name, dockerfile, buildkit}: Vector): Fault {
	const source = {path: name, text: dockerfile.replace(/^\ufeff/, '')};
	const parsed = parseDockerfile({path: name, text: dockerfile});
	const scanned = scan(source);
	if (buildkit.parseErr !== undefined) {
		return difference(name, parsed.kind, 'failed');
	}

	if (scanned.kind === 'failed') {
		return `${name}: ${scanned.diagnostic.message}`;
	}

	const nodes = scanned.nodes.map(({statement, line, heredocs, comments, original}) => ({
		V: statement.keyword.text,
		Orig: original,
		L: [line.startLine, line.endLine],
		Args: argumentsOf(statement),
		Flags: statement.flags.map(({text}) => text),
		H: heredocs.map(heredoc => [heredoc.name, heredoc.fileDescriptor, heredoc.expand, heredoc.chomp, heredoc.content]),
		Prev: comments,
		json: statement.json,
	}));
	const expected = buildkit.nodes?.map(node => ({
		V: node.V,
		Orig: node.Orig,
		L: node.L,
		Args: vectorArguments(node),
		Flags: node.Flags ?? [],
		H: node.H?.map(heredoc => Object.values(heredoc)) ?? [],
		Prev: node.Prev ?? [],
		json: node.Attr?.json ?? false,
	}));
	return firstFault(
		difference(name, nodes, expected),
		difference(name, scanned.escape, buildkit.escape),
		difference(name, scanned.warnings.length, buildkit.warn?.length ?? 0),
		checkVectorStages(parsed, name, buildkit),
	);
}

function checkVectorStages(
	parsed: ReturnType<typeof parseDockerfile>,
	name: string,
	buildkit: Vector['buildkit'],
): Fault {
	if (buildkit.instrErr !== undefined) {
		const line = /line (\d+)/.exec(buildkit.instrErr)?.[1];
		const place = parsed.kind === 'failed' ? parsed.diagnostic.range.start.line : undefined;
		return difference(name, place, line === undefined ? 1 : Number(line));
	}

	if (parsed.kind === 'failed') {
		return `${name}: ${parsed.diagnostic.message}`;
	}

	const {globalArgs, stages} = parsed.dockerfile;
	return firstFault(
		difference(name, globalArgs.length, buildkit.metaArgs),
		difference(
			name,
			stages.map(({from, instructions}) => ({
				base: from.image.text,
				name: from.name?.text.toLowerCase() ?? '',
				plat: from.platform?.text ?? '',
				cmds: instructions.map(({text}) => text.trim()),
			})),
			buildkit.stages?.map(({base, name: stage, plat, cmds}) => ({
				base,
				name: stage,
				plat,
				cmds: (cmds ?? []).map(command => command.replace(/^\S+ /, '')),
			})),
		),
	);
}

test('vectors-dockerfile.json', t => {
	runShared<Vector>(t, 'conformance/vectors-dockerfile.json', casesOf, checkVector);
});

interface OracleFile {
	readonly file: string;
	readonly parseError: string | null;
	readonly instructionError: string | null;
	readonly escape: string;
	readonly nodes: readonly {
		readonly cmd: string;
		readonly flags: readonly string[] | null;
		readonly start: number;
		readonly end: number;
		readonly heredocs: number;
		readonly dump: string;
	}[];
	readonly stages:
		| readonly {readonly Name: string; readonly Base: string; readonly Platform: string; readonly Cmds: number}[]
		| null;
}

function checkOracle(set: string, oracle: OracleFile): Fault {
	const {file} = oracle;
	const text = readFileSync(path.join(sharedDir ?? '', 'corpus', set, file), 'utf8');
	const parsed = parseDockerfile({path: file, text});
	if (oracle.parseError !== null) {
		return difference(file, parsed.kind, 'failed');
	}

	const scanned = scan({path: file, text: text.replace(/^\ufeff/, '')});
	if (scanned.kind === 'failed') {
		return `${file}: ${scanned.diagnostic.message}`;
	}

	const nodes = scanned.nodes.map(({statement, line, heredocs}) => ({
		cmd: statement.keyword.text,
		flags: statement.flags.map(flag => flag.text),
		start: line.startLine,
		end: line.endLine,
		heredocs: heredocs.length,
		dump: dumpStatement(statement),
	}));
	return firstFault(
		difference(
			file,
			nodes,
			oracle.nodes.map(node => ({...node, flags: node.flags ?? []})),
		),
		difference(file, scanned.escape, oracle.escape),
		checkOracleStages(parsed, oracle),
	);
}

/** Our place is narrower than BuildKit's, which is the whole instruction, so it must lie inside. */
function checkOracleStages(parsed: ReturnType<typeof parseDockerfile>, oracle: OracleFile): Fault {
	const {file, instructionError, nodes, stages} = oracle;
	if (instructionError !== null || stages === null || stages.length === 0) {
		if (parsed.kind === 'parsed') {
			return `${file}: read, though BuildKit says ${instructionError}`;
		}

		const line = /line (\d+)/.exec(instructionError ?? '')?.[1];
		const node = nodes.find(({start}) => start === Number(line));
		const {start, end} = parsed.diagnostic.range;
		const isInside = node === undefined || (node.start <= start.line && end.line <= node.end);
		return difference(`${file} ${instructionError}`, isInside, true);
	}

	if (parsed.kind === 'failed') {
		return `${file}: ${parsed.diagnostic.message}`;
	}

	const found = parsed.dockerfile.stages.map(({from, instructions}) => ({
		Name: from.name?.text.toLowerCase() ?? '',
		Base: from.image.text,
		Platform: from.platform?.text ?? '',
		Cmds: instructions.length,
	}));
	return difference(file, found, stages);
}

for (const set of ['dockerfiles', 'dockerfiles-gotest']) {
	test(`corpus: ${set}`, t => {
		const read = (text: string) =>
			text
				.trim()
				.split('\n')
				.map(line => JSON.parse(line) as OracleFile);
		runShared(t, `corpus/oracle/${set}.parse.jsonl`, read, oracle => checkOracle(set, oracle));
	});
}
