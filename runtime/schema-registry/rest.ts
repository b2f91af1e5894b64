import { sameSchema } from '../../schemas/same-schema.ts';
import type { RegisteredSchema } from './index.ts';

/*
 * Confluent's REST API over the hub's own registry, for reading: whoever reads the hub's bytes finds their schemas the same way in both
 * forms of the hub. What a subject holds is the hub's; nobody else adds to it, but who registers what is there already is told its id, as
 * serializers do that without being asked.
 */

/** What the API tells, beyond what the port does. */
export interface RegistryReading {
  /** In the order of their names. */
  subjects(): readonly string[];
  /** Ascending; none for an unknown subject. */
  versionsOf(subject: string): readonly RegisteredSchema[];
  textOf(id: number): string | null;
  usesOf(id: number): readonly { readonly subject: string; readonly version: number }[];
}

export interface RestAsk {
  readonly method: string;
  /** Path below the API's address, without query: `/subjects/hub.items-value/versions`. */
  readonly path: string;
  /** Null where there is none, or it is no JSON. */
  readonly body: unknown;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

export function restAnswer(reading: RegistryReading, { method, path, body }: RestAsk): RestAnswer {
  const [root, ...rest] = segmentsOf(path);
  if (method === 'POST' && root === 'subjects') return posted(reading, rest, body);
  if (method !== 'GET')
    return fault(405, 405, 'this registry is the hub’s own: it is read here, and filled by the hub');
  switch (root) {
    case 'subjects':
      return subjects(reading, rest);
    case 'schemas':
      return schemas(reading, rest);
    case 'config':
      return config(reading, rest);
    case 'mode':
      return rest.length === 0 ? ok({ mode: 'READONLY' }) : notThere;
    default:
      return notThere;
  }
}

const ok = (body: unknown): RestAnswer => ({ status: 200, body });
const fault = (status: number, code: number, message: string): RestAnswer => ({
  status,
  body: { error_code: code, message },
});
const notThere = fault(404, 404, 'HTTP 404 Not Found');
const noSubject = (subject: string) => fault(404, 40401, `Subject '${subject}' not found.`);
const noVersion = (version: string) => fault(404, 40402, `Version ${version} not found.`);
const noSchema = (id: string) => fault(404, 40403, `Schema ${id} not found.`);

const segmentsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => decodeURIComponent(segment));

const shownOf = ({ subject, version, id, schemaText }: RegisteredSchema) => ({
  subject,
  version,
  id,
  schema: schemaText,
});

function subjects(
  reading: RegistryReading,
  [subject, word, version, part, ...more]: readonly string[],
): RestAnswer {
  if (subject === undefined) return ok(reading.subjects());
  if (word !== 'versions' || more.length > 0 || (part !== undefined && part !== 'schema')) return notThere;
  const versions = reading.versionsOf(subject);
  if (versions.length === 0) return noSubject(subject);
  if (version === undefined) return ok(versions.map((one) => one.version));
  const found =
    version === 'latest' ? versions.at(-1) : versions.find((one) => String(one.version) === version);
  if (found === undefined) return noVersion(version);
  return ok(part === 'schema' ? JSON.parse(found.schemaText) : shownOf(found));
}

function schemas(reading: RegistryReading, [word, id, part, ...more]: readonly string[]): RestAnswer {
  if (word === 'types' && id === undefined) return ok(['AVRO']);
  if (word !== 'ids' || id === undefined || more.length > 0) return notThere;
  const text = /^[0-9]{1,10}$/.test(id) ? reading.textOf(Number(id)) : null;
  if (text === null) return noSchema(id);
  switch (part) {
    case undefined:
      return ok({ schema: text });
    case 'schema':
      return ok(JSON.parse(text));
    case 'versions':
      return ok(reading.usesOf(Number(id)));
    case 'subjects':
      return ok([...new Set(reading.usesOf(Number(id)).map(({ subject }) => subject))]);
    default:
      return notThere;
  }
}

function config(reading: RegistryReading, [subject, ...more]: readonly string[]): RestAnswer {
  if (more.length > 0) return notThere;
  if (subject !== undefined && reading.versionsOf(subject).length === 0) return noSubject(subject);
  return ok({ compatibilityLevel: 'FULL_TRANSITIVE' });
}

/** POST /subjects/S asks for a schema, POST /subjects/S/versions would add it. */
function posted(
  reading: RegistryReading,
  [subject, word, ...more]: readonly string[],
  body: unknown,
): RestAnswer {
  const isAdding = word === 'versions';
  if (subject === undefined || more.length > 0 || (word !== undefined && !isAdding)) return notThere;
  const schema = schemaIn(body);
  if (schema === undefined)
    return fault(422, 42201, 'Either the input schema or one its references is invalid');
  const versions = reading.versionsOf(subject);
  const found = versions.find(({ schemaText }) => sameSchema(schemaText, schema));
  if (found !== undefined) return ok(isAdding ? { id: found.id } : shownOf(found));
  if (isAdding) return fault(403, 40301, `the hub alone adds versions to '${subject}'`);
  return versions.length === 0 ? noSubject(subject) : fault(404, 40403, 'Schema not found');
}

function schemaIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('schema' in body) || typeof body.schema !== 'string')
    return undefined;
  try {
    JSON.parse(body.schema);
    return body.schema;
  } catch {
    return undefined;
  }
}
