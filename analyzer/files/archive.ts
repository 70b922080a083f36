import {type FileContent, OpenContent} from './file-tree.ts';

/** First bytes of compressed files (moby go-archive compression.Detect). */
const magics: readonly (readonly number[])[] = [
	[0x42, 0x5a, 0x68],
	[0x1f, 0x8b, 0x08],
	[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
	[0x28, 0xb5, 0x2f, 0xfd],
];
const blockSize = 512;
const checksumStart = 148;
const checksumEnd = 156;

/**
 * Refuses a file that ADD could take for an archive, by its content as BuildKit does (solver/llbsolver/file/unpack.go):
 * compressed, or with a tar header in front. What is in it is not looked at. Throws `OpenContent`.
 */
export function refuseArchive(path: string, content: FileContent): void {
	const head = content.head(blockSize);
	const isCompressed =
		magics.some(magic => magic.every((byte, index) => head[index] === byte)) ||
		// Skippable frames in front of zstd.
		(head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18);
	if (isCompressed || isTarHeader(head)) {
		throw new OpenContent(`${path} is an archive, which ADD unpacks`);
	}
}

function isTarHeader(head: Uint8Array): boolean {
	if (head.length < blockSize) {
		return false;
	}

	const field = Buffer.from(head.subarray(checksumStart, checksumEnd)).toString('latin1');
	const [octal] = /[0-7]+/.exec(field) ?? [];
	if (octal === undefined) {
		return false;
	}

	const sums = (sign: (byte: number) => number) =>
		head.reduce((sum, byte, index) => sum + (index >= checksumStart && index < checksumEnd ? 0x20 : sign(byte)), 0);
	const expected = Number.parseInt(octal, 8);
	return expected === sums(byte => byte) || expected === sums(byte => (byte << 24) >> 24);
}
