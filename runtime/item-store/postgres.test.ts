import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { a, b, openSurroundings } from '../../test/contract/item-store/fixture.ts';
import { itemStoreContract, type OpenItemStore } from '../../test/contract/item-store.ts';
import { servicePort } from '../../test/services/port.ts';
import { startPostgres } from '../../test/services/postgres.ts';
import { freshInstance, shared } from '../../test/services/shared.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { postgresItemStore, postgresItemStoreWriter } from './postgres.ts';
import { openPostgresLink } from './postgres-link.ts';
import { postgresOptions } from './postgres-options.ts';
import { schemaOf } from './postgres-tables.ts';
import { followLog, runProjection } from './projection.ts';
import { projectedTopics } from './rows.ts';

let admin: pg.Pool;
let url: string;
beforeAll(async () => {
  ({ url } = await shared('postgres'));
  admin = new pg.Pool({ connectionString: url, max: 1 });
}, 120_000);
afterAll(() => admin.end());

const linkOf = (instance: string, address = url) =>
  openPostgresLink(postgresOptions.parse({ url: address }), instance, silentLogger);

const open: OpenItemStore = async (log, serde) => {
  const instance = freshInstance();
  const anew = async () => ({
    store: postgresItemStore(await linkOf(instance), log, serde),
    writer: postgresItemStoreWriter(await linkOf(instance)),
  });
  let sides = await anew();
  const closeSides = () => Promise.all([sides.store.close(), sides.writer.close()]);
  return {
    get store() {
      return sides.store;
    },
    get writer() {
      return sides.writer;
    },
    rival: async () => postgresItemStoreWriter(await linkOf(instance)),
    async reopen() {
      await closeSides();
      sides = await anew();
    },
    async close() {
      await closeSides();
      await admin.query(`DROP SCHEMA IF EXISTS "${schemaOf(instance)}" CASCADE`);
    },
  };
};

itemStoreContract('PostgreSQL', open, { histories: 15 });

describe('the tables in PostgreSQL', () => {
  const instances: string[] = [];
  const instance = () => {
    const name = freshInstance();
    instances.push(name);
    return name;
  };
  afterAll(async () => {
    for (const name of instances) await admin.query(`DROP SCHEMA IF EXISTS "${schemaOf(name)}" CASCADE`);
  });

  test('are made once by workers that start at once', async () => {
    const name = instance();
    const writers = await Promise.all(
      Array.from({ length: 6 }, async () => postgresItemStoreWriter(await linkOf(name))),
    );
    expect(await Promise.all(writers.map((writer) => writer.reached()))).toEqual(writers.map(() => []));
    const { rows } = await admin.query(`SELECT number FROM "${schemaOf(name)}".migration`);
    expect(rows).toEqual([{ number: 1 }, { number: 2 }]);
    await Promise.all(writers.map((writer) => writer.close()));
  });

  test('of a newer hub are refused, and left as they are', async () => {
    const name = instance();
    const writer = postgresItemStoreWriter(await linkOf(name));
    await writer.reached();
    await admin.query(`INSERT INTO "${schemaOf(name)}".migration (number) VALUES (99)`);
    const older = postgresItemStoreWriter(await linkOf(name));
    await expect(older.reached()).rejects.toMatchObject({
      code: 'HUB_DATA_FORMAT',
      message: expect.stringContaining('layout 99'),
    });
    await Promise.all([writer.close(), older.close()]);
  });

  test('of two instances never meet', async () => {
    const [one, other] = await Promise.all([openSurroundings(open), openSurroundings(open)]);
    await one.publish(a, a);
    await one.project();
    expect(await one.store.counts()).toMatchObject({ total: 1 });
    expect(await other.store.counts()).toMatchObject({ total: 0 });
    await Promise.all([one.close(), other.close()]);
    expect(schemaOf('hub')).toBe('hub');
    expect(schemaOf('east-side')).toBe('east_side_hub');
    expect(() => schemaOf('x'.repeat(60))).toThrow(expect.objectContaining({ code: 'HUB_CONFIG_INVALID' }));
  });

  test('that somebody drops are made again and filled', async () => {
    const there = await openSurroundings(async (log, serde) => {
      const name = instance();
      const store = postgresItemStore(await linkOf(name), log, serde);
      const writer = postgresItemStoreWriter(await linkOf(name));
      return {
        store,
        writer,
        rival: async () => writer,
        reopen: () => admin.query(`DROP SCHEMA "${schemaOf(name)}" CASCADE`).then(() => {}),
        close: () => Promise.all([store.close(), writer.close()]).then(() => {}),
      };
    });
    await there.publish(a, a);
    await there.project();
    await there.reopen();
    expect(await there.store.counts()).toMatchObject({ total: 0 });
    await there.project();
    expect(await there.store.counts()).toMatchObject({ total: 1 });
    await there.close();
  });
});

test('a PostgreSQL that is restarted is waited for, and nothing is taken in twice or left out', async () => {
  const port = String(await servicePort());
  let server = await startPostgres({ port });
  const there = await openSurroundings(async (log, serde) => {
    const [reading, writing] = await Promise.all([linkOf('hub', server.url), linkOf('hub', server.url)]);
    const [store, writer] = [postgresItemStore(reading, log, serde), postgresItemStoreWriter(writing)];
    return {
      store,
      writer,
      rival: async () => writer,
      reopen: async () => {},
      close: () => Promise.all([store.close(), writer.close()]).then(() => {}),
    };
  });
  const stop = new AbortController();
  const running = runProjection({
    ...there,
    store: there.writer,
    source: followLog(there.log, projectedTopics),
    clock: systemClock,
    signal: stop.signal,
    logger: silentLogger,
  });
  const untilThere = async (total: number) => {
    while ((await there.store.counts().catch(() => ({ total: -1 }))).total !== total)
      await Promise.race([systemClock.sleep(50), running]);
  };
  await there.publish(a, a);
  await untilThere(1);
  await server.stop();
  await expect(there.store.counts()).rejects.toMatchObject({ code: 'HUB_ITEM_STORE_UNAVAILABLE' });
  await there.publish(b, b);
  await there.publish(a, a, { status: 'CLOSED' });
  server = await startPostgres({ port });
  await untilThere(2);
  expect(await there.store.counts()).toMatchObject({ total: 2, byStatus: { CLOSED: 1 } });
  stop.abort();
  await running;
  await there.close();
  await server.stop();
}, 300_000);

describe('a PostgreSQL that refuses', () => {
  test.each([
    ['a database that is not there', { pathname: '/nowhere' }, 'HUB_ITEM_STORE_SETTING'],
    ['an account that is not there', { username: 'nobody' }, 'HUB_ITEM_STORE_SETTING'],
    ['a port where nobody listens', { port: '9' }, 'HUB_ITEM_STORE_UNAVAILABLE'],
  ])('because of %s is told as such, on both sides', async (_, change, code) => {
    const address = Object.assign(new URL(url), change);
    const link = await linkOf(freshInstance(), address.href);
    const store = postgresItemStore(link, null as never, null as never);
    await expect(store.counts()).rejects.toMatchObject({ code });
    await expect(postgresItemStoreWriter(link).reached()).rejects.toMatchObject({ code });
    await link.close();
  });
});
