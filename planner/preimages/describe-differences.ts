import type {FileChange, StepDifference} from './step-difference.ts';

/** How many files, or other things, one clause names. */
const mostNamed = 3;

/** Differences in one short line, the most telling first; '' where there are none. Texts of instructions are cut. */
export function describeDifferences(differences: readonly StepDifference[]): string {
	return shortened(differences.map(describeDifference), '; ');
}

/** One difference in a clause. */
export function describeDifference(difference: StepDifference): string {
	switch (difference.kind) {
		case 'new': {
			return 'never built before';
		}

		case 'text': {
			const [before, after] = changedParts(...withoutKeyword(difference.before, difference.after));
			return `instruction text changed: "${before}" → "${after}"`;
		}

		case 'arg': {
			const {name, change, uses} = difference;
			const used =
				uses === undefined || uses.steps < 2 ? '' : ` (used by ${uses.steps} RUN steps, first line ${uses.line})`;
			return `ARG ${name} ${change}${used}`;
		}

		case 'env': {
			return `ENV ${difference.name} ${difference.change}`;
		}

		case 'base': {
			const {written, before, after, layers = 0} = difference;
			const more =
				layers === 0
					? ''
					: ` (${Math.abs(layers)} ${Math.abs(layers) === 1 ? 'layer' : 'layers'} ${layers > 0 ? 'more' : 'fewer'})`;
			return `base ${written} moved from ${short(before)} to ${short(after)}${more}`;
		}

		case 'base-name': {
			return `base changed: ${difference.before} → ${difference.after}`;
		}

		case 'remote': {
			return `${difference.written} has changed`;
		}

		case 'files': {
			const {changed, total, changes, context} = difference;
			const names = changes.slice(0, mostNamed).map(change => describeFileChange(change, context));
			const more = changed > names.length ? ` and ${changed - names.length} more` : '';
			return `${changed} of ${total} ${total === 1 ? 'file' : 'files'} changed: ${names.join(', ')}${more}`;
		}

		case 'ignore-file': {
			const {change, paths, context} = difference;
			const file = context === undefined ? '.dockerignore' : `the .dockerignore of ${context}`;
			return `${file} now ${change === 'lets-in' ? 'lets in' : 'leaves out'} ${shortened(paths, ', ')}`;
		}

		case 'options': {
			return 'options, platform or the builder changed';
		}
	}
}

function describeFileChange(change: FileChange, context: string | undefined): string {
	const path = context === undefined ? change.path : `${context}:${change.path}`;
	switch (change.kind) {
		case 'file-content': {
			return `${path} (content)`;
		}

		case 'file-added': {
			return `${path} (added)`;
		}

		case 'file-removed': {
			return `${path} (removed)`;
		}

		case 'file-type': {
			return `${path} (type)`;
		}

		case 'file-mode': {
			const modes = `mode ${octal(change.before)} → ${octal(change.after)}`;
			return `${path} (${change.content ? 'content, ' : ''}${modes})`;
		}
	}
}

function octal(mode: number): string {
	return mode.toString(8).padStart(4, '0');
}

function short(digest: string): string {
	return `${digest.slice(0, 'sha256:'.length + 12)}…`;
}

function shortened(texts: readonly string[], separator: string): string {
	const more = texts.length - mostNamed;
	return `${texts.slice(0, mostNamed).join(separator)}${more > 0 ? `${separator}${more} more` : ''}`;
}

// `RUN`, where both have it.
function withoutKeyword(before: string, after: string): readonly [string, string] {
	const [keyword = ''] = /^\S+\s+/.exec(before) ?? [];
	return after.startsWith(keyword) ? [before.slice(keyword.length), after.slice(keyword.length)] : [before, after];
}

/** How much of a text is shown around what changed. */
const mostShown = 48;

// Long texts lose what they have in common in front, but for a few words.
function changedParts(before: string, after: string): readonly [string, string] {
	const [a, b] = [before, after].map(text => text.replaceAll(/\s+/g, ' '));
	if (a === undefined || b === undefined || (a.length <= mostShown && b.length <= mostShown)) {
		return [a ?? '', b ?? ''];
	}

	let same = 0;
	while (same < a.length && same < b.length && a[same] === b[same]) {
		same++;
	}

	const start = Math.max(0, same - 12);
	const cut = (text: string) => {
		const part = text.slice(start, start + mostShown);
		return `${start > 0 ? '…' : ''}${part}${start + mostShown < text.length ? '…' : ''}`;
	};
	return [cut(a), cut(b)];
}
