import {compilePatterns, type IgnoreMatcher} from '../context/dockerignore.ts';
import {familiarReference, parseReference} from '../graph/reference.ts';
import {imagePatternProblem, type LintPolicy, type WaivedImage} from './policy.ts';

/** The waiver that an image falls under. */
export interface Waiver {
	/** `ended`: its last day is over, and it waives nothing any more. */
	readonly kind: 'holds' | 'ended';
	readonly image: WaivedImage;
}

/** The waiver of an image, one that holds before one that ended. */
export function waiverOf(text: string, policy: LintPolicy): Waiver | undefined {
	const parsed = policy.waived.length === 0 ? undefined : parseReference(text);
	if (parsed?.kind !== 'reference') {
		return undefined;
	}

	const {tag, digest, ...name} = parsed.reference;
	const names = [familiarReference(name), familiarReference({...name, ...(tag !== undefined && {tag})})];
	const all = matchersOf(policy)
		.filter(({matcher}) => names.some(one => matcher.matches(one).excluded))
		.map(({image}): Waiver => {
			const hasEnded = image.until !== undefined && policy.today > image.until;
			return {kind: hasEnded ? 'ended' : 'holds', image};
		});
	return all.find(({kind}) => kind === 'holds') ?? all[0];
}

interface Matching {
	readonly image: WaivedImage;
	readonly matcher: IgnoreMatcher;
}

const matchersOfPolicy = new WeakMap<LintPolicy, readonly Matching[]>();

/** Patterns that are wrong match nothing: whoever reads the policy says so. */
function matchersOf(policy: LintPolicy): readonly Matching[] {
	const known = matchersOfPolicy.get(policy);
	if (known !== undefined) {
		return known;
	}

	const matchers = policy.waived.flatMap((image): readonly Matching[] => {
		const compiled = compilePatterns(imagePatternProblem(image.pattern) === undefined ? [image.pattern] : []);
		return compiled.kind === 'failed' ? [] : [{image, matcher: compiled.matcher}];
	});
	matchersOfPolicy.set(policy, matchers);
	return matchers;
}
