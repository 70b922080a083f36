import {isSpaceAt} from './white-space.ts';

/** Collects the words of a text that is expanded piece by piece. */
export interface Fields {
	/** Text in which white space ends a word. */
	add(text: string): void;
	/** Text in which it does not. An empty quoted text adds nothing, not even an empty word. */
	addQuoted(text: string): void;
	/** Forgets the word that was begun. */
	discard(): void;
	finish(): readonly string[];
}

/** An empty collection (BuildKit shell/lex.go wordsStruct). */
export function createFields(): Fields {
	const words: string[] = [];
	let current = '';
	const end = (): void => {
		if (current !== '') {
			words.push(current);
			current = '';
		}
	};

	return {
		add(text) {
			let start = 0;
			for (let index = 0; index < text.length; index++) {
				if (isSpaceAt(text, index)) {
					current += text.slice(start, index);
					start = index + 1;
					end();
				}
			}

			current += text.slice(start);
		},
		addQuoted(text) {
			current += text;
		},
		discard() {
			current = '';
		},
		finish() {
			end();
			return words;
		},
	};
}
