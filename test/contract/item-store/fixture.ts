import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from '@jest/globals';
import { systemClock } from '../../../runtime/clock.ts';
import { pairKey } from '../../../runtime/core/link-records.ts';
import { openSerde, type Serde } from '../../../runtime/core/serde.ts';
import type { ItemStore, ItemStoreWriter } from '../../../runtime/item-store/index.ts';
import { progressOf } from '../../../runtime/item-store/progress.ts';
import { followLog, runProjection } from '../../../runtime/item-store/projection.ts';
import { projectedTopics } from '../../../runtime/item-store/rows.ts';
import type { EmbeddedLog } from '../../../runtime/log/embedded.ts';
import type { Log } from '../../../runtime/log/index.ts';
import { embeddedSchemaRegistry } from '../../../runtime/schema-registry/embedded.ts';
import { silentLogger } from '../../../runtime/telemetry.ts';
import { topicSpecs, topics } from '../../../runtime/topics.ts';
import { exampleEvent, exampleItem, exampleLinkRecord } from '../../../schemas/examples.ts';
import type { Item, ItemEvent, PairFact } from '../../../schemas/types.ts';
import { openEmbedded } from '../../support/embedded-log.ts';

export interface OpenedItemStore {
  readonly store: ItemStore;
  readonly writer: ItemStoreWriter;
  /** Another writer of the same store, as a worker has it that takes this one for dead. */
  rival(): Promise<ItemStoreWriter>;
  /** As after a restart: both sides anew over what is stored. */
  reopen(): Promise<void>;
  /** Frees what `open` took. */
  close(): Promise<void>;
}

/** A fresh, empty store of what lies in `log`. */
export type OpenItemStore = (log: Pick<Log, 'read'>, serde: Serde) => Promise<OpenedItemStore>;

export const uuid = (digit: number): string => `${digit}0000000-0000-5000-8000-000000000000`;
export const [a, b, c] = [uuid(1), uuid(2), uuid(3)];
export const nowhere = { items: [], events: [], clusters: [], pairs: [] } as const;

/** A log to publish on, and a store that is made from it. Its partitions are numbered by the first digit of the item's id. */
export interface Surroundings extends OpenedItemStore {
  readonly log: EmbeddedLog;
  readonly serde: Serde;
  append(topic: string, partition: number, key: string, value: Uint8Array | null): Promise<void>;
  publish(itemId: string, clusterId: string, over?: Partial<Item>): Promise<void>;
  event(itemId: string, seq: number, over?: Partial<ItemEvent>): Promise<void>;
  /** Null takes the verdict back. */
  pair(ownerId: string, otherId: string, over: Partial<PairFact> | null): Promise<void>;
  /** Until everything is taken in. */
  project(): Promise<void>;
}

export async function openSurroundings(open: OpenItemStore): Promise<Surroundings> {
  const opened = await openEmbedded();
  const log = opened.log as EmbeddedLog;
  await log.ensureTopics(topicSpecs(4, ['complaint-report'], []));
  const serde = await openSerde(embeddedSchemaRegistry(new DatabaseSync(':memory:')));
  const own = await open(log, serde);
  let at = 0;

  async function append(topic: string, partition: number, key: string, value: Uint8Array | null) {
    const producer = await log.producer('test');
    const transaction = producer.begin();
    at += 1;
    transaction.append(topic, partition, [{ key, value, timestamp: at }]);
    await transaction.commit();
    await producer.close();
  }

  return {
    get store() {
      return own.store;
    },
    get writer() {
      return own.writer;
    },
    rival: () => own.rival(),
    reopen: () => own.reopen(),
    async close() {
      await own.close();
      await opened.close();
    },
    log,
    serde,
    append,
    publish: (itemId, clusterId, over = {}) =>
      append(
        topics.items,
        Number(itemId[0]) % 4,
        itemId,
        serde.encode('item', itemOf(itemId, clusterId, over)),
      ),
    event: (itemId, seq, over = {}) =>
      append(
        topics.events,
        Number(itemId[0]) % 4,
        itemId,
        serde.encode('item-event', { ...exampleEvent, itemId, seq, ...over }),
      ),
    pair: (ownerId, otherId, over) =>
      append(
        topics.links,
        0,
        pairKey(ownerId, otherId),
        over && serde.encode('link-record', pairOf(ownerId, otherId, over)),
      ),
    async project() {
      const stop = new AbortController();
      const running = runProjection({
        store: own.writer,
        source: followLog(log, projectedTopics),
        log,
        serde,
        clock: systemClock,
        signal: stop.signal,
        logger: silentLogger,
      });
      while ((await progressOf(log, own.store)).behind > 0)
        await Promise.race([systemClock.sleep(2), running]);
      stop.abort();
      await running;
    },
  };
}

function itemOf(itemId: string, clusterId: string, over: Partial<Item>): Item {
  const source = { ...exampleItem.source, recordId: `R${itemId[0]}` };
  return { ...exampleItem, itemId, clusterId, source, primaryItemId: null, ...over };
}

function pairOf(ownerId: string, otherId: string, over: Partial<PairFact>) {
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
  return { ...exampleLinkRecord, item: null, pair: { ...verdict, ...over } };
}

/** Surroundings for each test of the enclosing `describe`. */
export function useStore(open: OpenItemStore): () => Surroundings {
  let opened: Surroundings;
  beforeEach(async () => {
    opened = await openSurroundings(open);
  });
  afterEach(() => opened.close());
  return () => opened;
}

export const idsOf = (found: readonly { readonly itemId: string }[]) =>
  found.map(({ itemId }) => itemId).sort();
