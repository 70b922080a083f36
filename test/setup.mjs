// Installs the dependencies when they are missing or behind package-lock.json, and with --build compiles and bundles.
// Everything a fresh machine needs for `npm run demo`; uses nothing but Node's own modules.
import {spawnSync} from 'node:child_process';
import {existsSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const run = (command, args) => {
	const {status, error} = spawnSync(command, args, {
		cwd: root,
		stdio: ['ignore', 2, 2],
		shell: process.platform === 'win32',
	});
	if (error !== undefined || status !== 0) {
		process.stderr.write(
			`"${[command, ...args].join(' ')}" failed${error === undefined ? '' : `: ${error.message}`}\n`,
		);
		process.exit(1);
	}
};

const lock = path.join(root, 'package-lock.json');
const installed = path.join(root, 'node_modules', '.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
	// Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which not every registry
	// has. No dependency needs its install script: ssh2's native parts are optional, the others only print.
	run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

if (process.argv.includes('--build')) {
	rmSync(path.join(root, 'dist'), {recursive: true, force: true});
	run(process.execPath, [
		path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
		'-p',
		path.join(root, 'tsconfig.json'),
	]);
	// The program as one file: Node takes half a millisecond to load each of several hundred.
	const {buildSync} = await import('esbuild');
	buildSync({
		absWorkingDir: root,
		entryPoints: {cachecast: 'dist/cli/main.js', 'hash-worker': 'dist/analyzer/context/hash-worker.js'},
		outdir: 'dist/bin',
		bundle: true,
		packages: 'external',
		// The compiler's paths stand for declarations, not for code.
		tsconfigRaw: {},
		format: 'esm',
		platform: 'node',
		target: 'node20',
		logLevel: 'warning',
	});
}
