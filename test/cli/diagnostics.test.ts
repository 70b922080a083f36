import {readFileSync} from 'node:fs';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {runInProcess} from '../helpers/in-process.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {projectRoot} from '../helpers/project.ts';

const folder = path.join(projectRoot, 'test', 'diagnostics');

/** Broken Dockerfiles, each in a folder of its own as its context, and what `plan` is asked beside that. */
const planned: Readonly<Record<string, readonly string[]>> = {
	// The text cannot be read.
	'before-from': [],
	'byte-order-mark': [],
	'check-directive': [],
	'check-value': [],
	continued: [],
	'control-characters': [],
	'copy-heredoc': [],
	'copy-one-argument': [],
	crlf: [],
	empty: [],
	'env-without-equals': [],
	'env-without-value': [],
	'escape-directive': [],
	'flag-twice': [],
	'flag-without-value': [],
	'from-two-arguments': [],
	'healthcheck-cmd': [],
	'healthcheck-interval': [],
	'heredoc-end': [],
	'heredoc-tabs': [],
	'invalid-utf8': [],
	'json-numbers': [],
	'long-line': [],
	'long-range': [],
	'lost-continuation': [],
	'mount-blanks': [],
	'mount-mode': [],
	'mount-number': [],
	'mount-option': [],
	'mount-secret': [],
	'mount-type': [],
	network: [],
	'no-break-space': [],
	'no-stage': [],
	'nothing-continued': [],
	'onbuild-from': [],
	'onbuild-onbuild': [],
	'only-comments': [],
	'repeated-directive': [],
	'shell-form': [],
	'stage-name-invalid': [],
	'stage-name-space': [],
	stopsignal: [],
	tabs: [],
	'unknown-flag': [],
	'unknown-instruction': [],
	'utf-16': [],
	'variable-in-mount-from': [],
	'run-no-utf8': [],
	'mount-source-unknown-base': [],
	'labs-flag': ['--buildkit', 'v0.25'],
	'checksum-digest': [],
	expose: [],
	'label-quote': [],
	'mount-root': [],
	'stage-name-image': [],
	'stopsignal-unknown': [],
	'chmod-symbolic': [],
	'very-long-line': [],
	'wide-characters': [],
	'zero-width-space': [],
	// What it names is not there or cannot be.
	apostrophe: [],
	'case-of-stage': [],
	checksum: [],
	chmod: [],
	circle: [],
	'empty-base': [],
	'empty-base-meant': [],
	'empty-base-undeclared': [],
	'env-quote': [],
	'image-control-characters': [],
	'image-tag': [],
	'image-upper-case': [],
	'image-variable': [],
	'from-quote': [],
	'missing-brace': [],
	platform: [],
	'platform-variable': [],
	'platform-required': [],
	'required-argument': [],
	'required-in-stage': [],
	'self-use': [],
	several: [],
	'stage-name-near': [],
	'stage-number': [],
	'stage-number-one': [],
	target: ['--target', 'bulder'],
	'target-several': ['--target', 'release'],
	'target-unknown': ['--target', 'release'],
	'unsupported-modifier': [],
	'used-before-defined': [],
	'variable-in-from': [],
	'wide-range': [],
	// The context has not what a step reads.
	'bad-pattern': [],
	'ignored-file': [],
	'ignored-in-folder': [],
	'missing-file': [],
	'missing-folder': [],
	'missing-mount-source': [],
};

/** Dockerfiles that can be built, but mean something else than their writer thinks. */
const linted = ['duplicate-stage', 'empty-continuation', 'undefined-stage'];

const commands = [
	...Object.entries(planned).map(([name, flags]) => ({name, args: ['plan', name, '--offline', ...flags]})),
	...linted.map(name => ({name, args: ['lint', `${name}/Dockerfile`]})),
];

test('every broken Dockerfile is run', async t => {
	const folders = (await readdir(folder, {withFileTypes: true})).filter(entry => entry.isDirectory());
	t.deepEqual(folders.map(({name}) => name).sort(), commands.map(({name}) => name).sort());
});

// Rewritten by UPDATE_GOLDEN=1; read what changed before it is committed.
for (const {name, args} of commands) {
	test.serial(`cachecast ${args.join(' ')}`, async t => {
		const {stdout, stderr, exitCode} = await runInProcess(args, folder);
		t.is(args[0] === 'plan' ? stdout : stderr.replace(/^Command failed: .*/s, ''), '');
		t.is(exitCode, 1);
		t.notRegex(stderr, /internal:|^\s+at .*:\d+:\d+/m);

		const text = `$ cachecast ${args.join(' ')}\n${args[0] === 'plan' ? stderr : stdout}exit ${exitCode}\n`;
		const golden = path.join(folder, name, 'expected.txt');
		if (process.env['UPDATE_GOLDEN']) {
			await writeFile(golden, text);
		}

		t.is(text, await readFile(golden, 'utf8'));
	});
}

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli', 'schemas', 'plan.schema.json'), 'utf8'));

interface MistakesJson {
	readonly dockerfile: string;
	readonly context: string;
	readonly diagnostics: readonly {
		readonly file: string;
		readonly rule: string;
		readonly severity: string;
		readonly message: string;
		readonly line: number;
		readonly column: number;
		readonly hint: string | null;
		readonly notes: readonly {readonly message: string; readonly line: number; readonly column: number}[];
	}[];
}

/** The lines of the text form that are not excerpts. */
function asText({diagnostics}: MistakesJson): readonly string[] {
	return diagnostics.flatMap(({file, rule, severity, message, line, column, hint, notes}) => [
		`${file}:${line}:${column} ${severity} ${message} [${rule}]`,
		...notes.map(note => `  ${file}:${note.line}:${note.column} ${note.message}`),
		...(hint === null ? [] : [`  hint: ${hint}`]),
	]);
}

// One of each rule, one with notes, one with several.
for (const name of ['unknown-instruction', 'repeated-directive', 'several', 'circle', 'missing-file', 'target']) {
	test.serial(`--format json says the same: ${name}`, async t => {
		const args = ['plan', name, '--offline', '--format', 'json', ...(planned[name] ?? [])];
		const {stdout, stderr, exitCode} = await runInProcess(args, folder);
		const json = JSON.parse(stdout) as MistakesJson;
		t.is(exitCode, 1);
		t.deepEqual(schemaErrors(schema, json), []);
		t.is(json.dockerfile, `${name}/Dockerfile`);
		t.is(json.context, name);
		t.true((await readFile(path.join(folder, name, 'expected.txt'), 'utf8')).includes(`\n${stderr}exit 1\n`));
		const told = stderr.split('\n').filter(line => line !== '' && !/^ +\d* *\|/.test(line));
		t.deepEqual(asText(json), told);
	});
}
