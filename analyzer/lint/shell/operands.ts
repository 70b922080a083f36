/** The arguments that are no options, nor the values of those options that take one as a word of its own. */
export function operandsOf(args: readonly string[], valueOptions: readonly string[]): readonly string[] {
	return args.filter((arg, index) => {
		const before = args[index - 1];
		return !arg.startsWith('-') && (before === undefined || !valueOptions.includes(before));
	});
}
