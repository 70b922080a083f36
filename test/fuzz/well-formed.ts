import fc, {type Arbitrary} from 'fast-check';

/** What stands where a name, a number, a path or a word with variables is meant. */
const value: Arbitrary<string> = fc.oneof(
	fc.constantFrom(
		...[
			'a',
			'b',
			's1',
			'S2',
			'0',
			'1',
			'-1',
			'+1',
			'99999999999999999999',
			'0755',
			'08',
			'1e9',
			'07777777777',
			'true',
			'',
		],
		...[
			'constructor',
			'__proto__',
			'toString',
			'linux',
			'amd64',
			'arm',
			'arm64',
			'windows',
			'v8',
			'root',
			'PATH',
			'scratch',
		],
		...[
			'$x',
			'${x}',
			'${x:-y}',
			'${given%%*}',
			'${given//1/$x}',
			'$TARGETARCH',
			'$a$a$a$a',
			'\\$',
			'"$x"',
			"'$x'",
			'${',
			'"',
		],
		...[
			'.',
			'..',
			'/',
			'//',
			'/./',
			'a/./b',
			'../..',
			'*',
			'[',
			'[a-',
			'?',
			'%ff',
			'%',
			'%41',
			'#',
			':',
			'@',
			'é',
			'🎉',
			'\ud800',
		],
		...[
			'http://h/',
			'https://h/r.git',
			'git@h:r',
			'ssh://h',
			'github.com/a/b',
			'localhost:5',
			'SOURCE_DATE_EPOCH',
			'\u0000',
		],
	),
	fc.string({unit: 'binary-ascii', maxLength: 4}).map(text => text.replaceAll('\n', '')),
);

/** Some values in one word: `a/b`, `linux/arm`, `http://h/%ff`. */
const word: Arbitrary<string> = fc
	.tuple(fc.array(value, {minLength: 1, maxLength: 3}), fc.constantFrom('', '', '/', ':', '=', ',', '-'))
	.map(([values, between]) => values.join(between));

const mount: Arbitrary<string> = fc
	.array(
		fc
			.tuple(
				fc.constantFrom(
					...['type=cache', 'type=bind', 'type=tmpfs', 'type=secret', 'type=ssh', 'target=', 'source=', 'from='],
					...['id=', 'sharing=locked', 'size=', 'mode=', 'uid=', 'gid=', 'ro', 'rw=', 'required', 'env='],
				),
				word,
			)
			.map(([option, text]) => (option.endsWith('=') ? `${option}${text}` : option)),
		{minLength: 1, maxLength: 4},
	)
	.map(options => `--mount=${options.join(',')}`);

/** Instructions that are right in their form, whatever they say. */
const instruction: Arbitrary<string> = fc.oneof(
	fc.tuple(word, word).map(([platform, image]) => `FROM --platform=${platform} ${image}`),
	fc.tuple(value, value).map(([image, name]) => `FROM ${image} AS ${name}`),
	fc.constantFrom('FROM scratch', 'FROM s1', 'FROM s1 AS s2', 'FROM a AS s1'),
	fc.tuple(fc.constantFrom('ENV', 'ARG', 'LABEL'), value, word).map(([kind, name, text]) => `${kind} ${name}=${text}`),
	value.map(name => `ARG ${name}`),
	fc
		.tuple(
			fc.constantFrom('COPY', 'ADD'),
			fc.constantFrom('from', 'chown', 'chmod', 'checksum', 'exclude'),
			word,
			word,
			word,
		)
		.map(([kind, flag, given, source, target]) => `${kind} --${flag}=${given} ${source} ${target}`),
	fc.tuple(fc.constantFrom('COPY', 'ADD', 'COPY --link', 'COPY --parents'), word, word).map(parts => parts.join(' ')),
	fc.tuple(fc.array(mount, {maxLength: 3}), word).map(([mounts, text]) => `RUN ${mounts.join(' ')} ${text}`),
	fc
		.tuple(
			fc.constantFrom('WORKDIR', 'USER', 'ONBUILD RUN', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'CMD', 'RUN', 'SHELL'),
			word,
		)
		.map(([kind, text]) => `${kind} ${text}`),
	fc
		.tuple(fc.constantFrom('RUN', 'COPY', 'ADD'), value, word)
		.map(([kind, name, body]) => `${kind} <<E${name} /\n${body}\nE${name}`),
	// The same line again and again is how values grow.
	fc
		.tuple(fc.constantFrom('ENV', 'ARG'), fc.integer({min: 1, max: 40}))
		.map(([kind, n]) => `${kind} a=x\n${`${kind} a=$a$a$a\n`.repeat(n)}`),
);

/** A Dockerfile of instructions that are right in their form. */
export const wellFormed: Arbitrary<string> = fc
	.tuple(
		fc.array(
			value.map(name => `ARG ${name}=${name}`),
			{maxLength: 2},
		),
		fc.array(instruction, {maxLength: 12}),
	)
	.map(([globals, instructions]) => [...globals, 'FROM scratch AS s1', ...instructions, ''].join('\n'));
