/** Why there is no content: it is not there, or that cannot be told, for the reason in one sentence. `isDamaged`: it is there, for nobody to read. */
export type Absence =
	| {readonly kind: 'missing'}
	| {readonly kind: 'failed'; readonly reason: string; readonly isDamaged?: true};
