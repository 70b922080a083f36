import type {ShellCommand} from './commands.ts';
import {operandsOf} from './operands.ts';

/** What a command gets from the network. */
export interface Fetch {
	readonly kind: 'download' | 'clone' | 'copy';
	/** URLs and repositories as written, variables in place, with the number of the argument that names each. */
	readonly sources: readonly {readonly text: string; readonly argument: number}[];
	/** The branch or tag of a clone. */
	readonly branch?: string;
	readonly command: ShellCommand;
}

/** A download by curl or wget, a clone, or a copy from a store of objects; nothing for another command. */
export function fetchOf(command: ShellCommand): Fetch | undefined {
	const {name, args} = command;
	switch (name) {
		case 'curl':
		case 'wget': {
			const sources = args.flatMap((text, argument) =>
				/^(?:--url=)?(?:https?|ftp):\/\//.test(text) ? [{text, argument}] : [],
			);
			return sources.length === 0 ? undefined : {kind: 'download', sources, command};
		}

		case 'git': {
			const [verb, repository] = operandsOf(args, [
				'-C',
				'-c',
				'-b',
				'--branch',
				'--depth',
				'--origin',
				'-o',
				'-j',
				'--jobs',
			]);
			if (verb !== 'clone' || repository === undefined) {
				return undefined;
			}

			const branch = branchOf(args);
			const sources = [{text: repository, argument: args.indexOf(repository)}];
			return {kind: 'clone', sources, ...(branch !== undefined && {branch}), command};
		}

		case 'aws':
		case 'gsutil':
		case 'azcopy': {
			const argument = args.findIndex(text => /^(?:s3|gs|https):\/\//.test(text));
			const copies = args.some(text => text === 'cp' || text === 'sync' || text === 'copy' || text === 'rsync');
			return argument === -1 || !copies || argument === args.length - 1
				? undefined
				: {kind: 'copy', sources: [{text: args[argument] ?? '', argument}], command};
		}

		default: {
			return undefined;
		}
	}
}

function branchOf(args: readonly string[]): string | undefined {
	const at = args.findIndex(arg => arg === '-b' || arg === '--branch' || /^--branch=/.test(arg));
	const arg = args[at];
	return at === -1 ? undefined : arg?.startsWith('--branch=') === true ? arg.slice('--branch='.length) : args[at + 1];
}
