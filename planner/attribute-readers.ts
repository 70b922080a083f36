import type {Attributes} from '../analyzer/index.ts';

/** A program that lists the extended attributes of everything below a folder. */
export interface AttributeReader {
	/** The program and its arguments; `ignored` are names at the top of `dir` to pass over. */
	command(dir: string, ignored: readonly string[]): readonly string[];
	parse(output: Buffer, dir: string): Attributes;
}

// Numbers of lgetxattr and llistxattr (Linux arch/x86/entry/syscalls, include/uapi/asm-generic/unistd.h).
const calls: Readonly<Record<string, readonly [get: number, list: number]>> = {x64: [192, 195], arm64: [9, 12]};

// Both scripts print path, name and value in hexadecimal, each with NUL behind it. Attributes that are in no key are left
// out, as every file has some of them where SELinux is in use (BuildKit cache/contenthash/tarsum.go).
const perlScript = `
use strict; my ($get, $list, $root, @skip) = @ARGV; $get += 0; $list += 0;
my %skip = map { $_ => 1 } @skip; my @todo = ('');
while (defined(my $dir = pop @todo)) {
	opendir(my $handle, "$root/$dir") or next;
	for my $name (readdir $handle) {
		next if $name eq '.' || $name eq '..';
		my $path = $dir eq '' ? $name : "$dir/$name"; next if $skip{$path};
		my $file = "$root/$path"; my $length = syscall($list, $file, my $none = '', 0);
		if ($length > 0) {
			my $names = "\\0" x $length; $length = syscall($list, $file, $names, length $names);
			for my $key ($length > 0 ? split /\\0/, substr($names, 0, $length) : ()) {
				next if $key ne 'security.capability' && $key =~ /^(?:security|system)\\./;
				my $size = syscall($get, $file, $key, $none, 0); next if $size < 0;
				my $value = "\\0" x ($size + 1); $size = syscall($get, $file, $key, $value, length $value);
				print "$path\\0$key\\0", unpack('H*', substr($value, 0, $size)), "\\0" if $size >= 0;
			}
		}
		lstat $file; push @todo, $path if -d _;
	}
}`;

const pythonScript = `
import os, sys
root, skip = os.fsencode(sys.argv[1]), {os.fsencode(name) for name in sys.argv[2:]}
out, todo = sys.stdout.buffer, [b'']
while todo:
    folder = todo.pop()
    try: entries = list(os.scandir(os.path.join(root, folder)))
    except OSError: continue
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if path in skip: continue
        try:
            for name in os.listxattr(entry.path, follow_symlinks=False):
                if name != 'security.capability' and name.startswith(('security.', 'system.')): continue
                value = os.getxattr(entry.path, name, follow_symlinks=False)
                out.write(path + b'\\0' + os.fsencode(name) + b'\\0' + value.hex().encode() + b'\\0')
        except OSError: pass
        if entry.is_dir(follow_symlinks=False): todo.append(path)
`;

const perl: AttributeReader = {
	command: (dir, ignored) => [
		'perl',
		'-e',
		perlScript,
		'--',
		...(calls[process.arch] ?? []).map(String),
		dir,
		...ignored,
	],
	parse: parseFields,
};

const python: AttributeReader = {
	command: (dir, ignored) => ['python3', '-I', '-c', pythonScript, dir, ...ignored],
	parse: parseFields,
};

const getfattrFlags = [
	'--recursive',
	'--physical',
	'--no-dereference',
	'--dump',
	'--match=-',
	'--encoding=hex',
	'--absolute-names',
];

const getfattr: AttributeReader = {
	command: dir => ['getfattr', ...getfattrFlags, '--', dir],
	parse: parseDump,
};

/** Every way of reading, by its program; perl only where its system calls are known. */
export const readersByProgram: Readonly<Record<'perl' | 'getfattr' | 'python3', AttributeReader>> = {
	perl,
	getfattr,
	python3: python,
};

/** What can be tried here, the quickest first. */
export const attributeReaders: readonly AttributeReader[] =
	process.platform === 'linux' ? [...(process.arch in calls ? [perl] : []), getfattr, python] : [];

function parseFields(output: Buffer): Attributes {
	const found = new Map<string, Map<string, Uint8Array>>();
	const fields = output.toString('utf8').split('\0');
	for (let at = 0; at + 2 < fields.length; at += 3) {
		const [path = '', name = '', value = ''] = fields.slice(at, at + 3);
		add(found, path, name, value);
	}

	return found;
}

// `# file: PATH`, then `name=0xVALUE` or `name` alone; three octal digits stand for what would break a line.
function parseDump(output: Buffer, dir: string): Attributes {
	const found = new Map<string, Map<string, Uint8Array>>();
	let path = '';
	for (const line of output.toString('utf8').split('\n')) {
		const [, file] = /^# file: (.*)$/.exec(line) ?? [];
		if (file !== undefined) {
			path = unescaped(file).slice(dir.length).replace(/^\/+/, '');
		} else if (line !== '' && path !== '') {
			const at = line.lastIndexOf('=0x');
			add(
				found,
				path,
				unescaped(at === -1 ? line.replace(/=$/, '') : line.slice(0, at)),
				at === -1 ? '' : line.slice(at + 3),
			);
		}
	}

	return found;
}

function unescaped(text: string): string {
	return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function add(found: Map<string, Map<string, Uint8Array>>, path: string, name: string, value: string): void {
	const attributes = found.get(path) ?? new Map<string, Uint8Array>();
	found.set(path, attributes.set(name, Buffer.from(value, 'hex')));
}
