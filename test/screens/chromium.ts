import {access} from 'node:fs/promises';
import path from 'node:path';
import {debianCodename, unpackPackages} from '../engine/packages.ts';

/** A Chromium to drive. */
export type Browser =
	| {readonly kind: 'found'; readonly program: string; readonly env: Readonly<Record<string, string>>}
	| {readonly kind: 'none'; readonly reason: string};

const names = ['chromium', 'chromium-headless-shell', 'google-chrome'];

/** The Chromium that CHROMIUM names or that is in PATH; else Debian's, unpacked into a folder and installed nowhere. */
export async function findChromium(env: NodeJS.ProcessEnv): Promise<Browser> {
	const folders = (env['PATH'] ?? '').split(path.delimiter);
	const candidates = [
		...(env['CHROMIUM'] ? [env['CHROMIUM']] : []),
		...names.flatMap(name => folders.map(folder => path.join(folder, name))),
	];
	for (const program of candidates) {
		if (await isThere(program)) {
			return {kind: 'found', program, env: {}};
		}
	}

	const suite = await debianCodename();
	if (suite === undefined) {
		return {kind: 'none', reason: 'there is no Chromium: name one with CHROMIUM'};
	}

	const packages = ['chromium-headless-shell', 'fonts-dejavu-core'];
	const unpacked = await unpackPackages(suite, 'chromium', packages, {withDependencies: true});
	if (unpacked.kind === 'failed') {
		return {kind: 'none', reason: unpacked.reason};
	}

	const lib = path.join(unpacked.root, 'usr/lib');
	const triplet = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
	const libraries = [lib, path.join(lib, triplet), path.join(lib, triplet, 'pulseaudio')];
	return {
		kind: 'found',
		program: path.join(lib, 'chromium/chromium-headless-shell'),
		env: {LD_LIBRARY_PATH: libraries.join(path.delimiter)},
	};
}

function isThere(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
