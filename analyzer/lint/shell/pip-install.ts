import type {Installed} from './install.ts';
import {operandsOf} from './operands.ts';

const VALUE_OPTIONS = [
	...['-r', '--requirement', '-c', '--constraint', '-i', '--index-url', '--extra-index-url', '-f', '--find-links'],
	...['-t', '--target', '--prefix', '--root', '--trusted-host', '--timeout', '--retries', '--platform', '--python'],
	...['--python-version', '--only-binary', '--no-binary', '--progress-bar', '--cache-dir', '--upgrade-strategy'],
];

/** What `pip`, `python -m pip`, `uv pip` or `uv sync` install; nothing where a folder is installed or a variable decides. */
export function pipInstall(program: string, given: readonly string[]): Installed | undefined {
	const args = pipArguments(program, given);
	if (args === undefined) {
		return given[0] === 'sync' && given.includes('--no-install-project')
			? {kind: 'project', ecosystem: 'pip', manifests: 'pyproject.toml and uv.lock'}
			: undefined;
	}

	const [verb, ...names] = operandsOf(args, VALUE_OPTIONS);
	const isEditable = args.some(arg => /^(?:-e|--editable)(?:$|=)/.test(arg));
	if (
		verb !== 'install' ||
		isEditable ||
		names.some(name => !/^[A-Za-z\d][\w.-]*(?:\[[\w,-]+\])?(?:[=<>!~@;, ].*)?$/.test(name))
	) {
		return undefined;
	}

	const files = requirementFiles(args);
	if (files.length > 0) {
		return files.every(file => /^[^$:]+$/.test(file))
			? {kind: 'project', ecosystem: 'pip', manifests: 'the requirements files'}
			: undefined;
	}

	return names.length > 0 && !names.some(name => /\.(?:whl|zip|tar\.gz)$|[/$*]/.test(name))
		? {kind: 'tool', ecosystem: 'pip'}
		: undefined;
}

function pipArguments(program: string, args: readonly string[]): readonly string[] | undefined {
	if (program.startsWith('pip')) {
		return args;
	}

	if (program === 'uv') {
		return args[0] === 'pip' ? args.slice(1) : undefined;
	}

	const module = args.indexOf('-m');
	return module !== -1 && args[module + 1] === 'pip' ? args.slice(module + 2) : undefined;
}

/** The values of `-r` in all its spellings. */
function requirementFiles(args: readonly string[]): readonly string[] {
	return args.flatMap((arg, index) => {
		if (arg === '-r' || arg === '--requirement') {
			return args[index + 1] ?? [];
		}

		return /^(?:-r|--requirement=)(.+)$/.exec(arg)?.[1] ?? [];
	});
}
