import {readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {
	familiarReference,
	formatReference,
	type ImageReference,
	parseReference,
	withDefaultTag,
} from '../../analyzer/index.ts';
import {sharedDir} from '../helpers/project.ts';

// Tables of distribution/reference's own tests. What is not run as it stands, and why:
// - familiar_match.json: glob patterns over names, which nothing here needs.
// - two cases of parse_any_reference.json that stand for image IDs (64 digits, `sha256:` with 64 digits): a FROM cannot
//   name an ID, so the first is rejected and the second is the image "sha256" with a tag, as in ParseNormalizedNamed.
// - one name of regexp.json that is longer than 255 characters, a limit the expression does not know.
// - reference_test.go parses without normalising, so its names are compared in their familiar form.

/** A case of any of the tables; each has some of these. */
interface Row {
	readonly input?: string;
	readonly err?: string;
	readonly valid?: boolean;
	readonly match?: boolean;
	readonly test?: string;
	readonly expected?: string;
	readonly domain?: string;
	readonly path?: string;
	readonly repository?: string;
	readonly tag?: string;
	readonly digest?: string;
	readonly Reference?: string;
	readonly Equivalent?: string;
	readonly Expected?: string;
	readonly Domain?: string;
	readonly RemoteName?: string;
	readonly FamiliarName?: string;
	readonly FullName?: string;
	readonly AmbiguousName?: string;
}

function rows(t: ExecutionContext, name: string): readonly Row[] {
	if (sharedDir === undefined) {
		t.log(`no shared data here: ${name} was not run`);
		t.pass();
		return [];
	}

	const file = path.join(sharedDir, 'conformance', 'reference', name);
	const {cases, count} = JSON.parse(readFileSync(file, 'utf8')) as {
		readonly cases: readonly Row[];
		readonly count: number;
	};
	t.is(cases.length, count);
	return cases;
}

function parsed(input: string): ImageReference | undefined {
	const result = parseReference(input);
	return result.kind === 'reference' ? result.reference : undefined;
}

function nameOnly({domain, path: name}: ImageReference): ImageReference {
	return {domain, path: name};
}

test('parse.json', t => {
	for (const row of rows(t, 'parse.json')) {
		const {input = ''} = row;
		const result = parseReference(input);
		if (row.err !== undefined) {
			t.is(result.kind, 'invalid', input);
			t.true(result.kind === 'invalid' && result.message.includes(row.err ?? ''), JSON.stringify(result));
			continue;
		}

		const reference = parsed(input);
		t.truthy(reference, input);
		if (reference !== undefined) {
			t.is(familiarReference(nameOnly(reference)), row.repository ?? '');
			t.is(reference.tag ?? '', row.tag ?? '');
			t.is(reference.digest ?? '', row.digest ?? '');
		}
	}
});

test('with_name_failure.json: nothing of it is a bare name', t => {
	for (const row of rows(t, 'with_name_failure.json')) {
		const reference = parsed(row.input ?? '');
		t.true(reference === undefined || reference.tag !== undefined || reference.digest !== undefined, row.input ?? '');
	}
});

test('normalized_names.json', t => {
	for (const row of rows(t, 'normalized_names.json')) {
		t.is(parseReference(row.input ?? '').kind === 'reference', row.valid === true, row.input ?? '');
	}
});

test('split_hostname.json and domain_and_path.json', t => {
	for (const row of rows(t, 'split_hostname.json')) {
		t.like(parsed(row.input ?? ''), {domain: row.domain ?? '', path: row.path ?? ''});
	}

	for (const row of rows(t, 'domain_and_path.json')) {
		t.like(parsed(row.input ?? ''), {domain: (row.domain ?? '') || 'docker.io', path: row.path ?? ''});
	}
});

test('parse_named.json: canonical is what does not change when written again', t => {
	for (const row of rows(t, 'parse_named.json')) {
		const {input = ''} = row;
		const reference = parsed(input);
		t.truthy(reference);
		t.is(reference !== undefined && formatReference(reference) === input, row.err === undefined, input);
	}
});

test('parse_any_reference.json', t => {
	for (const row of rows(t, 'parse_any_reference.json')) {
		const {Reference: input = '', Equivalent: equivalent = ''} = row;
		const reference = parsed(input);
		const written = reference === undefined ? undefined : formatReference(reference);
		if (row.Expected === undefined) {
			t.is(written, equivalent);
		} else {
			t.is(written, input.startsWith('sha256:') ? `docker.io/library/${input}` : undefined);
		}
	}
});

test('parse_docker_ref.json: a digest wins over a tag', t => {
	for (const row of rows(t, 'parse_docker_ref.json')) {
		const reference = parsed(row.input ?? '');
		t.truthy(reference);
		if (reference !== undefined) {
			const {tag: _, ...untagged} = reference;
			const resolved = reference.digest === undefined ? withDefaultTag(reference) : untagged;
			t.is(formatReference(resolved), row.expected ?? '');
		}
	}
});

test('parse_repository_info.json', t => {
	for (const row of rows(t, 'parse_repository_info.json')) {
		for (const spelling of [row.FamiliarName, row.FullName, row.AmbiguousName]) {
			if (!spelling) {
				continue;
			}

			const reference = parsed(spelling);
			t.truthy(reference, spelling);
			if (reference !== undefined) {
				t.is(reference.domain, row.Domain ?? '');
				t.is(reference.path, row.RemoteName ?? '');
				t.is(familiarReference(reference), row.FamiliarName ?? '');
				t.is(formatReference(reference), row.FullName ?? '');
			}
		}
	}
});

test('regexp.json', t => {
	for (const row of rows(t, 'regexp.json')) {
		const {input = ''} = row;
		const matches = row.match === true;
		switch (row.test) {
			case 'TestReferenceRegexp':
				t.is(parsed(input) !== undefined, matches, input);
				break;
			case 'TestIdentifierRegexp':
				// An identifier is just what may not be a name; other hexadecimal texts in lower case may.
				t.is(parsed(input) === undefined, matches || input !== input.toLowerCase(), input);
				break;
			case 'TestDomainRegexp':
				// "a" alone is a domain by its letters, but in front of a path it is a name on Docker Hub.
				t.is(parsed(`${input}/x`) !== undefined, matches, input);
				break;
			case 'TestFullNameRegexp': {
				const reference = parsed(input);
				const isName = reference !== undefined && reference.tag === undefined && reference.digest === undefined;
				t.is(isName, matches && input.length <= 255, input);
				break;
			}
		}
	}
});
