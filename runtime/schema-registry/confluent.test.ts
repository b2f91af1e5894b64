import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { avroType } from '../../schemas/avro-type.ts';
import { schemaRegistryContract } from '../../test/contract/schema-registry.ts';
import { type RegistryServer, startRegistry } from '../../test/services/registry.ts';
import { author, note, v1, v2 } from '../../test/support/note-schemas.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { confluentSchemaRegistry } from './confluent.ts';
import { registryOptions } from './confluent-options.ts';
import type { SchemaRegistry } from './index.ts';
import { patientRegistry } from './patient.ts';
import { encode, openCodec, openDecoder } from './wire.ts';

let server: RegistryServer;
beforeAll(async () => {
  server = await startRegistry();
}, 180_000);
afterAll(() => server.stop());

const at = (url: string, more: object = {}) =>
  confluentSchemaRegistry({ ...registryOptions.parse({ url }), ...more });

let opened = 0;

/** Subjects nobody has used before: the registry of all these tests is one, and deletes nothing. */
const fresh = (subject: string): string => `t${opened}.${subject}`;

schemaRegistryContract('Confluent API', async () => {
  opened += 1;
  const inner = at(server.url);
  const registry: SchemaRegistry = {
    schema: inner.schema,
    register: (subject, text) => inner.register(fresh(subject), text),
    versions: (subject) => inner.versions(fresh(subject)),
    latest: async (subject) => {
      const found = await inner.latest(fresh(subject));
      return found === null ? null : { ...found, subject: found.subject.replace(/^t\d+\./, '') };
    },
  };
  return { registry, close: async () => {} };
});

describe('the Confluent form', () => {
  let way: Way;
  beforeEach(async () => {
    opened += 1;
    way = await openWay();
  });
  afterEach(() => way.close());

  test('asks once for an id, however many want it at the same time, and keeps it', async () => {
    const id = await at(server.url).register(fresh('a-value'), v1);
    const registry = at(way.url);
    await Promise.all(Array.from({ length: 20 }, () => registry.schema(id)));
    expect(JSON.parse(await registry.schema(id))).toEqual(JSON.parse(v1));
    expect(way.asked).toEqual([`GET /schemas/ids/${id}`]);
  });

  test('registers the same for several workers that start at once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const workers = Array.from({ length: 4 }, () => at(server.url));
      await Promise.all(workers.map((one) => one.register(fresh(`${name}-value`), v1)));
    }
    await expect(at(server.url).versions(fresh('a-value'))).resolves.not.toEqual([]);
  });

  test('keeps no more texts than it may, and drops the one that was needed longest ago', async () => {
    const direct = at(server.url);
    const ids: number[] = [];
    for (const name of ['A', 'B', 'C']) {
      ids.push(
        await direct.register(
          fresh(`${name}-value`),
          JSON.stringify({ ...note(), name: `${name}${opened}` }),
        ),
      );
    }
    const [a, b, c] = ids as [number, number, number];
    const registry = at(way.url, { maxSchemas: 2 });
    for (const id of [a, b, a, c, a, b]) await registry.schema(id);
    expect(way.asked).toEqual([a, b, c, b].map((id) => `GET /schemas/ids/${id}`));
  });

  test('does not keep an id for unknown that is registered later', async () => {
    const registry = at(way.url);
    const newest = JSON.stringify({ ...note(), name: `Newest${opened}` });
    const id = await at(server.url).register(fresh('a-value'), newest);
    await expect(registry.schema(id + 1)).rejects.toMatchObject({ code: 'HUB_SCHEMA_UNKNOWN_ID' });
    const text = JSON.stringify({ ...note(), name: `Later${opened}` });
    expect(await at(server.url).register(fresh('b-value'), text)).toBe(id + 1);
    expect(JSON.parse(await registry.schema(id + 1))).toEqual(JSON.parse(text));
  });

  test('holds a subject to FULL_TRANSITIVE against others who register', async () => {
    const subject = fresh('a-value');
    await at(server.url).register(subject, v1);
    const posted = await fetch(`${server.url}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schema: JSON.stringify(note({ name: 'author', type: 'string' })) }),
    });
    expect(posted.status).toBe(409);
  });

  test('sets the level of a subject that somebody else began, before it adds to it', async () => {
    const subject = fresh('a-value');
    const post = (schema: string) =>
      fetch(`${server.url}/subjects/${subject}/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ schema }),
      });
    expect((await post(v1)).status).toBe(200);
    await at(way.url).register(subject, v2);
    const order = way.asked.filter((line) => line.startsWith('PUT') || line.endsWith('/versions'));
    expect(order).toEqual([
      `GET /subjects/${subject}/versions`,
      `PUT /config/${subject}`,
      `POST /subjects/${subject}/versions`,
    ]);
  });

  test('once warm reads what it knows of without the registry, and says what it cannot', async () => {
    const subject = fresh('a-value');
    const direct = at(server.url);
    const ids = [await direct.register(subject, v1), await direct.register(subject, v2)];
    const registry = at(way.url);
    await registry.warmUp([subject, fresh('nobody-value')]);
    await way.close();
    for (const id of ids) await registry.schema(id);
    await expect(registry.schema(987_654)).rejects.toMatchObject({
      code: 'HUB_SCHEMA_REGISTRY_UNAVAILABLE',
      retriable: true,
      message: expect.stringContaining(new URL(way.url).host),
    });
  });

  test.each([
    ['401', 401, '{"error_code":401,"message":"Unauthorized"}', 'HUB_SCHEMA_REGISTRY_REFUSED'],
    ['403', 403, '', 'HUB_SCHEMA_REGISTRY_REFUSED'],
    ['500', 500, '{"error_code":50001,"message":"store timed out"}', 'HUB_SCHEMA_REGISTRY_UNAVAILABLE'],
    ['404 of a web server', 404, '<html>', 'HUB_SCHEMA_REGISTRY_UNAVAILABLE'],
    ['a log-in page', 200, '<html>', 'HUB_SCHEMA_REGISTRY_UNAVAILABLE'],
    ['an answer of another API', 200, '{"hello":"world"}', 'HUB_SCHEMA_REGISTRY_UNAVAILABLE'],
  ])('tells %s from an answer, without its password', async (_what, status, body, code) => {
    way.instead = { status, body };
    const registry = at(way.url, { username: 'hub', password: 's3cret' });
    for (const call of [
      () => registry.schema(1),
      () => registry.versions('a'),
      () => registry.register('a', v1),
    ]) {
      await expect(call()).rejects.toMatchObject({ code, message: expect.not.stringContaining('s3cret') });
    }
  });

  test('that finds no registry at the start waits for it and then goes on', async () => {
    await server.down();
    const patient = patientRegistry(at(server.url), {
      clock: systemClock,
      signal: new AbortController().signal,
      log: silentLogger,
      deadlineMs: 120_000,
    });
    const opening = openCodec(patient, 'item-event', [fresh('hub.events-value')]);
    await expect(at(server.url).versions('a')).rejects.toMatchObject({
      code: 'HUB_SCHEMA_REGISTRY_UNAVAILABLE',
    });
    await server.up();
    const codec = await opening;
    expect(codec.schemaId).toBeGreaterThan(0);
  }, 180_000);

  test('away in the middle, what needs it waits and nothing is passed over', async () => {
    const direct = at(server.url);
    const id = await direct.register(fresh('a-value'), v1);
    const registry = at(way.url);
    const decoder = openDecoder<{ text: string }>(registry, avroType(note(author)));
    const bytes = encode(id, avroType(note()), { text: 'kept' });
    way.instead = { status: 503, body: '' };
    await expect(decoder.prepare([bytes])).rejects.toMatchObject({ retriable: true });
    way.instead = null;
    await decoder.prepare([bytes]);
    expect(decoder.decode(bytes)).toMatchObject({ kind: 'next', value: { text: 'kept', author: null } });
  });

  test('gives up waiting when it is told to stop, and at once where waiting does not help', async () => {
    way.instead = { status: 503, body: '' };
    const stop = new AbortController();
    const patience = { clock: systemClock, signal: stop.signal, log: silentLogger, deadlineMs: 60_000 };
    const waiting = patientRegistry(at(way.url), patience).schema(1);
    while (way.asked.length < 2) await systemClock.sleep(5);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    way.instead = { status: 401, body: '' };
    const patient = patientRegistry(at(way.url), { ...patience, signal: new AbortController().signal });
    await expect(patient.schema(1)).rejects.toMatchObject({ code: 'HUB_SCHEMA_REGISTRY_REFUSED' });
  });
});

interface Way {
  readonly url: string;
  /** What passed, in order. */
  readonly asked: string[];
  /** Answered instead of asking the registry. */
  instead: { readonly status: number; readonly body: string } | null;
  close(): Promise<void>;
}

/** A way to the registry on which one sees what passes, and which can be cut. */
async function openWay(): Promise<Way> {
  const way: Way = { url: '', asked: [], instead: null, close: async () => {} };
  const http: HttpServer = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = decodeURIComponent(request.url ?? '');
    way.asked.push(`${request.method} ${path}`);
    if (way.instead !== null) return void response.writeHead(way.instead.status).end(way.instead.body);
    const answer = await fetch(`${server.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  return Object.assign(way, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      http.closeAllConnections();
      http.close();
    },
  });
}
