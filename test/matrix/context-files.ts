import {chmod, cp, mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {projectRoot} from '../helpers/project.ts';
import type {MatrixCase} from './matrix-case.ts';

/** The files most cases build from: path → text, mode 0644 unless it is a script. */
const files: Readonly<Record<string, string>> = {
	'app/.dockerignore': '# what no build reads\n**/*.log\nignored\n!lib/keep.log\n',
	'app/app.txt': 'app\n',
	'app/package.json': '{"name":"app"}\n',
	'app/lock.json': '{}\n',
	'app/README.md': 'not copied\n',
	'app/scripts/build.sh': 'cat "$1"\n',
	'app/scripts/lib/helper.sh': 'echo helping\n',
	'app/lib/a.txt': 'a\n',
	'app/lib/b.txt': 'a\n',
	'app/lib/sub/b.txt': 'b\n',
	'app/lib/sub/deep/c.txt': 'c\n',
	'app/lib/debug.log': 'ignored\n',
	'app/lib/keep.log': 'kept\n',
	'app/ignored/x.txt': 'x\n',
	'app/conf/app.conf': 'port=1\n',
	'app/conf/extra.conf': 'extra=1\n',
	'app/static/index.html': '<p>hi</p>\n',
	'app/static/img/dot.svg': '<svg/>\n',
	'app/names/with blank.txt': 'blank\n',
	'app/names/ümlaut.txt': 'u\n',
	'app/names/[x].txt': 'bracket\n',
	'app/names/x.txt': 'x\n',
	'shared/.dockerignore': '**/*.log\n',
	'shared/lib/a.txt': 'a\n',
	'shared/lib/b.log': 'ignored\n',
	'shared/conf/c.txt': 'c\n',
};

/** Path → target. */
const links: Readonly<Record<string, string>> = {
	'app/lib/link.txt': 'a.txt',
	'app/lib/dirlink': 'sub',
	'app/links/file': '../app.txt',
	'app/links/dir': '../lib',
	'app/links/absolute': '/lib/a.txt',
	'app/links/chain': 'file',
	'app/links/broken': 'nowhere',
};

const emptyFolders = ['app/empty', 'app/static/empty'];

const tar = await archive({'inner/one.txt': 'one\n', 'inner/two.txt': 'two\n'});
const archives: Readonly<Record<string, Buffer>> = {'app/data.tar': tar, 'app/data.tar.gz': gzipSync(tar)};

/** Lays out `app` and `shared` of a case below a folder, without its Dockerfile, the same bytes and modes every time. */
export async function writeContext({sample}: MatrixCase, dir: string): Promise<void> {
	await mkdir(path.join(dir, 'app'), {recursive: true});
	if (sample !== undefined) {
		await cp(path.join(projectRoot, 'samples', sample), path.join(dir, 'app'), {recursive: true});
	}

	const wanted = Object.entries({...files, ...archives}).filter(([name]) => sample === undefined || isShared(name));
	for (const [name, data] of wanted) {
		const file = path.join(dir, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, data);
		await chmod(file, name.endsWith('.sh') ? 0o755 : 0o644);
	}

	if (sample === undefined) {
		await mkdir(path.join(dir, 'app/links'), {recursive: true});
		await Promise.all(Object.entries(links).map(([name, target]) => symlink(target, path.join(dir, name))));
		await Promise.all(emptyFolders.map(name => mkdir(path.join(dir, name), {recursive: true})));
	}
}

function isShared(name: string): boolean {
	return name.startsWith('shared/');
}

/** A tar archive, dated 1970 so that its bytes never differ. */
export async function archive(entries: Readonly<Record<string, string>>): Promise<Buffer> {
	const packed = pack();
	for (const [name, text] of Object.entries(entries)) {
		packed.entry({name, mtime: new Date(0), mode: 0o644}, text);
	}

	packed.finalize();
	const chunks: Buffer[] = [];
	for await (const chunk of packed) {
		chunks.push(chunk as Buffer);
	}

	return Buffer.concat(chunks);
}
