import test from 'ava';
import {detectSyntax, findDirective} from '../../analyzer/dockerfile/directives.ts';
import {parseFlags} from '../../analyzer/dockerfile/flags.ts';
import {chompHeredoc, parseHeredocWord, parseHeredocWords} from '../../analyzer/dockerfile/heredoc.ts';
import type {Instruction} from '../../analyzer/dockerfile/instruction.ts';
import {parseJsonForm} from '../../analyzer/dockerfile/json-form.ts';
import {isMistake} from '../../analyzer/dockerfile/mistake.ts';
import {parseNameValues} from '../../analyzer/dockerfile/name-values.ts';
import {parseDockerfile} from '../../analyzer/dockerfile/parse.ts';
import {scan} from '../../analyzer/dockerfile/scan.ts';
import {spanOf, splitCommand} from '../../analyzer/dockerfile/split-command.ts';
import {understand} from '../../analyzer/dockerfile/understand.ts';
import {trimSpace} from '../../analyzer/dockerfile/white-space.ts';
import {parseWords} from '../../analyzer/dockerfile/words.ts';
import {casesOf, difference, type Fault, firstFault, runShared} from '../helpers/shared-cases.ts';
import {dumpStatement} from '../helpers/statements.ts';

// The tables of BuildKit's own tests for its parser and its instructions.

const whole = (text: string) => spanOf(text, 0, text.length);

const nodesOf = (text: string) => {
	const scanned = scan({path: '', text});
	return scanned.kind === 'scanned' ? scanned.nodes : [];
};

test('testfiles.json', t => {
	type Case = {readonly name: string; readonly dockerfile: string; readonly dump?: string; readonly error?: true};
	runShared<Case>(t, 'conformance/parser/testfiles.json', casesOf, ({name, dockerfile, dump, error}) => {
		if (error === true) {
			return difference(name, parseDockerfile({path: name, text: dockerfile}).kind, 'failed');
		}

		// The upstream test reads the file, too, with its mark dropped.
		const nodes = nodesOf(dockerfile.replace(/^\ufeff/, ''));
		return difference(name, `${nodes.map(({statement}) => `(${dumpStatement(statement)})`).join('\n')}\n`, dump);
	});
});

test('line_numbers.json', t => {
	type Case = {readonly dockerfile: string; readonly children: readonly (readonly [number, number])[]};
	runShared<Case>(t, 'conformance/parser/line_numbers.json', casesOf, ({dockerfile, children}) => {
		const found = nodesOf(dockerfile).map(({line}) => [line.startLine, line.endLine]);
		return difference(dockerfile, found, children);
	});
});

test('heredocs.json', t => {
	type Heredoc = {
		readonly name: string;
		readonly content: string;
		readonly expand: boolean;
		readonly chomp: boolean;
		readonly fd: number;
	};
	type Case = {readonly dockerfile: string; readonly heredocs: readonly (readonly Heredoc[])[]};
	runShared<Case>(t, 'conformance/parser/heredocs.json', casesOf, ({dockerfile, heredocs}) => {
		const found = nodesOf(dockerfile).slice(1);
		return difference(
			'heredocs',
			found.map(node => node.heredocs),
			heredocs.map(row => row.map(({fd, ...heredoc}) => ({...heredoc, fileDescriptor: fd}))),
		);
	});
});

test('heredoc_words.json', t => {
	type Case = {
		readonly input?: string;
		readonly name?: string;
		readonly heredoc?: boolean;
		readonly error?: true;
		readonly chomp?: string;
		readonly expected?: string;
	};
	runShared<Case>(t, 'conformance/parser/heredoc_words.json', casesOf, ({input, name, error, chomp, expected}) => {
		if (chomp !== undefined || input === undefined) {
			return difference('chomp', chompHeredoc(chomp ?? ''), expected);
		}

		const result = parseHeredocWord(input);
		if (name !== undefined) {
			return difference(input, result.kind === 'heredoc' && result.heredoc.name, name);
		}

		return difference(input, result.kind, error === true ? 'failed' : 'none');
	});
});

// Upstream compares only what it finds, and in `RUN <<- EOF` it finds nothing: the blank ends the word.
test('heredocs_from_line.json', t => {
	type Case = {readonly line: string; readonly names: readonly string[]};
	runShared<Case>(t, 'conformance/parser/heredocs_from_line.json', casesOf, ({line, names}) => {
		const result = parseHeredocWords(line);
		const found = result.kind === 'heredocs' ? result.heredocs.map(({name}) => name) : undefined;
		return difference(line, found, line === 'RUN <<- EOF' ? [] : names);
	});
});

test('parse_words.json', t => {
	type Case = {readonly input: string; readonly words: readonly string[]};
	runShared<Case>(t, 'conformance/parser/parse_words.json', casesOf, ({input, words}) =>
		difference(
			input,
			parseWords(whole(input), input, '\\').map(({text}) => text),
			words,
		),
	);
});

test('name_val.json', t => {
	type Case = {
		readonly input: string;
		readonly command: string;
		readonly pairs?: readonly (readonly string[])[];
		readonly error?: string;
	};
	runShared<Case>(t, 'conformance/parser/name_val.json', casesOf, ({input, command, pairs}) => {
		const result = parseNameValues(whole(input), input, command, '\\');
		const found = isMistake(result)
			? undefined
			: result.map(({name, value, noDelimiter}) => [name, value, noDelimiter ? '' : '=']);
		return difference(input, found, pairs);
	});
});

test('json_arrays.json', t => {
	type Case = {readonly input: string; readonly values?: readonly string[]; readonly error?: string};
	runShared<Case>(t, 'conformance/parser/json_arrays.json', casesOf, ({input, values, error}) => {
		const result = parseJsonForm(whole(trimSpace(input)));
		if (error === 'not strings') {
			return difference(input, isMistake(result), true);
		}

		return difference(input, isMistake(result) ? result.message : result?.map(({text}) => text), values);
	});
});

test('empty_continuation.json', t => {
	type Case = {readonly dockerfile: string; readonly warnings: readonly string[]};
	runShared<Case>(t, 'conformance/parser/empty_continuation.json', casesOf, ({dockerfile, warnings}) => {
		const scanned = scan({path: '', text: dockerfile});
		if (scanned.kind === 'failed') {
			return scanned.diagnostic.message;
		}

		const warned = scanned.warnings.map(({notes}) => {
			const line = notes?.at(0)?.range.end.line;
			return scanned.nodes.find(node => node.line.endLine === line)?.original;
		});
		return difference('warnings', warned, warnings);
	});
});

test('limits.json', t => {
	type Case = {readonly dockerfilePattern: string; readonly error: string};
	runShared<Case>(t, 'conformance/parser/limits.json', casesOf, ({dockerfilePattern}) => {
		const text = dockerfilePattern.replace(/<(\d+) times a>/, (_, times) => 'a'.repeat(Number(times)));
		const result = parseDockerfile({path: '', text});
		const message = result.kind === 'failed' ? result.diagnostic.message : undefined;
		return difference('limit', message, 'the line is longer than 65535 bytes');
	});
});

test('directives.json', t => {
	type Case = {
		readonly function: string;
		readonly text: string;
		readonly directives?: readonly (readonly [string, string])[];
		readonly ref?: string;
		readonly cmdline?: string;
		readonly line?: number;
		readonly found?: boolean;
	};
	runShared<Case>(t, 'conformance/parser/directives.json', casesOf, row => {
		if (row.directives !== undefined) {
			const found = (['syntax', 'escape', 'check'] as const).flatMap(name => {
				const directive = findDirective(name, row.text);
				return directive === undefined ? [] : [[name, directive.value]];
			});
			return difference(row.text, found, row.directives);
		}

		const text = row.text.replace(/^\ufeff/, '');
		const found = row.function.endsWith('check') ? findDirective('check', text) : detectSyntax(text);
		return firstFault(
			difference(row.text, found !== undefined, row.found ?? true),
			row.ref === undefined ? undefined : difference(row.text, found?.firstWord, row.ref),
			row.cmdline === undefined ? undefined : difference(row.text, found?.value, row.cmdline),
			row.line === undefined ? undefined : difference(row.text, found?.line, row.line),
		);
	});
});

test('instructions/errors.json', t => {
	type Case = {readonly dockerfile: string; readonly error?: string; readonly errorContains?: string};
	runShared<Case>(t, 'conformance/instructions/errors.json', casesOf, ({dockerfile}) => {
		const scanned = scan({path: '', text: dockerfile});
		const isRefused = scanned.kind === 'failed' || scanned.nodes.some(node => isMistake(understand(node)));
		return difference(dockerfile, isRefused, true);
	});
});

// The description of a stage or an argument is the comment above that begins with its name.
test('instructions/comments.json', t => {
	type Case = Readonly<Record<'stages' | 'metaArgs' | 'stageArgs', readonly (readonly [string, string])[]>> & {
		readonly dockerfile: string;
	};
	runShared<Case>(t, 'conformance/instructions/comments.json', casesOf, ({dockerfile, stages, metaArgs, stageArgs}) => {
		const parsed = parseDockerfile({path: '', text: dockerfile});
		if (parsed.kind === 'failed') {
			return parsed.diagnostic.message;
		}

		const describe = (comments: readonly string[], name = '') => {
			const comment = comments.find(line => line.startsWith(`${name} `)) ?? '';
			return [name, comment.slice(name.length + 1)];
		};

		const describeArgs = (instruction: Instruction) =>
			instruction.kind === 'arg' ? instruction.args.map(({name}) => describe(instruction.comments, name)) : [];
		const {dockerfile: read} = parsed;
		return firstFault(
			difference(
				'stages',
				read.stages.map(({from}) => describe(from.comments, from.name?.text)),
				stages,
			),
			difference('metaArgs', read.globalArgs.flatMap(describeArgs), metaArgs),
			difference(
				'stageArgs',
				read.stages.flatMap(({instructions}) => instructions.flatMap(describeArgs)),
				stageArgs,
			),
		);
	});
});

const MANY_FLAGS = {
	str1: 'string',
	str2: 'string',
	str3: 'string',
	str4: 'string',
	bool1: 'boolean',
	bool2: 'boolean',
	bool3: 'boolean',
	bool4: 'boolean',
	bool5: 'boolean',
} as const;

const FLAGS = {str1: 'string', bool1: 'boolean'} as const;

test('instructions/flags.json', t => {
	type Case = {
		readonly decl?: string;
		readonly args: readonly string[];
		readonly ok: boolean;
		readonly str1?: string;
		readonly bool1?: string | boolean;
		readonly used?: readonly string[];
	};
	runShared<Case>(t, 'conformance/instructions/flags.json', casesOf, ({decl, args, ok, str1, bool1, used}) => {
		// Upstream hands the flags over as a list; here they go through the line, where a blank needs quotes.
		const line = ['X', ...args.map(arg => arg.replace(/ /g, '\\ '))].join(' ');
		const {flags: spans, rest} = splitCommand(line, 0, '\\');
		const flags = parseFlags('X', spans, decl === undefined ? FLAGS : MANY_FLAGS);
		if (isMistake(flags) || rest.text !== '') {
			return difference(line, false, ok);
		}

		return firstFault(
			difference(line, true, ok),
			str1 === undefined ? undefined : difference(line, flags.string('str1')?.value ?? 'HI', str1),
			bool1 === undefined ? undefined : difference(line, String(flags.boolean('bool1') ?? false), String(bool1)),
			used === undefined ? undefined : difference(line, flags.all.map(({name}) => name).sort(), [...used].sort()),
		);
	});
});

test('instructions/heredocs.json', t => {
	type Case = {
		readonly dockerfile: string;
		readonly expectedError?: string;
		readonly sourcesAndDest?: {
			readonly DestPath: string;
			readonly SourcePaths?: readonly string[];
			readonly SourceContents?: readonly {
				readonly Path: string;
				readonly Data: string;
				readonly Expand: boolean;
			}[];
		};
		readonly command?: readonly string[];
		readonly shell?: boolean;
		readonly files?: readonly {readonly Name: string; readonly Data: string; readonly Chomp?: boolean}[];
	};
	runShared<Case>(t, 'conformance/instructions/heredocs.json', casesOf, row => {
		const [node] = nodesOf(row.dockerfile);
		const instruction = node === undefined ? undefined : understand(node);
		if (row.expectedError !== undefined) {
			return difference(row.dockerfile, isMistake(instruction), true);
		}

		if (instruction === undefined || isMistake(instruction)) {
			return `${row.dockerfile}: refused`;
		}

		return instruction.kind === 'copy' || instruction.kind === 'add'
			? difference(
					row.dockerfile,
					{
						destination: instruction.destination.text,
						sources: instruction.sources.map(({text}) => text),
						heredocs: instruction.heredocSources,
					},
					{
						destination: row.sourcesAndDest?.DestPath,
						sources: row.sourcesAndDest?.SourcePaths ?? [],
						heredocs: (row.sourcesAndDest?.SourceContents ?? []).map(({Path, Data, Expand}) => ({
							name: Path,
							data: Data,
							expand: Expand,
						})),
					},
				)
			: checkRun(row.dockerfile, instruction, row);
	});
});

function checkRun(
	what: string,
	instruction: Exclude<ReturnType<typeof understand>, {kind: 'mistake'}>,
	row: {
		readonly command?: readonly string[];
		readonly shell?: boolean;
		readonly files?: readonly {readonly Name: string; readonly Data: string; readonly Chomp?: boolean}[];
	},
): Fault {
	if (instruction.kind !== 'run') {
		return `${what}: ${instruction.kind}`;
	}

	const {command, heredocs} = instruction;
	return firstFault(
		difference(what, command.form === 'shell' ? [command.text] : command.args, row.command),
		difference(what, command.form === 'shell', row.shell),
		difference(
			what,
			heredocs.map(({name, content, chomp}) => ({name, content, chomp})),
			(row.files ?? []).map(({Name, Data, Chomp}) => ({name: Name, content: Data, chomp: Chomp ?? false})),
		),
	);
}
