import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exampleEvent, exampleItem, exampleLinkRecord } from '../../schemas/examples.ts';
import type { Item, PairFact } from '../../schemas/types.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { clusterIdOf } from '../core/ids.ts';
import { pairKey } from '../core/link-records.ts';
import { openSerde, type Serde } from '../core/serde.ts';
import { openDatabase } from '../embedded/database.ts';
import { EmbeddedLog } from '../log/embedded.ts';
import { lag } from '../log/lag.ts';
import { embeddedSchemaRegistry } from '../schema-registry/embedded.ts';
import { silentLogger } from '../telemetry.ts';
import { topicSpecs, topics } from '../topics.ts';
import { type ItemStore, openItemStore } from './embedded.ts';
import { projectedTopics, runProjection } from './projection.ts';
import { prepareItemStore, projectionGroup } from './tables.ts';

const uuid = (digit: number): string => `${digit}0000000-0000-5000-8000-000000000000`;
const [a, b, c] = [uuid(1), uuid(2), uuid(3)];
const [old, present] = [uuid(8), uuid(9)];

let folder: ReturnType<typeof temporaryFolder>;
let database: DatabaseSync;
let log: EmbeddedLog;
let serde: Serde;
let store: ItemStore;

beforeEach(async () => {
  folder = temporaryFolder();
  database = openDatabase(folder.path, 'write');
  log = new EmbeddedLog(database, { clock: systemClock, mode: 'write' });
  await log.ensureTopics(topicSpecs(4, ['complaint-report'], []));
  serde = await openSerde(embeddedSchemaRegistry(database));
  prepareItemStore(database);
  store = openItemStore(database, log, serde);
});
afterEach(async () => {
  await log.close();
  database.close();
  folder.remove();
});

async function append(topic: string, partition: number, key: string, value: Uint8Array | null) {
  const producer = await log.producer('test');
  const transaction = producer.begin();
  transaction.append(topic, partition, [{ key, value, timestamp: 1 }]);
  await transaction.commit();
  await producer.close();
}

const publish = (itemId: string, clusterId: string, over: Partial<Item> = {}) => {
  const source = { ...exampleItem.source, recordId: `R${itemId[0]}` };
  const item = { ...exampleItem, itemId, clusterId, source, ...over };
  return append(topics.items, Number(itemId[0]), itemId, serde.encode('item', item));
};

const pair = (ownerId: string, otherId: string, over: Partial<PairFact> | null) => {
  const verdict: PairFact = {
    ownerId,
    otherId,
    ownerHash: '',
    otherHash: '',
    outcome: 'SUGGESTED',
    relation: 'SAME_MATTER',
    score: 0.8,
    word: 'NONE',
    saidAt: null,
  };
  const record = { ...exampleLinkRecord, item: null, pair: { ...verdict, ...over } };
  const value = over === null ? null : serde.encode('link-record', record);
  return append(topics.links, 0, pairKey(ownerId, otherId), value);
};

/** Until everything is taken in. */
async function project(): Promise<void> {
  const stop = new AbortController();
  const running = runProjection({
    database,
    log,
    serde,
    clock: systemClock,
    signal: stop.signal,
    logger: silentLogger,
  });
  while ((await lag(log, projectionGroup, projectedTopics)) > 0)
    await Promise.race([systemClock.sleep(2), running]);
  stop.abort();
  await running;
}

const idsOf = (found: readonly { readonly itemId: string }[]) => found.map(({ itemId }) => itemId).sort();

describe('the item store', () => {
  test('takes in topics of four partitions and one of one, and goes on where it stopped', async () => {
    await publish(a, a);
    await publish(b, b);
    await publish(c, c);
    await append(topics.events, 1, a, serde.encode('item-event', { ...exampleEvent, itemId: a, seq: 1 }));
    await pair(b, a, {});
    await project();
    expect(await store.events(a)).toHaveLength(1);
    expect(await store.suggestedPairs()).toHaveLength(1);
    await pair(c, a, {});
    await project();
    expect((await store.suggestedPairs()).map(({ owner }) => owner.itemId).sort()).toEqual([b, c]);
  });

  test('finds items by each cluster id that they ever had, also those between two looks', async () => {
    const alone = clusterIdOf(b);
    const follows = (primaryItemId: string) => ({ primaryItemId });
    await publish(a, old, { primaryItemId: null });
    await publish(b, alone, { primaryItemId: null });
    await publish(b, old, follows(a));
    await publish(b, present, follows(c));
    await publish(c, present, { primaryItemId: null });
    await project();
    expect(idsOf(await store.ofCluster(old))).toEqual([a, b]);
    expect(idsOf(await store.ofCluster(present))).toEqual([b, c]);
    expect(idsOf(await store.find(alone))).toEqual([b]);
    expect(idsOf(await store.find(clusterIdOf(c)))).toEqual([c]);
    expect(idsOf(await store.find(old.toUpperCase()))).toEqual([a, b]);
    expect(idsOf(await store.find(a))).toEqual([a]);
    expect(await store.find(uuid(7))).toEqual([]);
  });

  test('counts by class, status and who leads; a member that follows another item burdens nobody', async () => {
    const routed = (leadDepartment: string) => ({ route: { ...exampleItem.route, leadDepartment } });
    const major = { classification: { ...exampleItem.classification, itemClass: 'MAJOR' as const } };
    await publish(a, a, { ...routed('court'), ...major, status: 'SUBMITTED' });
    await publish(b, b, { ...routed('health'), status: 'DISPATCHED' });
    await publish(c, a, { ...routed('court'), status: 'LINKED' });
    await project();
    const { total, byClass, byStatus, byLead, unsignedMajor } = await store.counts();
    expect({ total, byStatus, byLead, unsignedMajor }).toEqual({
      total: 3,
      byStatus: { SUBMITTED: 1, DISPATCHED: 1, LINKED: 1 },
      byLead: { court: 1, health: 1 },
      unsignedMajor: 1,
    });
    expect(byClass.MAJOR).toBe(1);
  });

  test('finds an item that was always alone by the cluster id that it has', async () => {
    await publish(a, clusterIdOf(a), { primaryItemId: null });
    await project();
    expect(idsOf(await store.find(clusterIdOf(a)))).toEqual([a]);
    expect(await store.ofCluster(clusterIdOf(a))).toEqual([]);
  });

  test('holds the last verdict on a pair, with what each item is at present', async () => {
    await publish(a, a, { status: 'CLOSED' });
    await publish(b, present);
    await pair(b, a, {});
    await pair(b, a, { outcome: 'MADE' });
    await project();
    const found = await store.pairsOf(a);
    expect(found).toMatchObject([
      {
        outcome: 'MADE',
        owner: { itemId: b, baseId: 'hotline-12345:R2', partition: 2, clusterId: present },
        other: { itemId: a, partition: 1, clusterId: a, status: 'CLOSED' },
      },
    ]);
    expect(await store.pairsOf(b)).toEqual(found);
    expect(await store.suggestedPairs()).toEqual([]);
  });

  test('knows which clusters a person keeps apart, and forgets a verdict that is taken back', async () => {
    await publish(a, a);
    await publish(b, b);
    await pair(b, a, { word: 'UNLINK' });
    await project();
    expect(await store.unlinkedClusters()).toEqual([[b, a]]);
    expect(await store.suggestedPairs()).toEqual([]);
    await pair(b, a, null);
    await project();
    expect(await store.unlinkedClusters()).toEqual([]);
    expect(await store.pairsOf(a)).toEqual([]);
  });

  test('fills tables of an older layout anew, and until then says that it cannot be read', async () => {
    await publish(a, a);
    await project();
    database.exec('UPDATE store_layout SET version = 1; DELETE FROM store_item');
    await expect(openItemStore(database, log, serde).counts()).rejects.toMatchObject({
      code: 'HUB_DATA_FORMAT',
    });
    prepareItemStore(database);
    database.exec(`DELETE FROM group_offset WHERE group_id = '${projectionGroup}'`);
    await project();
    expect(await store.counts()).toMatchObject({ total: 1 });
  });
});
