import {followPath} from '../context/follow-links.ts';
import type {Owner} from '../keys/vertex.ts';
import {type FileTree, OpenContent} from './file-tree.ts';

export interface Ids {
	readonly uid: number;
	readonly gid: number;
}

/** BuildKit reads no more of either file (solver/llbsolver/ops/user_linux.go). */
const maxFileBytes = 10 << 20;

/** Go's bufio.Scanner takes no longer line of /etc/passwd. */
const maxLineLength = 64 * 1024 - 1;

/**
 * The ids an owner stands for: names are looked up in /etc/passwd and /etc/group of what the action began on, and one
 * that is not there is root (BuildKit solver/llbsolver/ops/user_linux.go, github.com/moby/sys/user). Throws `OpenContent`.
 */
export function ownerIds({user, group}: Owner, base: FileTree | undefined): Ids {
	let ids: Ids = {uid: 0, gid: 0};
	if (typeof user === 'number') {
		ids = {uid: user, gid: user};
	} else if (user !== undefined) {
		const fields = lookUp(base, '/etc/passwd', user, false);
		ids = fields === undefined ? ids : {uid: id(fields[2]), gid: id(fields[3])};
	}

	if (typeof group === 'number') {
		return {...ids, gid: group};
	}

	const fields = group === undefined ? undefined : lookUp(base, '/etc/group', group, true);
	return fields === undefined ? ids : {...ids, gid: id(fields[2])};
}

function lookUp(
	base: FileTree | undefined,
	path: string,
	name: string,
	hasComments: boolean,
): readonly string[] | undefined {
	if (base === undefined) {
		throw new OpenContent(`there is no ${path} to look "${name}" up in`);
	}

	const entry = followPath(base, path, true);
	if (entry === undefined) {
		return undefined;
	}

	if (entry.kind !== 'file' || entry.size > maxFileBytes) {
		throw new OpenContent(`${path} cannot be read`);
	}

	const text = Buffer.from(base.content(entry).head(maxFileBytes)).toString('utf8');
	const lines = text.split('\n');
	if (lines.some(line => line.length > maxLineLength)) {
		throw new OpenContent(`${path} has a line that is too long`);
	}

	return lines
		.map(line => line.trim())
		.filter(line => line !== '' && !(hasComments && line.startsWith('#')))
		.map(line => line.split(':'))
		.find(([first]) => first === name);
}

// Go's Atoi, where what is no number counts as 0.
function id(text = ''): number {
	if (!/^[+-]?\d+$/.test(text)) {
		return 0;
	}

	const number = Number(text);
	if (number < 0 || number >= 2 ** 31) {
		throw new OpenContent(`the id ${text} is out of range`);
	}

	return number;
}
