import type { Models, SchemaName } from '../../schemas/index.ts';

/** Values of our topics to wire bytes (magic byte, schema id, Avro) and back. */
export interface Serde {
  encode<N extends SchemaName>(name: N, value: Models[N]): Uint8Array;
  /** Throws HUB_SCHEMA_NOT_OURS, or HUB_SCHEMA_UNKNOWN_ID when the registry does not know the writer's schema. */
  decode<N extends SchemaName>(name: N, bytes: Uint8Array): Models[N];
  /** Fetches the schemas that these values name, so that `decode` need not wait; unknown ones are left to `decode` to refuse. */
  prepare(values: readonly (Uint8Array | null)[]): Promise<void>;
}
