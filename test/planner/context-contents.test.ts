import test from 'ava';
import {compilePatterns, openContext, type Selector} from '../../analyzer/index.ts';
import {mainContents, namedContents} from '../../planner/context-contents.ts';

// Listed only when something of it is asked for.
const files = openContext('/nowhere', undefined);
const selector = (path: string, wildcard = false): Selector => ({
	path,
	wildcard,
	followLinks: true,
	include: [],
	exclude: [],
	required: [],
});

const takes = test.macro({
	exec(
		t,
		ignore: readonly string[],
		selectors: readonly Selector[],
		isOpen: boolean,
		cache: string = '/srv/app/.cachecast/cache',
	) {
		const compiled = compilePatterns(ignore);
		const matcher = compiled.kind === 'compiled' ? compiled.matcher : undefined;
		const {openReason} = namedContents('app', '/srv/app', matcher, [cache], files);
		t.is(openReason(selectors) !== undefined, isOpen);
	},
	title: (title = '') => `a folder that holds a cache: ${title}`,
});

test('the whole of it', takes, [], [], true);
test('its root', takes, [], [selector('/')], true);
test('another folder', takes, [], [selector('/lib')], false);
test('a folder with a name that begins alike', takes, [], [selector('/.cache')], false);
test('the folder above', takes, [], [selector('/.cachecast')], true);
test('something in the cache', takes, [], [selector('/.cachecast/cache/index.json')], true);
test('a pattern on its level', takes, [], [selector('/.c*', true)], true);
test('a pattern below another folder', takes, [], [selector('/lib/*.js', true)], false);
test('one of several', takes, [], [selector('/lib'), selector('/')], true);
test('an ignore file leaves it out', takes, ['.cachecast'], [selector('/')], false);
test('an ignore file lets it in again', takes, ['.cachecast', '!.cachecast/cache'], [selector('/')], true);
test('a cache elsewhere', takes, [], [selector('/')], false, '/srv/cache');
test('a cache next to it with a name that begins alike', takes, [], [selector('/')], false, '/srv/app2');
test('the folder is the cache', takes, [], [selector('/lib')], true, '/srv/app');

test('as an archive the main context is open as a whole only', t => {
	const {openReason} = mainContents(files, true);
	t.truthy(openReason([]));
	t.truthy(openReason([selector('/lib'), selector('/')]));
	t.is(openReason([selector('/lib')]), undefined);
	t.is(mainContents(files, false).openReason([]), undefined);
});
