import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SchemaRegistry as Library } from '@kafkajs/confluent-schema-registry';
import { avroType } from '../../schemas/avro-type.ts';
import { schemaText } from '../../schemas/index.ts';
import { sameSchema } from '../../schemas/same-schema.ts';
import { type RegistryServer, startRegistry } from '../../test/services/registry.ts';
import { note, v1, v2 } from '../../test/support/note-schemas.ts';
import { systemClock } from '../clock.ts';
import { type DutyFront, openFront } from '../front/server.ts';
import { silentLogger } from '../telemetry.ts';
import { confluentSchemaRegistry } from './confluent.ts';
import { registryOptions } from './confluent-options.ts';
import { embeddedSchemaRegistry } from './embedded.ts';
import { embeddedReading } from './embedded-reading.ts';
import { restAnswer } from './rest.ts';
import { encode } from './wire.ts';

/** In this order, so that both forms give the same ids: Apicurio uses one up where it finds a text again. */
const registered = [
  ['a-value', v1],
  ['a-value', v2],
  ['hub.items-value', schemaText('item')],
  ['b-value', v2],
] as const;

let server: RegistryServer;
let database: DatabaseSync;
let front: DutyFront;
/** Addresses of the two forms. */
let confluent: string;
let embedded: string;

beforeAll(async () => {
  server = await startRegistry();
  confluent = server.url;
  database = new DatabaseSync(':memory:');
  const own = embeddedSchemaRegistry(database);
  const reading = embeddedReading(database);
  front = await openFront({
    host: '127.0.0.1',
    port: 0,
    pages: {
      page: async () => ({ html: '', isWell: true }),
      style: '',
      notReady: async () => [],
      metrics: async () => '',
      schemas: async (ask) => restAnswer(reading, ask),
    },
    clock: systemClock,
    log: silentLogger,
  });
  embedded = `${front.status().address}/schema-registry`;
  const other = confluentSchemaRegistry(registryOptions.parse({ url: confluent }));
  for (const [subject, text] of registered) {
    expect(await own.register(subject, text)).toBe(await other.register(subject, text));
  }
}, 180_000);
afterAll(async () => {
  await front.close();
  database.close();
  await server.stop();
});

async function answerOf(url: string, method: string, path: string, body?: object) {
  const answer = await fetch(url + path, {
    method,
    ...(body === undefined
      ? {}
      : {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        }),
  });
  return { status: answer.status, body: readable(await answer.json()) };
}

/** A registry prints a schema in its own way. */
function readable(body: unknown): Readonly<Record<string, unknown>> {
  const fields = body as Readonly<Record<string, unknown>>;
  return typeof fields.schema === 'string' ? { ...fields, schema: ownText(fields.schema) } : fields;
}

const ownText = (text: string): string =>
  registered.map(([, own]) => own).find((own) => sameSchema(own, text)) ?? text;

describe('the REST API of the embedded registry', () => {
  test.each([
    '/subjects',
    '/subjects/a-value/versions',
    '/subjects/nobody-value/versions',
    '/subjects/a-value/versions/1',
    '/subjects/a-value/versions/2',
    '/subjects/a-value/versions/3',
    '/subjects/a-value/versions/latest',
    '/subjects/a-value/versions/1/schema',
    '/subjects/nobody-value/versions/latest',
    '/subjects/hub.items-value/versions/latest',
    '/schemas/ids/1',
    '/schemas/ids/2',
    '/schemas/ids/99',
    '/schemas/ids/2/versions',
    '/schemas/ids/2/subjects',
    '/schemas/ids/2/schema',
    '/schemas/ids/3',
    '/config/a-value',
    '/config/nobody-value',
  ])('answers GET %s as a registry does', async (path) => {
    expect(await answerOf(embedded, 'GET', path)).toEqual(await answerOf(confluent, 'GET', path));
  });

  test.each([
    ['a text of a subject', 'a-value', v1],
    ['its newest, spaced out', 'a-value', JSON.stringify(JSON.parse(v2), null, 2)],
    ['a text of another subject only', 'b-value', v1],
    ['an unknown subject', 'nobody-value', v1],
  ])('finds %s as a registry does', async (_what, subject, schema) => {
    const ask = (url: string) => answerOf(url, 'POST', `/subjects/${subject}`, { schema });
    const [own, other] = [await ask(embedded), await ask(confluent)];
    expect(own.status).toBe(other.status);
    if (own.status === 200) expect(own).toEqual(other);
    else expect(own.body.error_code).toBe(other.body.error_code);
  });

  test('tells who registers what is there its id, and lets nobody add or change anything', async () => {
    const add = (schema: string) => answerOf(embedded, 'POST', '/subjects/a-value/versions', { schema });
    expect(await add(v1)).toEqual({ status: 200, body: { id: 1 } });
    expect(await add(JSON.stringify({ ...note(), name: 'Mine' }))).toMatchObject({
      status: 403,
      body: { error_code: 40301 },
    });
    expect(await answerOf(embedded, 'PUT', '/config/a-value', { compatibility: 'NONE' })).toMatchObject({
      status: 405,
    });
    expect(await answerOf(embedded, 'DELETE', '/subjects/a-value')).toMatchObject({ status: 405 });
    expect(await answerOf(embedded, 'POST', '/subjects/a-value', { schema: '{' })).toMatchObject({
      status: 422,
    });
    expect(await answerOf(embedded, 'GET', '/nonsense')).toMatchObject({ status: 404 });
    expect(await answerOf(embedded, 'GET', '/subjects')).toEqual(
      await answerOf(confluent, 'GET', '/subjects'),
    );
  });

  test('is read by the hub’s own client as a registry is', async () => {
    const forms = [embedded, confluent].map((url) => confluentSchemaRegistry(registryOptions.parse({ url })));
    const answers = await Promise.all(
      forms.map(async (registry) => ({
        versions: await registry.versions('a-value'),
        none: await registry.versions('nobody-value'),
        latest: await registry.latest('a-value'),
        newest: (await registry.latest('hub.items-value'))?.id,
        nothing: await registry.latest('nobody-value'),
        texts: await Promise.all([1, 2, 3].map(async (id) => ownText(await registry.schema(id)))),
        unknown: await registry.schema(99).catch((error: unknown) => (error as { code: string }).code),
        again: await registry.register('a-value', v2),
      })),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({
      versions: [1, 2],
      none: [],
      unknown: 'HUB_SCHEMA_UNKNOWN_ID',
      again: 2,
    });
  });

  test('is read by another client as a registry is', async () => {
    const bytes = encode(1, avroType(note()), { text: 'told' });
    const answers = await Promise.all(
      [embedded, confluent].map(async (host) => {
        const library = new Library({ host });
        return {
          decoded: await library.decode(bytes),
          latest: await library.getLatestSchemaId('a-value'),
          first: await library.getRegistryId('a-value', 1),
          bySchema: await library.getRegistryIdBySchema('a-value', JSON.parse(v2)),
          unknown: await library.getSchema(99).catch((error: Error) => error.message.replace(/ - .*/, '')),
        };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ decoded: { text: 'told' }, latest: 2, first: 1, bySchema: 2 });
  });
});
