// Before the first test file of a run: listens for tests that ask for a shared server, and starts each when it is first asked for.
// A run without such tests starts none. What it started ends with this process, as all servers of tests do.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressVariable, type SharedServices } from './shared.ts';

type Starters = { readonly [Name in keyof SharedServices]: () => Promise<SharedServices[Name]> };

const starters: Starters = {
  kafka: async () => (await import('./kafka.ts')).startKafka(),
  registry: async () => (await import('./registry.ts')).startRegistry(),
  redis: async () => (await import('./redis.ts')).startRedis(),
  postgres: async () => (await import('./postgres.ts')).startPostgres(),
};

const started = new Map<string, Promise<unknown>>();

export default async function listenForTests(): Promise<void> {
  // Of an earlier run of the same `jest --watch`.
  if (process.env[addressVariable] !== undefined) return;
  const server = createServer(async (request, reply) => {
    // One that is kept open would keep the run from its end.
    reply.setHeader('connection', 'close');
    const name = request.url!.slice(1) as keyof SharedServices;
    try {
      const starting = started.get(name) ?? starters[name]();
      started.set(name, starting);
      reply.end(JSON.stringify(await starting));
    } catch (thrown) {
      reply.statusCode = 500;
      reply.end(thrown instanceof Error ? thrown.message : String(thrown));
    }
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  process.env[addressVariable] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
