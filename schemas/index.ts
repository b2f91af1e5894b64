import { readFileSync } from 'node:fs';
import type { Type } from 'avsc';
import { namedTypes, type RecordSchema, selfContained } from './avro-schema.ts';
import { avroType } from './avro-type.ts';
import { jsonForm } from './json-form.ts';
import type {
  ClusterMemory,
  Item,
  ItemEvent,
  ItemInput,
  ItemState,
  LinkRecord,
  VesselPosition,
  Warning,
} from './types.ts';

/** The models by schema name; the name is the file's: `schemas/<name>.avsc`. */
export interface Models {
  readonly item: Item;
  readonly warning: Warning;
  readonly 'item-input': ItemInput;
  readonly 'item-event': ItemEvent;
  readonly 'item-state': ItemState;
  readonly 'link-record': LinkRecord;
  readonly 'cluster-memory': ClusterMemory;
  readonly 'vessel-position': VesselPosition;
}
export type SchemaName = keyof Models;

/** In order of dependence: a file may use named types of those before it. */
export const schemaNames = [
  'item',
  'warning',
  'item-input',
  'item-event',
  'item-state',
  'link-record',
  'cluster-memory',
  'vessel-position',
] as const satisfies SchemaName[];

/** Version of the model, for `Item.schemaVersion`: 1.(n - 1).0 while `history/item` holds n versions. */
export const schemaVersion = '1.1.0';

/** The files as they are written, with names of other files' types unresolved. */
export const sourceSchemas: ReadonlyMap<SchemaName, RecordSchema> = new Map(
  schemaNames.map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`${name}.avsc`, import.meta.url), 'utf8')) as RecordSchema,
  ]),
);

const known = new Map([...sourceSchemas.values()].flatMap((schema) => [...namedTypes(schema)]));

/** As they are published: self-contained. */
const published = mapNames((name) => selfContained(sourceSchemas.get(name)!, known));
const types = mapNames((name) => avroType(published[name]));
const texts = mapNames((name) => JSON.stringify(published[name]));
const forms = mapNames((name) => jsonForm(published[name]));

function mapNames<T>(map: (name: SchemaName) => T): Readonly<Record<SchemaName, T>> {
  return Object.fromEntries(schemaNames.map((name) => [name, map(name)])) as Record<SchemaName, T>;
}

export const itemType: Type = types.item;
export const itemInputType: Type = types['item-input'];
export const itemEventType: Type = types['item-event'];
export const itemStateType: Type = types['item-state'];

/** The Avro type that writes and reads a model: `T | null` unwrapped, times in ms, uuids and decimals as text. */
export const typeOf = (name: SchemaName): Type => types[name];

/** The self-contained schema as JSON. */
export const schemaOf = (name: SchemaName): RecordSchema => published[name];

/** The self-contained schema as the text that goes to the registry. */
export const schemaText = (name: SchemaName): string => texts[name];

/** TopicNameStrategy. */
export const subjectOf = (topic: string): string => `${topic}-value`;

/** Model of a topic's values (design.md §3); null where they are not Avro. @param topic without the instance's prefix. */
export function schemaOfTopic(topic: string): SchemaName | null {
  if (topic === 'hub.items' || topic.startsWith('hub.department.')) return 'item';
  if (topic === 'hub.input' || topic.startsWith('hub.input.')) return 'item-input';
  if (topic === 'hub.events') return 'item-event';
  if (topic === 'hub.state') return 'item-state';
  if (topic === 'hub.links') return 'link-record';
  if (topic === 'hub.clusters') return 'cluster-memory';
  if (topic === 'hub.vessels') return 'vessel-position';
  if (topic === 'hub.warnings') return 'warning';
  return null;
}

/**
 * JSON form of a value: times as ISO 8601 with ms at +08:00, decimals as strings, nulls as null, nothing omitted.
 * The result is plain data, ready for `JSON.stringify`.
 */
export function toJson<N extends SchemaName>(name: N, value: Models[N]): Readonly<Record<string, unknown>> {
  return forms[name](value) as Readonly<Record<string, unknown>>;
}
