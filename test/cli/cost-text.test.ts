import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {costLines} from '../../cli/render/cost-text.ts';
import {stepCostText} from '../../cli/render/cost-words.ts';
import {planJson} from '../../cli/render/plan-json.ts';
import type {Ledger, Rates} from '../../planner/ledger/ledger.ts';
import {schemaErrors} from '../helpers/json-schema.ts';
import {noted, planOver} from '../helpers/noted-plan.ts';
import {projectRoot} from '../helpers/project.ts';
import {temporaryTree} from '../helpers/temporary-tree.ts';

const schema: unknown = JSON.parse(readFileSync(path.join(projectRoot, 'cli/schemas/plan.schema.json'), 'utf8'));
const dockerfile = 'FROM node:22\nCOPY a.txt /\nRUN npm ci\nRUN npm test\n';

/** The plan where `npm test` has changed, after a build of which every step took 2 s and made a layer of 10 MB. */
async function planAfter(t: ExecutionContext, rates: Rates | undefined) {
	const folder = temporaryTree(t, {'a.txt': 'a\n'});
	const {cache} = noted(await planOver({dockerfile, folder}));
	const ledger: Ledger = {
		writtenAt: '',
		steps: (cache.ledger?.steps ?? []).map(step => ({...step, bytes: 10_000_000})),
		...(rates !== undefined && {rates}),
	};
	return planOver({dockerfile: dockerfile.replace('npm test', 'npm run all'), folder}, {...cache, ledger});
}

for (const [title, rates, lines, why] of [
	[
		'nothing is said without a measurement',
		undefined,
		['About 2.0 s to run (10.0 MB to push, no bandwidth measured yet).'],
		'2.0 s to run; its layer is 10.0 MB, no bandwidth measured yet',
	],
	[
		'a line that is fast enough',
		{pull: [20_000_000], push: [5_000_000]},
		['About 2.0 s to run (10.0 MB to push, about 2.0 s at 5.0 MB/s).'],
		'2.0 s to run; its layer is 10.0 MB, 0.5 s to pull',
	],
	[
		'a line that is too slow',
		{pull: [1_000_000, 2_000_000, 3_000_000], push: []},
		[
			'About 2.0 s to run (10.0 MB to push, no bandwidth measured yet).',
			'Caching does not pay at 2.0 MB/s: line 2 (5.0 s to pull 10.0 MB, 2.0 s to run), line 3 (5.0 s to pull 10.0 MB, 2.0 s to run), line 4 (5.0 s to pull 10.0 MB, 2.0 s to run).',
		],
		'2.0 s to run; its layer is 10.0 MB, 5.0 s to pull; caching it does not pay',
	],
] as const) {
	test(title, async t => {
		const plan = await planAfter(t, rates);
		t.deepEqual(costLines(plan), [...lines]);
		const [step] = plan.stages[0]?.steps.filter(one => one.step.instruction.kind === 'run') ?? [];
		t.is(step === undefined ? undefined : stepCostText(step, plan.cost), why);
		const json = planJson(plan, {dockerfile: 'Dockerfile', context: '.'});
		t.deepEqual(schemaErrors(schema, JSON.parse(JSON.stringify(json))), []);
		t.like(json, {
			cost: {bandwidth: {pull: rates?.pull[rates.pull.length >> 1] ?? null, push: rates?.push[0] ?? null}},
		});
	});
}
