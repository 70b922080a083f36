import {parseCsv} from '../../analyzer/index.ts';

/** Where the value of a secret is found; the value itself is never part of a flag. */
export interface SecretSpec {
	readonly id: string;
	readonly source:
		| {readonly kind: 'file'; readonly path: string}
		| {readonly kind: 'env'; readonly name: string}
		/** The variable of the secret's own name if it is set, else the file of that name. */
		| {readonly kind: 'by-id'};
}

export type SecretFlag =
	| {readonly kind: 'spec'; readonly spec: SecretSpec}
	| {readonly kind: 'invalid'; readonly message: string; readonly hint: string};

const hint = 'write --secret id=NAME,src=FILE or --secret id=NAME,env=VARIABLE';

/**
 * `--secret` as buildx reads it (buildx util/buildflags/secrets.go, BuildKit session/secrets/secretsprovider/store.go).
 * What is wrong is told without the text behind `=`: it may be a value that somebody put there by mistake.
 */
export function parseSecretFlag(text: string): SecretFlag {
	const csv = parseCsv(text);
	if (csv.kind === 'failed') {
		return invalid('a --secret is no list of key=value pairs');
	}

	const fields = new Map<string, string>();
	for (const field of csv.fields) {
		const at = field.indexOf('=');
		if (at === -1) {
			return invalid('a --secret has a part without "="');
		}

		const name = field.slice(0, at).toLowerCase();
		if (!['type', 'id', 'source', 'src', 'env'].includes(name)) {
			return invalid(`a --secret has no "${name}"`);
		}

		fields.set(name === 'source' ? 'src' : name, field.slice(at + 1));
	}

	const id = fields.get('id');
	const type = fields.get('type');
	if (id === undefined || id === '') {
		return invalid('a --secret has no id');
	}

	if (type !== undefined && type !== 'file' && type !== 'env') {
		return invalid(`the type of the secret "${id}" is neither file nor env`);
	}

	const env = fields.get('env') || (type === 'env' ? fields.get('src') : undefined);
	const path = type === 'env' && !fields.get('env') ? undefined : fields.get('src');
	return {
		kind: 'spec',
		spec: {
			id,
			source: env ? {kind: 'env', name: env} : path ? {kind: 'file', path} : {kind: 'by-id'},
		},
	};
}

function invalid(message: string): SecretFlag {
	return {kind: 'invalid', message, hint};
}
