import {
  type AvroSchema,
  fullName,
  isArray,
  isEnum,
  isMap,
  isRecord,
  isUnion,
  type NamedSchema,
} from './avro-schema.ts';

/** TypeScript for the named types: an interface per record, a union of string literals per enum, `doc` as comments. */
export function renderTypes(named: ReadonlyMap<string, NamedSchema>): string {
  const parts = [...named.values()].map((schema) => {
    const head = comment(schema.doc, '');
    if (isEnum(schema)) {
      const symbols = schema.symbols.map((symbol) => `'${symbol}'`).join(' | ');
      return `${head}export type ${schema.name} = ${symbols};\n`;
    }
    const fields = schema.fields.map(
      ({ name, doc, type }) =>
        `${comment(doc, '  ')}  readonly ${name}: ${typeText(type, schema.namespace)};\n`,
    );
    return `${head}export interface ${schema.name} {\n${fields.join('')}}\n`;
  });
  return `// Printed from schemas/*.avsc by schemas/generate.ts: change those, then run: npm run generate\n\n${parts.join('\n')}`;
}

const comment = (doc: string | undefined, indent: string): string =>
  doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '*\\/')} */\n`;

const primitives: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Buffer',
};

function typeText(schema: AvroSchema, namespace: string | undefined): string {
  if (isUnion(schema)) {
    const branches = schema.map((branch) => typeText(branch, namespace));
    return [
      ...branches.filter((text) => text !== 'null'),
      ...branches.filter((text) => text === 'null'),
    ].join(' | ');
  }
  if (isArray(schema)) {
    const items = typeText(schema.items, namespace);
    return `readonly ${items.includes(' ') ? `(${items})` : items}[]`;
  }
  if (isMap(schema)) return `Readonly<Record<string, ${typeText(schema.values, namespace)}>>`;
  if (typeof schema === 'object' && (isRecord(schema) || isEnum(schema))) return schema.name;
  if (typeof schema === 'object' && schema.logicalType === 'decimal') return 'string';
  const name = typeof schema === 'string' ? schema : schema.type;
  return primitives[name] ?? shortName(fullName(name, namespace));
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
