/**
 * The schema-registry port, with the meaning of the Confluent API: a schema text has one id whatever subjects it stands
 * under, a subject is a list of versions, and under FULL_TRANSITIVE every version can read every other.
 * All forms pass `test/contract/schema-registry.ts`; a difference is a bug.
 */
export interface SchemaRegistry {
  /**
   * Adds a version to a subject, or finds the one with this text; white space does not count.
   * @returns the schema's id, for the wire.
   * Throws HUB_SCHEMA_INCOMPATIBLE: it says which version would break, and where. Then nothing is stored.
   */
  register(subject: string, schemaText: string): Promise<number>;
  /** Text of an id. Throws HUB_SCHEMA_UNKNOWN_ID. */
  schema(id: number): Promise<string>;
  /** Newest version of a subject; null for a subject without any. */
  latest(subject: string): Promise<RegisteredSchema | null>;
  /** Version numbers of a subject, ascending from 1; none for an unknown one. */
  versions(subject: string): Promise<readonly number[]>;
}

export interface RegisteredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly schemaText: string;
}
