import { z } from 'zod';
import { sameSchema } from '../../schemas/same-schema.ts';
import { HubError } from '../errors.ts';
import { faultsAfter, incompatible, ownFaults, withoutWhiteSpace } from './compatible.ts';
import { registryApi } from './confluent-api.ts';
import type { RegistryOptions } from './confluent-options.ts';
import type { RegisteredSchema, SchemaRegistry } from './index.ts';

/*
 * By plain HTTP and not through @kafkajs/confluent-schema-registry, because the port wants what that cannot do: texts (it gives avsc types,
 * made without our logical types, in which documentation is lost), the versions of a subject, FULL_TRANSITIVE (it sets a subject's level
 * only at the first registration and refuses to go on where that has failed), and a bounded cache. The library is what the tests read
 * with, as a stranger.
 */

const compatibility = 'FULL_TRANSITIVE';

const idOnly = z.object({ id: z.int().min(0) });
const version = z.object({
  subject: z.string(),
  version: z.int().min(1),
  id: z.int().min(0),
  schema: z.string(),
});
const text = z.object({ schema: z.string() });
const versionList = z.array(z.int().min(1));
const level = z.object({ compatibilityLevel: z.string() });

export interface ConfluentSchemaRegistry extends SchemaRegistry {
  /** Fetches every version of these subjects, so that what the hub itself wrote can be read when the registry is away. */
  warmUp(subjects: readonly string[]): Promise<void>;
}

export interface ConfluentRegistryOptions extends RegistryOptions {
  /** Texts kept; each of some 10 KiB. Default 512. */
  readonly maxSchemas?: number;
}

/**
 * A registry that speaks Confluent's REST API. An id's text never changes, so that it is asked for once, however many ask at the same
 * time, and kept. Every method throws HUB_SCHEMA_REGISTRY_UNAVAILABLE, to be tried again by the caller, or HUB_SCHEMA_REGISTRY_REFUSED.
 *
 * What is registered passes the hub's own rules first (they are stricter than Avro's), then those of the registry, which is told to
 * hold a subject to FULL_TRANSITIVE against others who register.
 */
export function confluentSchemaRegistry({
  maxSchemas = 512,
  ...options
}: ConfluentRegistryOptions): ConfluentSchemaRegistry {
  const { ask } = registryApi(options);
  /** In order of last need, the oldest first. */
  const texts = new Map<number, string>();
  const asking = new Map<number, Promise<string>>();
  /** Subjects whose level is known to be right. */
  const governed = new Set<string>();
  let registering: Promise<unknown> = Promise.resolve();

  function keep(id: number, schema: string): string {
    texts.delete(id);
    texts.set(id, schema);
    for (const oldest of texts.keys()) {
      if (texts.size <= maxSchemas) break;
      texts.delete(oldest);
    }
    return schema;
  }

  async function fetchText(id: number): Promise<string> {
    const found = await ask('GET', ['schemas', 'ids', id], text);
    if (found === null) throw new HubError('HUB_SCHEMA_UNKNOWN_ID', `no schema has the id ${id}`);
    return keep(id, found.schema);
  }

  async function versions(subject: string): Promise<readonly number[]> {
    const found = await ask('GET', ['subjects', subject, 'versions'], versionList);
    return (found ?? []).toSorted((a, b) => a - b);
  }

  async function versionOf(subject: string, which: number | 'latest'): Promise<RegisteredSchema | null> {
    const found = await ask('GET', ['subjects', subject, 'versions', which], version);
    if (found === null) return null;
    return { subject, version: found.version, id: found.id, schemaText: keep(found.id, found.schema) };
  }

  async function govern(subject: string): Promise<void> {
    if (governed.has(subject)) return;
    if (!(await isRight(subject))) {
      try {
        await ask('PUT', ['config', subject], z.unknown(), { compatibility });
      } catch (refused) {
        // Another worker sets it at the same time: Apicurio refuses the later one.
        if (!(await isRight(subject))) throw refused;
      }
    }
    governed.add(subject);
  }

  async function isRight(subject: string): Promise<boolean> {
    const found = await ask('GET', ['config', subject], level);
    return found?.compatibilityLevel === compatibility;
  }

  async function store(subject: string, schema: string): Promise<number> {
    const known = await ask('POST', ['subjects', subject], version, { schema });
    // Apicurio also finds what differs in defaults and documentation.
    if (known !== null && sameSchema(known.schema, schema)) {
      await govern(subject);
      return known.id;
    }
    const older = await Promise.all((await versions(subject)).map((one) => versionOf(subject, one)));
    const faults = [
      ...ownFaults(schema),
      ...faultsAfter(
        schema,
        older.filter((one) => one !== null),
      ),
    ];
    if (faults.length > 0) throw incompatible(subject, faults);
    // A registry need not know a level for a subject without versions; nobody adds a second one before the level is right.
    if (older.length > 0) await govern(subject);
    const added = await ask('POST', ['subjects', subject, 'versions'], idOnly, { schema });
    if (added === null)
      throw new HubError(
        'HUB_SCHEMA_REGISTRY_UNAVAILABLE',
        `the schema registry takes no version of ${subject}`,
      );
    await govern(subject);
    return added.id;
  }

  return {
    register(subject, schemaText) {
      // One after the other: a registry may give one text two ids when it is told of it twice at once.
      const mine = registering.then(() => store(subject, withoutWhiteSpace(subject, schemaText)));
      registering = mine.catch(() => {});
      return mine;
    },
    async schema(id) {
      const known = texts.get(id);
      if (known !== undefined) return keep(id, known);
      const running = asking.get(id) ?? fetchText(id).finally(() => asking.delete(id));
      asking.set(id, running);
      return running;
    },
    latest: (subject) => versionOf(subject, 'latest'),
    versions,
    async warmUp(subjects) {
      for (const subject of subjects) {
        await Promise.all((await versions(subject)).map((one) => versionOf(subject, one)));
      }
    },
  };
}
