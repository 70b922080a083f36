import {
	imagePatternProblem,
	type LevelSetting,
	lintRules,
	ruleLevels,
	unknownRules,
	type WaivedImage,
} from '../../analyzer/index.ts';
import type {ConfigEntry, ConfigValue} from './config-value.ts';
import {failLevels, type LintConfig, noConfig, pinPolicies} from './lint-config.ts';
import {entriesOf, itemsOf, membersOf, type Tell, textOf, wordOf} from './read-members.ts';

/** Reads the member `lint` of a configuration file that lies in an absolute folder. */
export function readLint(value: ConfigValue, folder: string, tell: Tell): LintConfig {
	const members = membersOf(value, 'lint', ['rules', 'failOn', 'ignore', 'pin'], tell);
	const levels = read(members, 'rules', one => levelsOf(one, tell)) ?? [];
	const failOn = read(members, 'failOn', one => wordOf(one, 'failOn', failLevels, tell));
	const patterns = read(members, 'ignore', one =>
		itemsOf(one, 'ignore', tell).flatMap(item => textOf(item, 'a pattern of ignore', tell) ?? []),
	);
	const pin = read(members, 'pin', one => readPin(one, tell));
	return {
		...noConfig,
		...pin,
		levels,
		...(failOn !== undefined && {failOn}),
		...(patterns !== undefined && {ignored: [{folder, patterns}]}),
	};
}

function levelsOf(value: ConfigValue, tell: Tell): readonly LevelSetting[] {
	const known = lintRules.map(({name}) => name);
	const settings = entriesOf(value, 'rules', tell).flatMap(({name, nameRange, value: level}): LevelSetting[] => {
		const unknown = unknownRules(name, known);
		if (unknown !== undefined) {
			tell({...unknown, range: nameRange});
			return [];
		}

		const word = wordOf(level, `the level of "${name}"`, ruleLevels, tell);
		return word === undefined ? [] : [{rules: name, level: word}];
	});
	// Whatever the order of a table: all, then groups, then single rules.
	const rank = ({rules}: LevelSetting) => (rules === '*' ? 0 : rules.endsWith('/*') ? 1 : 2);
	return settings.toSorted((a, b) => rank(a) - rank(b));
}

function readPin(value: ConfigValue, tell: Tell): Pick<LintConfig, 'pinPolicy' | 'waivers'> {
	const members = membersOf(value, 'pin', ['policy', 'waivers'], tell);
	const pinPolicy = read(members, 'policy', one => wordOf(one, 'policy', pinPolicies, tell));
	const waivers = read(members, 'waivers', one =>
		itemsOf(one, 'waivers', tell).flatMap(item => waiverOf(item, tell) ?? []),
	);
	return {waivers: waivers ?? [], ...(pinPolicy !== undefined && {pinPolicy})};
}

function waiverOf(value: ConfigValue, tell: Tell): WaivedImage | undefined {
	const members = membersOf(value, 'a waiver', ['image', 'reason', 'until'], tell);
	const required = (name: string) => {
		const member = members.get(name);
		if (member === undefined && value.kind === 'map') {
			tell({message: `a waiver must say its "${name}"`, range: value.range});
		}

		return member === undefined ? undefined : textOf(member.value, name, tell);
	};
	const pattern = patternOf(members.get('image')?.value, required('image'), tell);
	const reason = required('reason');
	const until = read(members, 'until', one => dayOf(one, tell));
	return pattern === undefined || reason === undefined
		? undefined
		: {pattern, reason, ...(until !== undefined && {until})};
}

function patternOf(value: ConfigValue | undefined, text: string | undefined, tell: Tell): string | undefined {
	const problem = text === undefined ? undefined : imagePatternProblem(text);
	if (problem === undefined || value === undefined) {
		return text;
	}

	tell({message: `"${text}" is no pattern of images: ${problem}`, range: value.range});
	return undefined;
}

function dayOf(value: ConfigValue, tell: Tell): string | undefined {
	const text = textOf(value, 'until', tell);
	if (text === undefined || isDay(text)) {
		return text;
	}

	tell({message: `"${text}" is no day`, range: value.range, hint: 'write it as 2027-01-31'});
	return undefined;
}

function isDay(text: string): boolean {
	const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
	// The 31st of a shorter month would become another day.
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function read<T>(
	members: ReadonlyMap<string, ConfigEntry>,
	name: string,
	use: (value: ConfigValue) => T | undefined,
): T | undefined {
	const member = members.get(name);
	return member === undefined ? undefined : use(member.value);
}
