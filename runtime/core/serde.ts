import type { Type } from 'avsc';
import { type Models, type SchemaName, schemaOfTopic, subjectOf } from '../../schemas/index.ts';
import { HubError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { SchemaRegistry } from '../schema-registry/index.ts';
import { type Codec, type Decoder, openCodec, openDecoder } from '../schema-registry/wire.ts';
import { lanes, topics } from '../topics.ts';

/** Values of our topics to wire bytes (magic byte, schema id, Avro) and back. */
export interface Serde {
  encode<N extends SchemaName>(name: N, value: Models[N]): Uint8Array;
  /** What `encode` gives of the value that has these bytes in Avro. */
  framed(name: SchemaName, body: Uint8Array): Uint8Array;
  /** `prepare` must have seen the bytes. Throws HUB_SCHEMA_NOT_OURS or HUB_SCHEMA_UNKNOWN_ID. */
  decode<N extends SchemaName>(name: N, bytes: Uint8Array): Models[N];
  /** The same, as an outcome: for topics on which bytes that are not ours are to be expected. */
  tryDecode<N extends SchemaName>(name: N, bytes: Uint8Array): Outcome<Models[N]>;
  /** Reads some of a model's fields and skips the others unread. @param part from `partOf` */
  decoder<T>(part: Type): Decoder<T>;
  /** Fetches the schemas that these values name, so that `decode` need not wait. */
  prepare(name: SchemaName, values: Iterable<Uint8Array | null>): Promise<void>;
}

/** @param departments names of the department topics; they share the item's schema. Throws HUB_SCHEMA_INCOMPATIBLE. */
export async function openSerde(
  registry: SchemaRegistry,
  departments: readonly string[] = [],
): Promise<Serde> {
  const all = [
    ...lanes,
    topics.items,
    topics.events,
    topics.state,
    topics.links,
    topics.clusters,
    topics.vessels,
    topics.warnings,
    ...departments,
  ];
  const subjects = (name: SchemaName) => {
    const of = all.filter((topic) => schemaOfTopic(topic) === name).map(subjectOf);
    return of as [string, ...string[]];
  };
  const codecs: { readonly [N in SchemaName]: Codec<Models[N]> } = {
    item: await openCodec(registry, 'item', subjects('item')),
    warning: await openCodec(registry, 'warning', subjects('warning')),
    'item-input': await openCodec(registry, 'item-input', subjects('item-input')),
    'item-event': await openCodec(registry, 'item-event', subjects('item-event')),
    'item-state': await openCodec(registry, 'item-state', subjects('item-state')),
    'link-record': await openCodec(registry, 'link-record', subjects('link-record')),
    'cluster-memory': await openCodec(registry, 'cluster-memory', subjects('cluster-memory')),
    'vessel-position': await openCodec(registry, 'vessel-position', subjects('vessel-position')),
  };
  const codecOf = <N extends SchemaName>(name: N) => codecs[name] as Codec<Models[N]>;
  return {
    encode: (name, value) => codecOf(name).encode(value),
    framed: (name, body) => codecOf(name).framed(body),
    decode: (name, bytes) => decoded(codecOf(name), bytes),
    decoder: (part) => openDecoder(registry, part),
    tryDecode: (name, bytes) => codecOf(name).decode(bytes),
    prepare: (name, values) => codecOf(name).prepare(values),
  };
}

/** The value of bytes that must be ours. Throws HUB_SCHEMA_NOT_OURS or HUB_SCHEMA_UNKNOWN_ID. */
export function decoded<T>(decoder: Pick<Decoder<T>, 'decode'>, bytes: Uint8Array): T {
  const outcome = decoder.decode(bytes);
  if (outcome.kind === 'next') return outcome.value;
  throw outcome.kind === 'reject'
    ? new HubError(outcome.code, outcome.reason)
    : new HubError('HUB_INTERNAL', `decoding dropped a value: ${outcome.reason}`);
}

/** For a connection that may not write: nothing is registered, values are read by the ids they carry. */
export function readingRegistry(registry: SchemaRegistry): SchemaRegistry {
  return {
    ...registry,
    async register(subject, schemaText) {
      const latest = await registry.latest(subject);
      return latest?.schemaText === schemaText ? latest.id : noSchema;
    },
  };
}

/** No writer has it: every value is then resolved from the schema it names. */
const noSchema = 0xffffffff;
