/** A place in a text: both numbers count from 1; columns are UTF-16 code units, as editors count them. */
export interface Position {
	readonly line: number;
	readonly column: number;
}

/** From `start` up to, not including, `end`. */
export interface Range {
	readonly start: Position;
	readonly end: Position;
}

/** A Dockerfile as the user named it (`path` is only shown, never opened) and its text without a byte order mark. */
export interface SourceFile {
	readonly path: string;
	readonly text: string;
}

/** A piece of a Dockerfile, unexpanded and still quoted, with the place it stands at. */
export interface Word {
	readonly text: string;
	readonly range: Range;
}
