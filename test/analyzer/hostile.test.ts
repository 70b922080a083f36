import test from 'ava';
import fc from 'fast-check';
import {decodeSource} from '../../analyzer/index.ts';
import {analyse, analysisFault} from '../fuzz/analyse.ts';
import {hostileShapes} from '../fuzz/hostile.ts';
import {inventedText, mutated} from '../fuzz/inputs.ts';
import {readTexts, sampleDockerfiles} from '../fuzz/samples.ts';

// Whatever a file holds, it is analysed or refused with a diagnostic that has a place in it. `npm run fuzz` looks for
// exceptions with far more inputs, and measures time, which no test here does.

const samples = readTexts(sampleDockerfiles());

// A third of the bytes, another third in each sample: `npm run fuzz` takes the others.
test('a sample that is cut off at some byte is analysed or refused in place', t => {
	t.true(samples.length > 0);
	for (const [place, sample] of samples.entries()) {
		const bytes = Buffer.from(sample);
		for (let length = place % 3; length < bytes.length; length += 3) {
			const fault = analysisFault(decodeSource(bytes.subarray(0, length)));
			t.is(fault, undefined, `the first ${length} bytes`);
		}
	}
});

test('a sample that is changed at random is analysed or refused in place', t => {
	fc.assert(
		fc.property(mutated(samples), text => {
			t.is(analysisFault(text), undefined);
		}),
		{numRuns: 300},
	);
});

test('any text is analysed or refused in place', t => {
	fc.assert(
		fc.property(inventedText, text => {
			t.is(analysisFault(text), undefined);
		}),
		{numRuns: 1000},
	);
});

test('inputs built to take long have an answer', t => {
	for (const {name, size, text, prepare} of hostileShapes) {
		const n = Math.ceil(size / 50);
		const answer = text === undefined ? prepare(n)() : (analysisFault(text(n)) ?? 'in place');
		t.regex(answer, /^(in place|expanded|failed|true|false|invalid|spec)$/, name);
	}
});

/** What once was an exception, endless, or a failure without a reason. */
const refused: readonly (readonly [name: string, text: string, line: number, message: RegExp])[] = [
	['a word that doubles', `FROM scratch\nENV a=12345678\n${'ENV a=$a$a\n'.repeat(40)}`, 17, /make the text too long/],
	['a global word that doubles', `ARG a=12345678\n${'ARG a=$a$a\n'.repeat(40)}FROM a\n`, 16, /make the text too long/],
	[
		'a replacement in a replacement',
		`FROM scratch\nENV x=aaaaaaaaaa\nENV y=${'${x//a/'.repeat(9)}b${'}'.repeat(9)}\n`,
		3,
		/make the text too long/,
	],
	[
		'a match that is repeated in its replacement',
		`FROM scratch\nENV x=${'a'.repeat(60_000)}\nENV y=\${x//*/${'\\$0'.repeat(9000)}}\n`,
		3,
		/make the text too long/,
	],
	[
		'values that are long together',
		`FROM scratch\nENV a=${'x'.repeat(60_000)}\n${Array.from({length: 800}, (_, index) => `ENV b${index}=$a\n`).join('')}RUN x\n`,
		562,
		/hold too much text/,
	],
	['a line beyond the limit', `FROM scratch\nRUN ${'x'.repeat(70_000)}\n`, 2, /longer than 65535 bytes/],
	[
		'substitutions in substitutions',
		`FROM scratch\nENV a=${'${b:-'.repeat(600)}${'}'.repeat(600)}\n`,
		2,
		/nested too deep/,
	],
];

test('what would take all memory is refused where it stands', t => {
	for (const [name, text, line, message] of refused) {
		const {outcome, diagnostics} = analyse(text);
		const errors = diagnostics.filter(({severity}) => severity === 'error');
		t.regex(outcome, /^refused/, name);
		t.is(errors[0]?.range.start.line, line, name);
		t.regex(errors[0]?.message ?? '', message, name);
		t.is(analysisFault(text), undefined, name);
	}
});

test('names that objects have by themselves, and bytes that are no UTF-8, are like any other', t => {
	for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
		t.is(analyse(`FROM --platform=linux/${name} a AS ${name.replaceAll('_', '')}\nRUN x\n`).outcome, 'lowered', name);
	}

	for (const path of ['%ff', '%zz', '%', 'a%20b', '%E2%82']) {
		t.is(analyse(`FROM scratch\nADD http://host/${path} /\n`).outcome, 'lowered', path);
	}
});

test('a carriage return within a line moves no place', t => {
	const text = 'FROM scratch AS s1\nCOPY a \r:\nFROM --platform=git@h:r a\nFROM --platform= x\n';
	t.is(analysisFault(text), undefined);
	t.is(analysisFault(text.replaceAll('\n', '\r\n')), undefined);
});
