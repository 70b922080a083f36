/** The variables a word may use. */
export interface Environment {
	/** The value, or undefined for a variable that is not set. */
	get(name: string): string | undefined;
	names(): readonly string[];
}

/** An environment in which nothing is set. */
export const emptyEnvironment: Environment = {get: () => undefined, names: () => []};
