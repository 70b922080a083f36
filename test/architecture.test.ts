import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import ts from 'typescript';
import {projectRoot} from './helpers/project.ts';

// The rules of ARCHITECTURE.md that a compiler cannot know. Imports are read from the syntax tree, type-only ones included.

/** The folders in import order: each may use itself and what follows. */
const layers = ['cli', 'planner', 'analyzer'];

/** Packages that one file alone may import, so that it can be replaced there. */
const adapters: Readonly<Record<string, string>> = {
	'@dagrejs/dagre': 'cli/render/drawing/layout.ts',
	'@napi-rs/xattr': 'planner/extended-attributes.ts',
	chalk: 'cli/render/style.ts',
	commander: 'cli/commander.ts',
	'dockerfile-ast': 'analyzer/dockerfile/ast.ts',
	diff: 'cli/render/unified-diff.ts',
	dockerode: 'planner/engines/docker-client.ts',
	graphlib: 'analyzer/graph/stage-dag.ts',
	ignore: 'planner/discovery/git-patterns.ts',
	protobufjs: 'planner/engines/build-status.ts',
	'tar-stream': 'planner/tar.ts',
	undici: 'planner/images/http-fetch.ts',
	yaml: 'planner/config/parse-yaml.ts',
};

interface SourceFile {
	/** From the project's root, with forward slashes. */
	readonly path: string;
	readonly text: string;
	readonly tree: ts.SourceFile;
	readonly imports: readonly string[];
}

function sourcesOf(folder: string): readonly SourceFile[] {
	return readdirSync(path.join(projectRoot, folder), {recursive: true, encoding: 'utf8'})
		.filter(name => name.endsWith('.ts'))
		.map(name => readSource(path.posix.join(folder, name.replaceAll(path.sep, '/'))))
		.sort((a, b) => a.path.localeCompare(b.path));
}

function readSource(file: string): SourceFile {
	const text = readFileSync(path.join(projectRoot, file), 'utf8');
	const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
	return {path: file, text, tree, imports: importsOf(tree)};
}

/** The specifiers of all imports: static, re-exported, dynamic, `import('…').Type`. */
function importsOf(tree: ts.SourceFile): readonly string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		const specifier =
			ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
				? node.moduleSpecifier
				: ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
					? node.arguments[0]
					: ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
						? node.argument.literal
						: undefined;
		if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
			found.push(specifier.text);
		}

		ts.forEachChild(node, visit);
	};
	visit(tree);
	return found;
}

const sources = layers.flatMap(layer => sourcesOf(layer));
const layerOf = (file: string): string => file.split('/')[0] ?? '';

/** Local imports, each as a path from the root. */
function localImports({path: file, imports}: SourceFile): readonly string[] {
	return imports
		.filter(specifier => specifier.startsWith('.'))
		.map(specifier => path.posix.join(path.posix.dirname(file), specifier));
}

/** The package a specifier names; nothing for Node's own modules. */
function packageOf(specifier: string): string | undefined {
	if (specifier.startsWith('.') || specifier.startsWith('node:')) {
		return undefined;
	}

	const [scope = '', name = ''] = specifier.split('/');
	return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

test('there is something to check', t => {
	for (const layer of layers) {
		t.true(sources.filter(one => layerOf(one.path) === layer).length > 10, layer);
	}

	t.deepEqual(
		importsOf(
			ts.createSourceFile(
				'x.ts',
				"import a from 'a';\nimport type {b} from 'b';\nexport * from 'c';\nexport type {d} from 'd';\nconst e = await import('e');\ntype F = import('f').F;\nconst g = 'import h from \"h\"';",
				ts.ScriptTarget.Latest,
				true,
			),
		),
		['a', 'b', 'c', 'd', 'e', 'f'],
	);
});

test('imports run cli → planner → analyzer, across folders through index.ts', t => {
	const wrong = sources.flatMap(source => {
		const from = layers.indexOf(layerOf(source.path));
		return localImports(source)
			.filter(target => {
				const to = layers.indexOf(layerOf(target));
				// test/, samples/ and whatever else is no layer has the index -1.
				return to < from || (to > from && target !== `${layers[to]}/index.ts`);
			})
			.map(target => `${source.path} → ${target}`);
	});
	t.deepEqual(wrong, []);
});

test('every local import names a file that is there', t => {
	const files = new Set(sources.map(one => one.path));
	const wrong = sources.flatMap(source =>
		localImports(source)
			.filter(target => !files.has(target))
			.map(target => `${source.path} → ${target}`),
	);
	t.deepEqual(wrong, []);
});

test('no file imports itself in a circle', t => {
	const imports = new Map(sources.map(source => [source.path, localImports(source)]));
	const circles: string[] = [];
	const done = new Set<string>();
	const visit = (file: string, trail: readonly string[]): void => {
		const at = trail.indexOf(file);
		if (at !== -1) {
			circles.push([...trail.slice(at), file].join(' → '));
		} else if (!done.has(file)) {
			for (const target of imports.get(file) ?? []) {
				visit(target, [...trail, file]);
			}

			done.add(file);
		}
	};
	for (const file of imports.keys()) {
		visit(file, []);
	}

	t.deepEqual(circles, []);
});

test('each package has one importer, and is a dependency', t => {
	const manifest = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
		readonly dependencies: Readonly<Record<string, string>>;
	};
	const importers: Record<string, string> = {};
	for (const source of sources) {
		for (const name of new Set(source.imports.flatMap(specifier => packageOf(specifier) ?? []))) {
			importers[name] = importers[name] === undefined ? source.path : `${importers[name]}, ${source.path}`;
		}
	}

	t.deepEqual(importers, adapters);
	t.deepEqual(Object.keys(manifest.dependencies).sort(), Object.keys(adapters).sort());
});

const maxLines = 300;
const medianLines = 100;

test('files are small, and named in kebab case', t => {
	const all = [...sources, ...sourcesOf('test')];
	const lines = ({text}: SourceFile) => text.split('\n').length - 1;
	const long = sources.filter(one => lines(one) > maxLines).map(one => `${one.path}: ${lines(one)}`);
	t.deepEqual(long, []);
	const sorted = sources.map(one => lines(one)).sort((a, b) => a - b);
	const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
	t.true(median < medianLines, `the median is ${median} lines`);
	t.deepEqual(
		all.map(one => path.posix.basename(one.path)).filter(name => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(name)),
		[],
	);
});

/** Exported functions, also those that are constants, and methods of exported interfaces are left to the reader. */
function undocumented({path: file, tree}: SourceFile): readonly string[] {
	return tree.statements.flatMap(statement => {
		const isExported =
			ts.canHaveModifiers(statement) &&
			(ts.getModifiers(statement) ?? []).some(({kind}) => kind === ts.SyntaxKind.ExportKeyword);
		if (!isExported || ts.getJSDocCommentsAndTags(statement).length > 0) {
			return [];
		}

		if (ts.isFunctionDeclaration(statement)) {
			return [`${file}: ${statement.name?.text ?? 'default'}`];
		}

		return ts.isVariableStatement(statement)
			? statement.declarationList.declarations
					.filter(({initializer}) => initializer !== undefined && ts.isArrowFunction(initializer))
					.map(({name}) => `${file}: ${name.getText(tree)}`)
			: [];
	});
}

test('every exported function has a doc comment', t => {
	t.deepEqual(
		sources.flatMap(source => undocumented(source)),
		[],
	);
});

test('exports are named, and no comment switches a check off', t => {
	const wrong = sources.flatMap(({path: file, text, tree}) => [
		...(tree.statements.some(one => ts.isExportAssignment(one)) ? [`${file}: default export`] : []),
		...[...text.matchAll(/@ts-(?:ignore|expect-error|nocheck)|biome-ignore|TODO|FIXME/g)].map(
			([found]) => `${file}: ${found}`,
		),
	]);
	t.deepEqual(wrong, []);
});

test('only cli/ prints or exits', t => {
	const wrong = sources
		.filter(one => layerOf(one.path) !== 'cli')
		.flatMap(({path: file, text}) =>
			[...text.matchAll(/\bconsole\.|\bprocess\.(?:exit|stdout|stderr|argv)\b/g)].map(([found]) => `${file}: ${found}`),
		);
	t.deepEqual(wrong, []);
});
