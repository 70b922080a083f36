import test from 'ava';
import fc from 'fast-check';
import {
	decodeSource,
	encodeSource,
	firstEscapedByte,
	withoutEscapes,
} from '../../../analyzer/dockerfile/source-bytes.ts';
import {goJson} from '../../../analyzer/keys/go-json.ts';

const texts = test.macro({
	exec(t, hex: string, expected: string) {
		const text = decodeSource(Buffer.from(hex, 'hex'));
		t.is(withoutEscapes(text), expected);
		t.is(Buffer.from(encodeSource(text)).toString('hex'), hex);
	},
	title: (_, hex: string) => hex,
});

// Each byte that begins no character is one U+FFFD, as `for range` of a Go string has it.
test(texts, '636166c3a9', 'café');
test(texts, '636166e9', 'caf\ufffd');
test(texts, 'e282', '\ufffd\ufffd');
test(texts, 'e28278', '\ufffd\ufffdx');
test(texts, 'eda080', '\ufffd\ufffd\ufffd');
test(texts, 'c080', '\ufffd\ufffd');
test(texts, 'e08080f4908080', '\ufffd'.repeat(7));
test(texts, 'f09f8e89ff', '🎉\ufffd');
test(texts, 'efbfbd', '\ufffd');
test(texts, 'efbbbf61', '\ufeffa');

test('any bytes come back as they were, those of UTF-8 as Node reads them', t => {
	fc.assert(
		fc.property(fc.uint8Array(), bytes => {
			t.deepEqual(new Uint8Array(encodeSource(decodeSource(bytes))), bytes);
		}),
	);
	fc.assert(
		fc.property(fc.string({unit: 'binary'}), text => {
			t.is(decodeSource(Buffer.from(text)), Buffer.from(text).toString());
		}),
	);
});

test('JSON has an escape for a byte that is no UTF-8, and the character for itself', t => {
	t.is(goJson(decodeSource(Buffer.from('3ce93e', 'hex'))), String.raw`"\u003c\ufffd\u003e"`);
	t.is(goJson('\ufffd'), '"\ufffd"');
});

test('the first byte that is no UTF-8', t => {
	t.deepEqual(firstEscapedByte(decodeSource(Buffer.from('c3a961ffe9', 'hex'))), {at: 2, byte: 0xff});
	t.is(firstEscapedByte('🎉'), undefined);
});
