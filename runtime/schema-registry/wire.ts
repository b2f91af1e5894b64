import type { Resolver, Type } from 'avsc';
import type { RecordSchema } from '../../schemas/avro-schema.ts';
import { avroType } from '../../schemas/avro-type.ts';
import { type Models, type SchemaName, schemaText, typeOf } from '../../schemas/index.ts';
import { HubError } from '../errors.ts';
import { next, type Outcome, reject } from '../outcome.ts';
import type { SchemaRegistry } from './index.ts';
import { scanner } from './scan.ts';

/*
 * Confluent's wire format:
 *   byte 0     magic, 0
 *   byte 1-4   schema id, big-endian
 *   byte 5-    the value in Avro's binary encoding
 */
const magic = 0;
const headLength = 5;

/** Grows to the largest value written; reused because nothing is awaited between writing and copying. */
let scratch = Buffer.allocUnsafe(16 * 1024);

/** One value on the wire. Throws HUB_INTERNAL, naming the field but never its value, when the value does not fit the type. */
export function encode(schemaId: number, type: Type, value: unknown): Buffer {
  const end = write(type, value);
  scratch[0] = magic;
  scratch.writeUInt32BE(schemaId, 1);
  return Buffer.from(scratch.subarray(0, end));
}

/** Avro's bytes alone. Throws as `encode` does. */
export function bodyOf(type: Type, value: unknown): Buffer {
  const end = write(type, value);
  return Buffer.from(scratch.subarray(headLength, end));
}

/** Avro's bytes on the wire. */
export function framed(schemaId: number, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headLength + body.length);
  bytes[0] = magic;
  bytes.writeUInt32BE(schemaId, 1);
  bytes.set(body, headLength);
  return bytes;
}

/** Into `scratch`, which may be another one afterwards, behind room for a head. @returns the end */
function write(type: Type, value: unknown): number {
  try {
    const end = type.encode(value, scratch, headLength);
    if (end >= 0) return end;
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
    return type.encode(value, scratch, headLength);
  } catch {
    throw new HubError(
      'HUB_INTERNAL',
      `a value does not fit ${type.name}: ${misfits(type, value).join(', ')}`,
    );
  }
}

function misfits(type: Type, value: unknown): readonly string[] {
  const paths: string[] = [];
  type.isValid(value, {
    errorHook: (path, _part, expected) =>
      paths.push(`${path.join('.')} is no ${expected.name ?? expected.toString()}`),
  });
  return paths;
}

/** Id of the writer's schema; null when the bytes are not in the wire format. */
export function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < headLength || bytes[0] !== magic) return null;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
}

/** Reads values of one model, whichever version wrote them. */
export interface Decoder<T> {
  /**
   * Looks up the writers' schemas of a batch, so that `decode` need not wait. Nothing is fetched for writers already
   * known. Rejects only when the registry itself fails; bytes that are not ours are left for `decode` to tell.
   */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
  /**
   * A value as the current model sees it. Rejects with HUB_SCHEMA_NOT_OURS or HUB_SCHEMA_UNKNOWN_ID. Throws HUB_INTERNAL
   * when `prepare` has not seen the writer.
   */
  decode(bytes: Uint8Array): Outcome<T>;
}

/** Writes and reads one model's values. */
export interface Codec<T> extends Decoder<T> {
  /** Id under which values are written. */
  readonly schemaId: number;
  /** Throws HUB_INTERNAL, naming the field but never its value, when the value does not fit the model. */
  encode(value: T): Buffer;
  /** What `encode` gives of the value that has these bytes in Avro. */
  framed(body: Uint8Array): Buffer;
}

interface Writer {
  readonly fits: (bytes: Uint8Array, position: number) => boolean;
  /** Undefined for the current model itself. */
  readonly resolver: Resolver | undefined;
}

/** A writer's schema that cannot be used: why. */
type Unusable = { readonly code: 'HUB_SCHEMA_NOT_OURS' | 'HUB_SCHEMA_UNKNOWN_ID'; readonly reason: string };

interface CodecOptions {
  /** Writers' schemas kept besides those of the batch at hand; default 64. */
  readonly maxWriters?: number;
}

/**
 * Registers a model under its subjects and gives the codec for it. Throws HUB_SCHEMA_INCOMPATIBLE.
 * @param subjects at least one, from `subjectOf(topic)`; all must be able to take the model's current version.
 */
export async function openCodec<N extends SchemaName>(
  registry: SchemaRegistry,
  name: N,
  subjects: readonly [string, ...string[]],
  options: CodecOptions = {},
): Promise<Codec<Models[N]>> {
  const [first, ...others] = subjects;
  const schemaId = await registry.register(first, schemaText(name));
  for (const subject of others) await registry.register(subject, schemaText(name));
  const type = typeOf(name);
  const own: Writer = { fits: scanner(JSON.parse(schemaText(name)) as RecordSchema), resolver: undefined };
  return {
    schemaId,
    encode: (value) => encode(schemaId, type, value),
    framed: (body) => framed(schemaId, body),
    ...openDecoder<Models[N]>(registry, type, options, new Map([[schemaId, own]])),
  };
}

/** @param type what is to be seen of the values: a model, or a part of its fields; the others are skipped unread. */
export function openDecoder<T>(
  registry: SchemaRegistry,
  type: Type,
  { maxWriters = 64 }: CodecOptions = {},
  always: ReadonlyMap<number, Writer> = new Map(),
): Decoder<T> {
  /** In order of last need, the oldest first. */
  const writers = new Map<number, Writer | Unusable>();

  const learn = async (id: number): Promise<Writer | Unusable> => {
    let text: string;
    try {
      text = await registry.schema(id);
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'HUB_SCHEMA_UNKNOWN_ID') throw error;
      return { code: error.code, reason: `no schema has the id ${id}` };
    }
    try {
      const schema = JSON.parse(text) as RecordSchema;
      return { fits: scanner(schema), resolver: type.createResolver(avroType(schema)) };
    } catch {
      return { code: 'HUB_SCHEMA_NOT_OURS', reason: `schema ${id} is not a version of ${type.name}` };
    }
  };

  return {
    async prepare(values) {
      const needed = new Set<number>();
      for (const bytes of values) {
        const id = bytes === null ? null : schemaIdOf(bytes);
        if (id !== null && !always.has(id)) needed.add(id);
      }
      for (const id of needed) {
        const known = writers.get(id);
        writers.delete(id);
        // An id unknown before may have been registered since.
        const usable = known !== undefined && 'fits' in known;
        writers.set(id, usable ? known : await learn(id));
      }
      for (const id of writers.keys()) {
        if (writers.size <= Math.max(maxWriters, needed.size)) break;
        writers.delete(id);
      }
    },

    decode(bytes) {
      const id = schemaIdOf(bytes);
      if (id === null)
        return reject('HUB_SCHEMA_NOT_OURS', 'does not start with the magic byte 0 and a schema id');
      const writer = always.get(id) ?? writers.get(id);
      if (writer === undefined) {
        throw new HubError('HUB_INTERNAL', `decode of schema id ${id} before prepare`);
      }
      if ('code' in writer) return reject(writer.code, writer.reason);
      try {
        if (!writer.fits(bytes, headLength)) return damaged(bytes, id);
        const body = Buffer.from(bytes.buffer, bytes.byteOffset + headLength, bytes.length - headLength);
        return next(type.fromBuffer(body, writer.resolver) as T);
      } catch {
        return damaged(bytes, id);
      }
    },
  };
}

const damaged = (bytes: Uint8Array, id: number): Outcome<never> =>
  reject('HUB_SCHEMA_NOT_OURS', `${bytes.length} bytes do not decode as schema ${id}`);
