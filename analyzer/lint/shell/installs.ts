import type {ShellCommand} from './commands.ts';
import type {Install, Installed} from './install.ts';
import {operandsOf} from './operands.ts';
import {pipInstall} from './pip-install.ts';

/** What a command installs. Nothing where that is not sure, or where it installs files that lie about. */
export function installOf(command: ShellCommand): Install | undefined {
	const found = finders.find(({programs}) => programs.test(command.name))?.find(command) ?? undefined;
	return found === undefined ? undefined : {...found, command};
}

const system = (ecosystem: string): Installed => ({kind: 'system', ecosystem});

const VERBS: ReadonlySet<string> = new Set(
	'install add ci i in build-dep fetch sync restore groupinstall clean-install deps.get'.split(' '),
);

/** `npm ci`: a command without its options and packages. */
export function labelOf({command: {name, args}}: Pick<Install, 'command'>): string {
	const verb =
		args.find(arg => VERBS.has(arg)) ??
		args
			.filter(arg => !arg.startsWith('-'))
			.slice(0, 2)
			.join(' ');
	return `${name.startsWith('python') ? 'pip' : name} ${verb}`.trim();
}

/** A file, or something that a variable names. */
function isLocal(operand: string): boolean {
	return /^[./~]|\.(?:deb|rpm|apk|tgz|whl|gem)$|^file:|\*/.test(operand);
}

const NODE_FILES = 'package.json and its lock file';

const finders: readonly {readonly programs: RegExp; find(command: ShellCommand): Installed | undefined}[] = [
	{
		programs: /^(?:apt|apt-get|aptitude)$/,
		find: ({args}) =>
			systemInstall('apt', operandsOf(args, ['-o', '-t', '-c', '--target-release']), ['install', 'build-dep']),
	},
	{
		programs: /^apk$/,
		find: ({args}) =>
			systemInstall('apk', operandsOf(args, ['-t', '--virtual', '-X', '--repository', '-p', '--root']), ['add']),
	},
	{
		programs: /^(?:dnf|yum|microdnf|tdnf)$/,
		find: ({args}) =>
			systemInstall('dnf', operandsOf(args, ['-c', '-x', '--releasever', '--installroot']), [
				'install',
				'groupinstall',
			]),
	},
	{programs: /^zypper$/, find: ({args}) => systemInstall('zypper', operandsOf(args, []), ['install', 'in'])},
	{
		programs: /^(?:npm|pnpm|bun)$/,
		find: ({name, args}) => nodeInstall(name, args),
	},
	{
		programs: /^yarn$/,
		find({args}) {
			const [verb = 'install', ...rest] = operandsOf(args, ['--network-timeout', '--cache-folder']);
			return verb === 'install' && rest.length === 0 && !args.includes('--version')
				? {kind: 'project', ecosystem: 'npm', manifests: NODE_FILES}
				: undefined;
		},
	},
	{programs: /^(?:pip[\d.]*|python[\d.]*|uv)$/, find: ({name, args}) => pipInstall(name, args)},
	{
		programs: /^poetry$/,
		find: ({args}) =>
			args.includes('install') && args.includes('--no-root')
				? {kind: 'project', ecosystem: 'pip', manifests: 'pyproject.toml and poetry.lock'}
				: undefined,
	},
	{
		programs: /^pipenv$/,
		find({args}) {
			const [verb = '', ...rest] = operandsOf(args, []);
			return ['install', 'sync'].includes(verb) && rest.length === 0
				? {kind: 'project', ecosystem: 'pip', manifests: 'Pipfile and Pipfile.lock'}
				: undefined;
		},
	},
	{
		programs: /^go$/,
		find: ({args}) =>
			args[0] === 'mod' && args[1] === 'download'
				? {kind: 'project', ecosystem: 'go', manifests: 'go.mod and go.sum'}
				: args[0] === 'install' &&
						operandsOf(args, [])
							.slice(1)
							.some(one => one.includes('@'))
					? {kind: 'tool', ecosystem: 'go'}
					: undefined,
	},
	{
		programs: /^cargo$/,
		find({args}) {
			const [verb] = operandsOf(args, []);
			const isLocalInstall = args.some(one => /^--(?:path|git)/.test(one));
			return verb === 'fetch'
				? {kind: 'project', ecosystem: 'cargo', manifests: 'Cargo.toml and Cargo.lock'}
				: verb === 'install' && !isLocalInstall && operandsOf(args, []).length > 1
					? {kind: 'tool', ecosystem: 'cargo'}
					: undefined;
		},
	},
	{
		programs: /^mvnw?$/,
		find({args}) {
			const goals = operandsOf(args, ['-f', '--file', '-s', '--settings', '-pl', '-P']);
			const isDownload =
				goals.length > 0 &&
				goals.every(goal => /^(?:[\w.:-]*:)?dependency(?:-plugin)?:|:go-offline$|^dependency:/.test(goal));
			return isDownload ? {kind: 'project', ecosystem: 'maven', manifests: 'pom.xml'} : undefined;
		},
	},
	{
		programs: /^gradlew?$/,
		find({args}) {
			const tasks = operandsOf(args, ['-p', '-c', '-b']);
			const isDownload =
				tasks.length > 0 && tasks.every(task => /(?:^|:)(?:dependencies|(?:download|resolve)Dependencies)$/.test(task));
			return isDownload ? {kind: 'project', ecosystem: 'gradle', manifests: 'the build files of Gradle'} : undefined;
		},
	},
	{
		programs: /^bundler?$/,
		find: ({args}) =>
			operandsOf(args, ['-j', '--jobs', '--without', '--path', '--retry'])[0] === 'install'
				? {kind: 'project', ecosystem: 'bundler', manifests: 'Gemfile and Gemfile.lock'}
				: undefined,
	},
	{
		programs: /^gem$/,
		find({args}) {
			const [verb, ...names] = operandsOf(args, ['-v', '--version']);
			return verb === 'install' && names.length > 0 && !names.some(one => isLocal(one))
				? {kind: 'tool', ecosystem: 'bundler'}
				: undefined;
		},
	},
	{
		programs: /^composer(?:\.phar)?$/,
		find: ({args}) =>
			operandsOf(args, ['-d', '--working-dir'])[0] === 'install'
				? {kind: 'project', ecosystem: 'composer', manifests: 'composer.json and composer.lock'}
				: undefined,
	},
	{
		programs: /^dotnet$/,
		find: ({args}) =>
			args[0] === 'restore'
				? {kind: 'project', ecosystem: 'dotnet', manifests: 'the project and solution files'}
				: undefined,
	},
	{
		programs: /^mix$/,
		find: ({args}) =>
			args[0] === 'deps.get' ? {kind: 'project', ecosystem: 'mix', manifests: 'mix.exs and mix.lock'} : undefined,
	},
];

function systemInstall(
	ecosystem: string,
	operands: readonly string[],
	verbs: readonly string[],
): Installed | undefined {
	const [verb = '', ...packages] = operands;
	return verbs.includes(verb) && packages.length > 0 && !packages.some(one => isLocal(one))
		? system(ecosystem)
		: undefined;
}

function nodeInstall(name: string, args: readonly string[]): Installed | undefined {
	const [verb = '', ...packages] = operandsOf(args, [
		'--prefix',
		'--registry',
		'-C',
		'--dir',
		'--filter',
		'-w',
		'--workspace',
	]);
	const isGlobal = args.some(one => one === '-g' || one === '--global' || one === '--location=global');
	const isInstall = ['install', 'i', 'ci', 'clean-install'].includes(verb) || (name === 'pnpm' && verb === 'fetch');
	if (isInstall && packages.length === 0 && !isGlobal) {
		return {kind: 'project', ecosystem: 'npm', manifests: NODE_FILES};
	}

	return isGlobal &&
		[...['install', 'i'], 'add'].includes(verb) &&
		packages.length > 0 &&
		!packages.some(one => isLocal(one))
		? {kind: 'tool', ecosystem: 'npm'}
		: undefined;
}
