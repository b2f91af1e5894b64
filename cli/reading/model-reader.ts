import type { Serde } from '../../runtime/core/serde.ts';
import { HubError } from '../../runtime/errors.ts';
import type { SchemaRegistry } from '../../runtime/schema-registry/index.ts';
import { schemaIdOf } from '../../runtime/schema-registry/wire.ts';
import { type SchemaName, schemaNames, schemaOf, toJson } from '../../schemas/index.ts';

/** Reads values of any model of the hub, by the schema ids that they carry. */
export interface ModelReader {
  /** Fetches the schemas that these values name, so that `decode` need not wait; an id that names no model of the hub is left to `decode`. */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
  /** Wire bytes to the JSON form. `prepare` must have seen them. Throws HUB_SCHEMA_NOT_OURS, HUB_SCHEMA_UNKNOWN_ID. */
  decode(value: Uint8Array): unknown;
}

export function modelReader(registry: Pick<SchemaRegistry, 'schema'>, serde: Serde): ModelReader {
  const named = new Map(schemaNames.map((name) => [schemaOf(name).name, name]));
  const models = new Map<number, SchemaName>();

  async function find(id: number, value: Uint8Array): Promise<void> {
    const text = await registry.schema(id).catch((error: unknown) => {
      if (error instanceof HubError && error.code === 'HUB_SCHEMA_UNKNOWN_ID') return null;
      throw error;
    });
    const name = text === null ? undefined : named.get((JSON.parse(text) as { name?: string }).name ?? '');
    if (name === undefined) return;
    await serde.prepare(name, [value]);
    models.set(id, name);
  }

  return {
    async prepare(values) {
      for (const value of values) {
        const id = value === null ? null : schemaIdOf(value);
        if (id !== null && !models.has(id)) await find(id, value!);
      }
    },
    decode(value) {
      const id = schemaIdOf(value);
      const name = id === null ? undefined : models.get(id);
      if (name !== undefined) return toJson(name, serde.decode(name, value));
      throw new HubError(
        id === null ? 'HUB_SCHEMA_NOT_OURS' : 'HUB_SCHEMA_UNKNOWN_ID',
        id === null
          ? 'these bytes carry no schema id'
          : `no model of this hub was written under schema id ${id}`,
      );
    },
  };
}
