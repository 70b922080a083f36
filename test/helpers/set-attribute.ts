import {setAttributeSync} from '@napi-rs/xattr';

/** Sets an extended attribute of a file, which Node cannot. Throws where the file system refuses. */
export function setAttribute(file: string, name: string, value: string): void {
	setAttributeSync(file, name, Buffer.from(value));
}
