import {
	appendFile,
	chmod,
	chown,
	copyFile,
	link,
	lstat,
	mkdir,
	readFile,
	readlink,
	rename,
	rm,
	symlink,
	truncate,
	utimes,
	writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {setAttribute} from '../../helpers/set-attribute.ts';
import type {MatrixCase, Mutation} from '../matrix-case.ts';

/** A change on disk; `false` when it cannot be made here. */
type Change = (file: string) => Promise<unknown>;

type Changes = Readonly<Record<string, Change>>;

/** Changes of any file. */
const fileChanges: Changes = {
	content: file => appendFile(file, '# more\n'),
	mode: file => chmod(file, 0o600),
	gone: file => rm(file),
};

/** Further ones, of the first file of a case. */
const moreFileChanges: Changes = {
	'content-same-size': async file => {
		const data = await readFile(file);
		data[0] = (data[0] ?? 0) ^ 1;
		await writeFile(file, data);
	},
	emptied: file => truncate(file),
	'mode-executable': file => chmod(file, 0o755),
	'mode-group-writable': file => chmod(file, 0o664),
	setuid: file => chmod(file, 0o4644),
	sticky: file => chmod(file, 0o1644),
	owner: file => chown(file, 1000, 1000),
	time: file => utimes(file, 1, 1),
	renamed: file => rename(file, `${file}.renamed`),
	'hard-linked': file => link(file, `${file}.second`),
	copied: file => copyFile(file, path.join(path.dirname(file), 'zz-copy.txt')),
	'to-link': async file => {
		await rename(file, `${file}.real`);
		await symlink(`${path.basename(file)}.real`, file);
	},
	'to-broken-link': async file => {
		await rm(file);
		await symlink('nowhere', file);
	},
	'to-folder': async file => {
		await rm(file);
		await mkdir(file);
		await writeFile(path.join(file, 'inner.txt'), 'inner\n');
	},
	attribute: async file => setAttribute(file, 'user.origin', 'matrix'),
	'same-again': async file => writeFile(file, await readFile(file)),
};

const folderChanges: Changes = {
	'new-file': folder => writeFile(path.join(folder, 'new.txt'), 'new\n'),
	'new-dot-file': folder => writeFile(path.join(folder, '.hidden'), 'hidden\n'),
	'new-ignored-file': folder => writeFile(path.join(folder, 'new.log'), 'new\n'),
	'new-empty-folder': folder => mkdir(path.join(folder, 'void')),
	'new-link': folder => symlink('a.txt', path.join(folder, 'new-link')),
	'new-deep-file': async folder => {
		await mkdir(path.join(folder, 'new/deep'), {recursive: true});
		await writeFile(path.join(folder, 'new/deep/file.txt'), 'deep\n');
	},
	'folder-mode': folder => chmod(folder, 0o700),
	'folder-sticky': folder => chmod(folder, 0o1777),
	'folder-owner': folder => chown(folder, 1000, 1000),
	'folder-time': folder => utimes(folder, 1, 1),
	'folder-attribute': async folder => setAttribute(folder, 'user.origin', 'matrix'),
	'folder-renamed': folder => rename(folder, `${folder}-renamed`),
	'folder-by-link': async folder => {
		await rename(folder, `${folder}-real`);
		await symlink(`${path.basename(folder)}-real`, folder);
	},
};

const linkChanges: Changes = {
	'link-retargeted': async file => {
		const target = await readlink(file);
		await rm(file);
		await symlink(`./${target}`, file);
	},
	'link-to-other-file': async file => {
		await rm(file);
		await symlink(path.basename(file) === 'link.txt' ? 'b.txt' : '../lib/b.txt', file);
	},
	'link-to-file': async file => {
		await rm(file);
		await writeFile(file, 'a\n');
	},
	'link-gone': file => rm(file),
};

const anywhere: Changes = {
	nothing: async () => {},
	'ignored-content': async app => {
		await mkdir(path.join(app, 'ignored'), {recursive: true});
		await writeFile(path.join(app, 'ignored/x.txt'), 'changed\n');
	},
	'unread-content': app => appendFile(path.join(app, 'README.md'), 'more\n'),
	'unread-new': app => writeFile(path.join(app, 'UNREAD'), 'new\n'),
	'context-mode': app => chmod(app, 0o700),
	'ignore-comment': app => appendFile(path.join(app, '.dockerignore'), '# nothing\n'),
	'ignore-pattern': app => appendFile(path.join(app, '.dockerignore'), 'sub\n**/b.*\n'),
	'ignore-and-exception': app =>
		appendFile(path.join(app, '.dockerignore'), 'lib\n!lib/a.txt\n!lib/sub\nlib/sub/deep\n'),
	'ignore-own-file': app => writeFile(path.join(app, 'Dockerfile.dockerignore'), '**/*.conf\n'),
};

/** What can be done to the files a case reads, and to some it does not. */
export function contextMutations({files, folders, links}: MatrixCase): readonly Mutation[] {
	const [first] = files;
	return [
		...files.flatMap(file => mutationsOf(fileChanges, file)),
		...(first === undefined ? [] : mutationsOf(moreFileChanges, first)),
		...folders.flatMap(folder => mutationsOf(folderChanges, folder).filter(({name}) => !removesContext(name))),
		...links.flatMap(one => mutationsOf(linkChanges, one)),
		...mutationsOf(anywhere),
	];
}

// The context itself has to stay where it is.
function removesContext(name: string): boolean {
	return /^folder-(?:renamed|by-link):\.$/.test(name);
}

function mutationsOf(changes: Changes, name?: string): readonly Mutation[] {
	return Object.entries(changes).map(([change, apply]) => ({
		name: name === undefined ? change : `${change}:${name}`,
		async apply(project) {
			const file = path.join(project.dir, 'app', name ?? '');
			const isThere = await lstat(file).then(
				() => true,
				() => false,
			);
			return isThere && (await apply(file)) !== false ? project : undefined;
		},
	}));
}
