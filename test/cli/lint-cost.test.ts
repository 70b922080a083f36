import path from 'node:path';
import test from 'ava';
import {formatLedger} from '../../planner/ledger/format-ledger.ts';
import type {LedgerStep} from '../../planner/ledger/ledger.ts';
import {ledgerArtifact} from '../../planner/ledger/ledger-artifact.ts';
import {storeLedger} from '../../planner/store/store-ledger.ts';
import {runInProcess} from '../helpers/in-process.ts';
import {folderOf} from '../helpers/lint-folder.ts';
import {buildInto} from '../helpers/store-export.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const Dockerfile = `FROM a/b@${digest}
WORKDIR /app
COPY . .
RUN npm ci
RUN pip install \\
  -r requirements.txt
`;

/** A step as a build would have noted it, as far as lint looks. */
function noted(line: number, text: string, seconds: readonly number[]): LedgerStep {
	const [keyword = ''] = text.split(' ', 1);
	return {
		...{id: `0:${line}`, stage: 'stage-0', line, keyword, text, definition: '00000000', last: 'ran', seconds},
		...{args: new Map(), env: new Map(), bases: [], remotes: [], reads: [], parents: []},
	};
}

test('how many steps run again is always told', async t => {
	const folder = folderOf(t, {Dockerfile});
	const {stdout: out, exitCode: code} = await runInProcess(['lint', '--rule', 'cache/context-noise=off'], folder);
	t.is(code, 1);
	t.true(out.includes('2 steps run again each time\n'), out);
});

test('what they took is told where a ledger knows their text', async t => {
	const folder = folderOf(t, {Dockerfile});
	await buildInto(path.join(folder, 'cache'), {latest: 'AB'}, {}, 0);
	const steps = [
		// The median counts, and the line is another by now.
		noted(9, 'RUN npm ci', [10, 130, 500]),
		noted(4, 'RUN npm install', [1000]),
	];
	const ledger = formatLedger({writtenAt: new Date(0).toISOString(), steps});
	await storeLedger(path.join(folder, 'cache'), 'latest', ledgerArtifact(ledger));
	const args = [
		'lint',
		'--rule',
		'cache/context-noise=off',
		'--cache-from',
		'type=local,src=cache',
		'--format',
		'json',
	];
	const {stdout: out} = await runInProcess(args, folder);
	const {files} = JSON.parse(out) as {files: {findings: {rule: string; notes: {message: string}[]}[]}[]};
	const found = files.flatMap(({findings}) => findings).find(({rule}) => rule === 'cache/copy-before-install');
	t.deepEqual(
		found?.notes.map(({message}) => message),
		[
			'"npm ci" is run here',
			'"pip install" is run here',
			'2 steps run again each time: 2 min 10 s by the ledger of the cache',
		],
	);
});

test('a cache that is not there tells nothing', async t => {
	const folder = folderOf(t, {Dockerfile});
	const {stdout: out} = await runInProcess(['lint', '--cache-from', 'type=local,src=none'], folder);
	t.true(out.includes('2 steps run again each time\n'), out);
	const {exitCode: code, stderr: err} = await runInProcess(['lint', '--cache-from', 'type=nowhere'], folder);
	t.is(code, 2, err);
});
