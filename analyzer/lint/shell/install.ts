import type {ShellCommand} from './commands.ts';

/** What a command installs: packages of the system, named tools, or what files of the project list. */
export interface Installed {
	readonly kind: 'system' | 'tool' | 'project';
	/** One name for all programs that use the same files: `npm` for yarn as well. */
	readonly ecosystem: string;
	/** The files that list what is installed, for the reader. */
	readonly manifests?: string;
}

/** A command that installs something. */
export interface Install extends Installed {
	readonly command: ShellCommand;
}
