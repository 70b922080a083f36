import type {ListedCache, Pruning, RemotePruning, StoreListing, Verification} from '../../planner/index.ts';
import {formatAge, formatBytes} from './amounts.ts';
import {printable} from './columns.ts';
import type {Style} from './style.ts';

const titles = ['TAG', 'TARGET', 'RECORDS', 'LAYERS', 'SIZE', 'AGE', 'LAST USE'] as const;

/** The caches of a place as a table; tags share blobs, so the sum is less than what they have in all. */
export function renderListing(cache: string, {caches, bytes}: StoreListing, now: number, style: Style): string {
	const rows = [titles, ...caches.map(one => row(one, now))];
	const widths = titles.map((_, column) => Math.max(...rows.map(cells => cells[column]?.length ?? 0)));
	const lines = rows.map((cells, index) => {
		const line = cells
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd();
		return index === 0 ? style.dim(line) : line;
	});
	return [...lines, style.dim(`${formatBytes(bytes)} in ${printable(cache)}`), ''].join('\n');
}

function row(cache: ListedCache, now: number): readonly string[] {
	const {oldest, newest, lastUse} = cache;
	const ages = [...new Set([newest, oldest].flatMap(time => formatAge(time ?? '', now) ?? []))];
	return [
		printable(cache.tag),
		printable(cache.target ?? (cache.kind === 'cache' ? '-' : `(${cache.kind})`)),
		String(cache.records),
		String(cache.layers),
		formatBytes(cache.bytes),
		ages.join(' to ') || '-',
		formatAge(lastUse ?? '', now) ?? '-',
	];
}

/** What is wrong with a cache, a line each, and what was looked at. */
export function renderVerification(
	cache: string,
	{findings, blobs, bytes}: Verification,
	isFolder: boolean,
	style: Style,
): string {
	const damage = findings.filter(({kind}) => kind === 'damage');
	const leftovers = findings.length - damage.length;
	return [
		...findings.map(({kind, tag, problem}) => {
			const mark = kind === 'damage' ? style.error('damaged') : style.warning('left over');
			return `${mark} ${tag === undefined ? '' : `${printable(tag)}: `}${printable(problem)}`;
		}),
		`${damage.length === 0 ? style.hit('whole') : style.miss(`${damage.length} problems`)}${style.dim(`, ${blobs} blobs, ${formatBytes(bytes)} in ${printable(cache)}`)}`,
		...(damage.length > 0
			? [
					`  ${style.dim('hint:')} ${isFolder ? '"cachecast cache prune" removes what misses blobs or has cut off ones' : 'the next build writes it again; a builder that reads it until then may fail'}`,
				]
			: []),
		...(leftovers > 0
			? [`  ${style.dim('hint:')} the next build or "cachecast cache prune" removes what is left over`]
			: []),
		'',
	].join('\n');
}

/** What pruning freed. */
export function renderPruning(cache: string, {removed, tags, results}: Pruning, isDry: boolean): string {
	const would = isDry ? 'would be ' : '';
	return [
		`${formatBytes(removed)} ${would}removed from ${printable(cache)}: ${results} results`,
		...(tags.length > 0 ? [`tags ${would}removed: ${tags.map(printable).join(', ')}`] : []),
		'',
	].join('\n');
}

/** What pruning took out of a registry, or would, with the reason for each tag. */
export function renderRemotePruning(cache: string, {tags, bytes}: RemotePruning, isDry: boolean): string {
	const would = isDry ? 'would be ' : '';
	return [
		...tags.map(({tag, reason}) => `${printable(tag)}  ${printable(reason)}`),
		`${tags.length} tags ${would}removed from the repository of ${printable(cache)}; ${formatBytes(bytes)} for its garbage collection`,
		'',
	].join('\n');
}
