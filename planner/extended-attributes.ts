import type {AttributesOf} from '../analyzer/index.ts';

/** How the extended attributes of files are read; or why they are not known. */
export type AttributeReading =
	| {readonly kind: 'readable'; readonly attributesOf: AttributesOf}
	| {readonly kind: 'unreadable'; readonly reason: string};

/** For files that are sent without any. */
export const noAttributes: AttributeReading = {kind: 'readable', attributesOf: () => undefined};

/** The reader itself; where there is none, one that finds nothing. */
export function attributesOf(reading: AttributeReading): AttributesOf {
	return reading.kind === 'readable' ? reading.attributesOf : () => undefined;
}

/** What reads extended attributes here; asked for once. */
export type LoadAttributes = () => Promise<AttributeReading>;

/**
 * A reader of extended attributes, which Node has not: @napi-rs/xattr, a binary that npm brings for Linux, macOS and
 * FreeBSD on the usual processors. From Windows no attributes are sent, and none of Apple's own (fsutil
 * stat_windows.go, stat_unix.go; buildx before 0.24 sends them).
 */
export async function loadAttributes(
	importReader: () => Promise<typeof import('@napi-rs/xattr')> = () => import('@napi-rs/xattr'),
): Promise<AttributeReading> {
	if (process.platform === 'win32') {
		return noAttributes;
	}

	try {
		const {listAttributesSync, getAttributeSync} = await importReader();
		return {
			kind: 'readable',
			attributesOf(file) {
				const names = unlessUnsupported(() => listAttributesSync(file)).filter(name => !name.startsWith('com.apple.'));
				// Most files have none, and a file that is in no key costs nothing but this one call.
				return names.length === 0
					? undefined
					: new Map(
							names.flatMap(name => {
								// One that is listed but may not be read is not sent either (fsutil stat_unix.go loadXattr).
								const value = readable(() => getAttributeSync(file, name));
								return value === null ? [] : [[name, value] as const];
							}),
						);
			},
		};
	} catch {
		return {
			kind: 'unreadable',
			reason: `extended attributes of files cannot be read: there is no @napi-rs/xattr for ${process.platform}-${process.arch}`,
		};
	}
}

// ENOTSUP of Linux and of BSD: a file system without them.
function unlessUnsupported(list: () => readonly string[]): readonly string[] {
	try {
		return list();
	} catch (error) {
		if (/\(os error (?:95|45)\)/.test(String(error))) {
			return [];
		}

		throw error;
	}
}

function readable(read: () => Buffer | null): Buffer | null {
	try {
		return read();
	} catch {
		return null;
	}
}
