/** The part of JSON Schema (draft 2020-12) that our schemas use. */
interface Schema {
	readonly $ref?: string;
	readonly $defs?: Readonly<Record<string, Schema>>;
	readonly type?: string | readonly string[];
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly minimum?: number;
	readonly minLength?: number;
	readonly pattern?: string;
	readonly anyOf?: readonly Schema[];
	readonly items?: Schema;
	readonly required?: readonly string[];
	readonly properties?: Readonly<Record<string, Schema>>;
}

const known = new Set(
	'$schema $ref $defs title description type const enum minimum minLength pattern anyOf items required properties'.split(
		' ',
	),
);

/**
 * Where a value breaks a schema, one line for each place; stricter than JSON Schema: a property that the schema does not
 * describe is wrong. Throws on a keyword it does not know, so that no part of a schema goes unchecked.
 */
export function schemaErrors(schema: unknown, value: unknown): readonly string[] {
	return check(schema as Schema, value, '$', (schema as Schema).$defs ?? {});
}

function check(
	schema: Schema,
	value: unknown,
	place: string,
	defs: Readonly<Record<string, Schema>>,
): readonly string[] {
	const unknown = Object.keys(schema).filter(keyword => !known.has(keyword));
	if (unknown.length > 0) {
		throw new Error(`the schema of ${place} has keywords that are not checked: ${unknown.join(', ')}`);
	}

	if (schema.$ref !== undefined) {
		const target = defs[schema.$ref.replace('#/$defs/', '')];
		return target === undefined ? [`${place}: ${schema.$ref} is not there`] : check(target, value, place, defs);
	}

	const types = [schema.type ?? []].flat();
	const errors = [
		types.length > 0 && !types.some(type => isOfType(value, type)) && `is no ${types.join(' or ')}`,
		schema.const !== undefined && value !== schema.const && `is not ${String(schema.const)}`,
		schema.enum !== undefined && !schema.enum.includes(value) && `is none of ${schema.enum.join(', ')}`,
		schema.minimum !== undefined && Number(value) < schema.minimum && `is less than ${schema.minimum}`,
		schema.minLength !== undefined && String(value).length < schema.minLength && 'is too short',
		typeof value === 'string' && !new RegExp(schema.pattern ?? '').test(value) && `does not match ${schema.pattern}`,
	].flatMap(problem => (problem === false ? [] : [`${place}: ${JSON.stringify(value)} ${problem}`]));
	const branches = schema.anyOf?.map(branch => check(branch, value, place, defs)) ?? [];
	const mismatches = branches.some(branch => branch.length === 0) ? [] : branches.flat();
	return [...errors, ...mismatches, ...checkParts(schema, value, place, defs)];
}

function checkParts(
	{items, properties, required = []}: Schema,
	value: unknown,
	place: string,
	defs: Readonly<Record<string, Schema>>,
): readonly string[] {
	if (Array.isArray(value)) {
		return items === undefined ? [] : value.flatMap((one, index) => check(items, one, `${place}[${index}]`, defs));
	}

	if (typeof value !== 'object' || value === null || properties === undefined) {
		return [];
	}

	const missing = required.filter(name => !Object.hasOwn(value, name)).map(name => `${place}.${name} is missing`);
	const wrong = Object.entries(value).flatMap(([name, part]) => {
		const schema = properties[name];
		return schema === undefined ? [`${place}.${name} is not described`] : check(schema, part, `${place}.${name}`, defs);
	});
	return [...missing, ...wrong];
}

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'null': {
			return value === null;
		}

		case 'array': {
			return Array.isArray(value);
		}

		case 'object': {
			return typeof value === 'object' && value !== null && !Array.isArray(value);
		}

		case 'integer': {
			return Number.isInteger(value);
		}

		default: {
			return typeof value === type;
		}
	}
}
