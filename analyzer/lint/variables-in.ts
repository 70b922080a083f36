/** The names behind `$` and `${` in a text, also where quotes or escapes take their meaning away. */
export function variablesIn(text: string): readonly string[] {
	return Array.from(text.matchAll(/\$\{?(\w+)/g), ([, name = '']) => name);
}
