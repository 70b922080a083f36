import test, {type ExecutionContext} from 'ava';
import {
	type Environment,
	type ExpandOptions,
	emptyEnvironment,
	expandWord,
	expandWords,
} from '../../../analyzer/dockerfile/expand.ts';

// Expectations follow BuildKit's lexer (shell/lex.go), its oddities included.

const VALUES: ReadonlyMap<string, string> = new Map([
	['x', 'abcabc'],
	['empty', ''],
	['path', '/a/b/c.tar.gz'],
	['blank', ' one  two '],
	['lines', 'a\nb'],
	['star', 'a*b'],
	['dollar', '$0-$1'],
	['ümlaut', 'ü🎉ü'],
]);

const environment: Environment = {get: name => VALUES.get(name), names: () => Array.from(VALUES.keys())};

type Options = Omit<ExpandOptions, 'escape'> & Partial<Pick<ExpandOptions, 'escape'>>;

const expands = test.macro({
	exec(t: ExecutionContext, word: string, expected: string, options: Options = {}) {
		const result = expandWord(word, environment, {escape: '\\', ...options});
		t.is(result.kind === 'expanded' ? result.text : result.message, expected);
		t.is(result.kind, 'expanded');
	},
	title: (_, word = '', expected = '', options: Options = {}) =>
		`${JSON.stringify(word)} becomes ${JSON.stringify(expected)} ${JSON.stringify(options)}`,
});

test(expands, `a$x-\${x}b`, 'aabcabc-abcabcb');
test(expands, `$unset|\${unset}|$empty`, '||');
test(expands, '$x_y $x.y $1x $$ $', ' abcabc.y x  $');
test(expands, '"$x" \'$x\' \\$x', 'abcabc $x $x');
test(expands, '"a\\b\\"c\\$d\\\\"', 'a\\b"c$d\\');
test(expands, '`$x`', '`abcabc`');
test(expands, '`$x', '$x', {escape: '`'});
test(expands, 'a\\', 'a');
test(expands, `\${unset-d} \${empty-d} \${x-d}`, 'd  abcabc');
test(expands, `\${unset:-d} \${empty:-d} \${x:-d}`, 'd d abcabc');
test(expands, `\${unset+d} \${empty+d} \${x+d}`, ' d d');
test(expands, `\${unset:+d} \${empty:+d} \${x:+d}`, '  d');
test(expands, `\${x:?m} \${empty?m}`, 'abcabc ');
test(expands, `\${unset:-\${empty:-"a b"}\\}}`, 'a b}');
test(expands, `\${path#*/} \${path##*/}`, 'a/b/c.tar.gz c.tar.gz');
test(expands, `\${path%.*} \${path%%.*}`, '/a/b/c.tar /a/b/c');
test(expands, `\${x#a?c} \${x%c} \${x#z}`, 'abc abcab abcabc');
test(expands, `\${star#a\\*} \${star%\\*b}`, 'b a');
test(expands, `\${lines#*b} \${lines#a?b}`, 'a\nb a\nb');
test(expands, `\${x/b/-} \${x//b/-} \${x/b*/-} \${x//[/-}`, 'a-cabc a-ca-c a- abcabc');
test(expands, `\${path//\\//_}`, '_a_b_c.tar.gz');
test(expands, `\${x//?/.} \${x//*/.} \${x///.}`, '...... . .a.b.c.a.b.c.');
// The replacement of `//` is a template of Go's regexp package, where $0 is the match; that of `/` is not.
test(expands, `\${x//b/$dollar} \${x/b/$dollar}`, 'ab-cab-c a$0-$1cabc');
test(expands, `\${ümlaut%ü} \${ümlaut#?}`, 'ü🎉 🎉ü');
test(expands, '\ufeffa', 'a');
test(
	expands,
	`$unset \${unset} \${unset:-d} \${unset//a/b} \${unset#a}`,
	`$unset \${unset} \${unset:-d} \${unset/a/b} \${unset#a}`,
	{
		skipUnsetEnv: true,
	},
);
test(expands, '"$x" \'y\' \\z', '"abcabc" \'y\' z', {rawQuotes: true});
test(expands, '"a\\"b" \\z', 'a\\"b \\z', {rawEscapes: true});
test(expands, '"$x" \'$x\'', '"abcabc" \'abcabc\'', {skipProcessQuotes: true});

const fails = test.macro({
	exec(t: ExecutionContext, word: string, message: string) {
		t.like(expandWord(word, environment, {escape: '\\'}), {kind: 'failed', message});
	},
	title: (_, word = '') => `${JSON.stringify(word.slice(0, 40))} cannot be expanded`,
});

test(fails, "'a", 'unexpected end of statement while looking for matching single-quote');
test(fails, '"a', 'unexpected end of statement while looking for matching double-quote');
test(fails, `\${`, "syntax error: missing '}'");
test(fails, `\${x`, "syntax error: missing '}'");
test(fails, `\${x:`, "syntax error: missing '}'");
test(fails, `\${x:-y`, "syntax error: missing '}'");
test(fails, `\${x/a`, "syntax error: missing '/' in a replacement");
test(fails, `\${x/a/b`, "syntax error: missing '}'");
test(fails, `\${}`, 'syntax error: bad substitution');
test(fails, `\${:x}`, 'syntax error: bad substitution');
test(fails, `\${x=y}`, 'unsupported modifier (=) in substitution');
test(fails, `\${x:=y}`, 'unsupported modifier (:=) in substitution');
test(fails, `\${x:#y}`, 'unsupported modifier (:#) in substitution');
test(fails, `\${x#\\a}`, 'invalid pattern (\\a) in substitution');
test(fails, `\${unset?}`, 'unset: is not allowed to be unset');
test(fails, `\${empty:?}`, 'empty: is not allowed to be empty');
test(fails, `\${unset:?no $x}`, 'unset: no abcabc');
test(fails, `\${a:-`.repeat(100_000), 'substitutions are nested too deep');

const splits = test.macro({
	exec(t: ExecutionContext, text: string, words: readonly string[], options: Options = {}) {
		t.deepEqual(expandWords(text, environment, {escape: '\\', ...options}), {kind: 'expanded', words});
	},
	title: (_, text = '') => `words of ${JSON.stringify(text)}`,
});

test(splits, '', []);
test(splits, ' a  b\tc ', ['a', 'b', 'c']);
test(splits, 'a$blank"$blank"', ['a', 'one', 'two', ' one  two ']);
test(splits, 'a\\ b "c d" \'\'', ['a b', 'c d']);
test(splits, 'cat << EOF <<-X <y', ['cat', '<< EOF', '<<-X', '<y']);
// BuildKit forgets the word that was begun when a substitution has a word of its own.
test(splits, `a\${unset:-b}c`, ['bc']);
test(splits, `a\${x}c`, ['aabcabcc']);

test('tells which names were looked up', t => {
	const result = expandWord(`$x \${unset:-$path} \${empty:+$other}`, environment, {escape: '\\'});
	t.is(result.kind, 'expanded');
	if (result.kind === 'expanded') {
		t.deepEqual([...result.matched].sort(), ['empty', 'path', 'x']);
		t.deepEqual([...result.unmatched].sort(), ['other', 'unset']);
	}
});

test('patterns built to explode do not', t => {
	const long: Environment = {get: () => 'a'.repeat(5000), names: () => []};
	const pattern = `${'*a'.repeat(40)}b`;
	for (const operator of ['#', '##', '%', '%%', '//']) {
		const result = expandWord(`\${x${operator}${pattern}${operator === '//' ? '/c' : ''}}`, long, {escape: '\\'});
		t.deepEqual(result.kind === 'expanded' && result.text, 'a'.repeat(5000));
	}

	t.deepEqual(emptyEnvironment.names(), []);
});
