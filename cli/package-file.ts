import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** A file of this package by its path from the package's root, whether the program is bundled or not. */
export function readPackageFile(file: string): string {
	return readFileSync(path.join(packageRoot(path.dirname(fileURLToPath(import.meta.url))), file), 'utf8');
}

function packageRoot(folder: string): string {
	return existsSync(path.join(folder, 'package.json')) ? folder : packageRoot(path.dirname(folder));
}

/** The version of this package. */
export function packageVersion(): string {
	const manifest: unknown = JSON.parse(readPackageFile('package.json'));
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
