import { z } from 'zod';

/** One option as the docs print it and as a message about it refers to it. */
export interface OptionDoc {
  /** With dots for options inside options. */
  readonly name: string;
  /** string, integer, number, boolean, list, or the allowed words. */
  readonly type: string;
  /** Undefined when there is none. */
  readonly default: unknown;
  readonly required: boolean;
  /** Bounds in words, empty when there are none. */
  readonly bounds: string;
  /** From `.describe()`. */
  readonly text: string;
  /** From `.meta({ secret: true })`: its value is never printed. */
  readonly secret: boolean;
}

/** What we read of the JSON schema that zod makes of a zod schema. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** All options of a schema, in its order. Options of free form (records, unions) have no options inside. */
export function optionDocs(schema: z.ZodType): readonly OptionDoc[] {
  return docsOf(jsonSchemaOf(schema), '');
}

/** Keys in `value` that `schema` does not know, as paths. zod drops these silently unless told otherwise by each author. */
export function unknownKeys(schema: z.ZodType, value: unknown): readonly UnknownKey[] {
  return unknownIn(jsonSchemaOf(schema), value, []);
}

export interface UnknownKey {
  readonly path: readonly string[];
  /** What is known at that place. */
  readonly known: readonly string[];
}

const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

function docsOf(schema: JsonSchema, prefix: string): readonly OptionDoc[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, option]) => {
    const name = prefix + key;
    if (option.properties !== undefined) return docsOf(option, `${name}.`);
    return {
      name,
      type: option.enum?.join(' | ') ?? (option.type === 'array' ? 'list' : (option.type ?? 'any')),
      default: option.default,
      required: option.default === undefined && (schema.required ?? []).includes(key),
      bounds: boundsOf(option),
      text: option.description ?? '',
      secret: option.secret === true,
    };
  });
}

function boundsOf(option: JsonSchema): string {
  const { minimum, exclusiveMinimum, maximum, minLength, maxLength, pattern, format } = option;
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const said = [
    least === undefined ? '' : `at least ${least}`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    most === undefined ? '' : `at most ${most}`,
    minLength === undefined ? '' : `at least ${minLength} characters`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    format === undefined ? (pattern === undefined ? '' : `must match ${pattern}`) : format,
  ];
  return said.filter((part) => part !== '').join(', ');
}

function unknownIn(schema: JsonSchema, value: unknown, path: readonly string[]): readonly UnknownKey[] {
  const { properties, additionalProperties } = schema;
  if (properties === undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return [];
  const free = typeof additionalProperties === 'object';
  const known = Object.keys(properties);
  return Object.entries(value).flatMap(([key, inner]) => {
    const option = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (option !== undefined) return unknownIn(option, inner, [...path, key]);
    return free ? [] : [{ path: [...path, key], known }];
  });
}
