import {readFileSync} from 'node:fs';
import path from 'node:path';
import {sharedDir} from './project.ts';

/** A JSON file of the shared data; undefined where there is none. */
export function readShared(file: string): unknown {
	const text = readSharedText(file);
	return text === undefined ? undefined : JSON.parse(text);
}

/** A text file of the shared data; undefined where there is none. */
export function readSharedText(file: string): string | undefined {
	return sharedDir === undefined ? undefined : readFileSync(path.join(sharedDir, file), 'utf8');
}
