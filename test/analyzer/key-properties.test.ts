import test from 'ava';
import fc from 'fast-check';
import {keyedSteps} from '../helpers/pipeline.ts';
import {temporaryTree, writeTree} from '../helpers/temporary-tree.ts';

// Random Dockerfiles: stages with a few steps each that do not use one another, and a last one that copies from all.
const stepArbitrary = fc.oneof(
	fc.constantFrom('COPY a.txt /a/', 'COPY lib lib/', 'COPY lib/*.txt /texts/', 'ADD a.txt lib/b.txt /both/'),
	fc.constantFrom('RUN make \\\n    all', 'RUN ["make", "all"]', 'RUN --mount=type=bind,source=lib,target=/l make'),
	fc.constantFrom('WORKDIR w', 'ENV K=v', 'ARG A=1', 'USER app', 'LABEL l=1', 'COPY <<EOF /doc\ntext\nEOF'),
);
const stageArbitrary = fc.record({
	base: fc.constantFrom('scratch', 'image:1', 'image:2'),
	steps: fc.array(stepArbitrary, {minLength: 1, maxLength: 4}),
});
type RandomStage = typeof stageArbitrary extends fc.Arbitrary<infer T> ? T : never;

const stageText = ({base, steps}: RandomStage, index: number) => [`FROM ${base} AS s${index}`, ...steps];
const lastStage = (count: number) => [
	'FROM image:3',
	...Array.from({length: count}, (_, index) => `COPY --from=s${index} /a /s${index}`),
];

const files = {'a.txt': 'a\n', 'lib/b.txt': 'b\n', 'lib/c.txt': {text: 'c\n', mode: 0o755}};

/** `s0 1 → key` for each step that has one: the stage by name, so that its place does not count. */
function keysOf(lines: readonly string[], context: string): readonly string[] {
	return keyedSteps(`${lines.join('\n')}\n`, {context})
		.map(
			({step, full, record}) =>
				`${step.number?.stage.replace(/^stage-\d+$/, 'last')} ${step.id.split(':')[1]} ${record} ${full}`,
		)
		.sort();
}

test('a comment changes no key', t => {
	const context = temporaryTree(t, files);
	const property = fc.property(
		fc.array(stageArbitrary, {minLength: 1, maxLength: 3}),
		fc.array(fc.tuple(fc.nat(), fc.constantFrom('# note: a comment', '\t# indented', '#', '')), {
			minLength: 1,
			maxLength: 6,
		}),
		(stages, comments) => {
			const lines = [...stages.flatMap((stage, index) => stageText(stage, index)), ...lastStage(stages.length)];
			// A comment may stand before any instruction, and inside one that goes on.
			const parts = lines.flatMap(line => (line.startsWith('COPY <<') ? [line] : line.split('\n')));
			const commented = [...parts];
			for (const [place, comment] of comments) {
				commented.splice(place % (commented.length + 1), 0, comment);
			}

			t.deepEqual(keysOf(commented, context), keysOf(parts, context));
		},
	);
	t.notThrows(() => fc.assert(property, {numRuns: 100}));
});

test('a file of the context that no step takes changes no key', t => {
	const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.md$/).map(text => `other-${text}`);
	const property = fc.property(
		fc.array(stageArbitrary, {minLength: 1, maxLength: 3}),
		fc.dictionary(name, fc.string(), {minKeys: 1, maxKeys: 3}),
		(stages, others) => {
			const context = temporaryTree(t, files);
			const lines = [...stages.flatMap((stage, index) => stageText(stage, index)), ...lastStage(stages.length)];
			const before = keysOf(lines, context);
			writeTree(context, others);
			t.deepEqual(keysOf(lines, context), before);
		},
	);
	t.notThrows(() => fc.assert(property, {numRuns: 50}));
});

test('the order of independent stages changes no key', t => {
	const context = temporaryTree(t, files);
	const property = fc.property(fc.array(stageArbitrary, {minLength: 2, maxLength: 4}), fc.nat(), (stages, seed) => {
		const texts = stages.map((stage, index) => stageText(stage, index));
		const at = seed % (texts.length - 1);
		const swapped = [...texts.slice(0, at), texts[at + 1] ?? [], texts[at] ?? [], ...texts.slice(at + 2)];
		const last = lastStage(stages.length);
		t.deepEqual(keysOf([...swapped.flat(), ...last], context), keysOf([...texts.flat(), ...last], context));
	});
	t.notThrows(() => fc.assert(property, {numRuns: 100}));
});
