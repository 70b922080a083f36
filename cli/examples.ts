import type {Command} from './commander.ts';
import {allCommands} from './completion/command-tree.ts';

/** A command line and what it is for. */
export interface Example {
	readonly command: string;
	readonly about: string;
}

/** Examples of each command, by its path. */
export const examples: ReadonlyMap<string, readonly Example[]> = new Map(
	Object.entries({
		cachecast: [
			['cachecast plan', 'what will run, and why'],
			['cachecast build -t app', 'build, and keep the layers of every stage'],
			['cachecast lint', 'what makes the cache lie or miss'],
		],
		'cachecast plan': [
			['cachecast plan --cache-from type=registry,ref=registry.example/app:cache', 'against a cache in a registry'],
			['cachecast plan --format html > plan.html', 'a page to click through'],
			['cachecast plan --format commands | sh', 'the same build by docker buildx alone'],
		],
		'cachecast build': [
			['cachecast build -t app --target runtime', 'one target; the other stages are cached too'],
			[
				'cachecast build --cache-to type=registry,ref=registry.example/app:cache --cache-from type=registry,ref=registry.example/app:cache',
				'with a cache in a registry',
			],
			['cachecast build --require-cached', 'build nothing, and exit 3, where a step would run'],
		],
		'cachecast lint': [
			['cachecast lint', 'the Dockerfile of this folder'],
			['cachecast lint . --format sarif > lint.sarif', 'every Dockerfile of the repository, for code scanning'],
			['cachecast lint --rule "cache/*=off" --fail-on warning', 'some rules, and infos fail nothing'],
		],
		'cachecast pin': [
			['cachecast pin', 'the diff that pins the images of this Dockerfile'],
			['cachecast pin . --update --write', 'every Dockerfile of the repository, pins moved forward'],
		],
		'cachecast why': [
			['cachecast why build:12 --key', 'one step, and what its key is made of'],
			['cachecast why package.json', 'which steps read a file, and what it rebuilds'],
			['cachecast why --from v1.2 --to main', 'what is rebuilt between two revisions'],
		],
		'cachecast graph': [
			['cachecast graph', 'the stages as trees'],
			['cachecast graph --format svg > stages.svg', 'as a picture'],
			['cachecast graph --steps --format mermaid', 'every step, for Markdown'],
		],
		'cachecast key': [
			['cachecast key --format github >> "$GITHUB_OUTPUT"', 'in a step of GitHub Actions'],
			['cachecast key --branch main', 'for a CI that does not keep branches apart'],
		],
		'cachecast init': [
			['cachecast init github > .github/workflows/build.yml', 'for GitHub Actions'],
			['cachecast init gitlab services/api --default-branch trunk', 'for GitLab, of one folder'],
		],
		'cachecast cache': [
			['cachecast cache ls', 'what the default cache holds'],
			['cachecast cache prune --keep 7d', 'keep what was used within a week'],
		],
		'cachecast cache ls': [
			['cachecast cache ls', 'the default cache'],
			['cachecast cache ls --cache type=registry,ref=registry.example/app:cache', 'one in a registry'],
		],
		'cachecast cache verify': [
			['cachecast cache verify', 'the default cache'],
			['cachecast cache verify ci-cache --format json', 'another folder, as data'],
		],
		'cachecast cache prune': [
			['cachecast cache prune --keep 10GB --dry-run', 'what would go'],
			['cachecast cache prune --keep 7d', 'what no build used within a week'],
		],
		'cachecast cache save': [
			['cachecast cache save cache.tar', 'the default cache'],
			['cachecast cache save cache.tar --cache type=registry,ref=registry.example/app:cache', 'one of a registry'],
		],
		'cachecast cache load': [
			['cachecast cache load cache.tar', 'into the default cache'],
			['cachecast cache load cache.tar --cache type=registry,ref=registry.example/app:cache', 'into a registry'],
		],
		'cachecast completion': [
			['source <(cachecast completion bash)', 'in this bash'],
			['cachecast completion fish > ~/.config/fish/completions/cachecast.fish', 'for every fish'],
		],
	} satisfies Readonly<Record<string, readonly (readonly [command: string, about: string])[]>>).map(([path, all]) => [
		path,
		all.map(([command, about]) => ({command, about})),
	]),
);

/** Puts the examples of each command behind its help. */
export function addExamples(program: Command): void {
	for (const command of allCommands(program)) {
		const lines = (examples.get(pathOf(command)) ?? []).map(one => `  # ${one.about}\n  ${one.command}`);
		if (lines.length > 0) {
			command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
		}
	}
}

/** `cachecast cache ls`. */
export function pathOf(command: Command): string {
	return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
