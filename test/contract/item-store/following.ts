import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Positions } from '../../../runtime/item-store/positions.ts';
import { progressOf } from '../../../runtime/item-store/progress.ts';
import { projectedTopics, rowsOf } from '../../../runtime/item-store/rows.ts';
import { warnedItems } from '../../../runtime/item-store/warned-items.ts';
import type { LogRecord } from '../../../runtime/log/index.ts';
import { silentLogger } from '../../../runtime/telemetry.ts';
import { topics } from '../../../runtime/topics.ts';
import { exampleItem } from '../../../schemas/examples.ts';
import {
  a,
  b,
  c,
  type OpenItemStore,
  openSurroundings,
  type Surroundings,
  useStore,
  uuid,
} from './fixture.ts';

export function followingContract(open: OpenItemStore, histories: number): void {
  describe('following the log', () => {
    const surroundings = useStore(open);

    test('takes in topics of four partitions and one of one, and goes on where it stopped', async () => {
      const { publish, event, pair, project, store } = surroundings();
      for (const itemId of [a, b, c]) await publish(itemId, itemId);
      await event(a, 1);
      await pair(b, a, {});
      await project();
      expect(await store.events(a)).toHaveLength(1);
      expect(await store.suggestedPairs()).toHaveLength(1);
      await pair(c, a, {});
      await project();
      expect((await store.suggestedPairs()).map(({ owner }) => owner.itemId)).toEqual([b, c]);
    });

    test('says how far it is', async () => {
      const { publish, project, store, log, writer } = surroundings();
      expect(await progressOf(log, store)).toEqual({ behind: 0, total: 0 });
      await publish(a, a);
      await publish(b, b);
      expect(await progressOf(log, store)).toEqual({ behind: 2, total: 2 });
      await project();
      await publish(c, c);
      expect(await progressOf(log, store)).toEqual({ behind: 1, total: 3 });
      await writer.reset();
      expect(await progressOf(log, store)).toEqual({ behind: 3, total: 3 });
    });

    test('has no answer about items under a warning before it has taken in all that was published by then', async () => {
      const { publish, project, store, log, writer } = surroundings();
      const query = { categories: ['SEA.LOST'], reportedFrom: 0, reportedTo: 2 };
      const ends = () =>
        Promise.all(
          [0, 1, 2, 3].map(async (partition) => ({
            topic: topics.items,
            partition,
            end: (await log.range(topics.items, partition)).end,
          })),
        );
      const look = warnedItems(log, store);
      expect(await look.page(query, '', 10, await ends())).toEqual([]);
      const category = { ...exampleItem.category, code: 'SEA.LOST' };
      await publish(a, a, { category, reportedAt: 1 });
      const then = await ends();
      expect(await look.page(query, '', 10, then)).toBeNull();
      await project();
      expect(await look.page(query, '', 10, then)).toMatchObject([{ itemId: a }]);
      await publish(b, b, { category, reportedAt: 1 });
      expect(await look.page(query, '', 10, then)).toHaveLength(1);
      expect(await look.page(query, '', 10, await ends())).toBeNull();
      await writer.reset();
      expect(await look.page(query, '', 10, then)).toBeNull();
    });

    test('leaves out what is not ours, and goes on behind it', async () => {
      const { publish, append, event, pair, project, store } = surroundings();
      await append(topics.items, 1, a, Buffer.from('a letter'));
      await append(topics.events, 1, a, Buffer.from([0, 0, 0, 99, 99, 1]));
      await append(topics.links, 0, `${b}/${a}`, Buffer.from([0]));
      await append(topics.items, 1, a, null);
      await publish(a, a);
      await publish(b, b);
      await event(a, 1);
      await project();
      expect(await store.counts()).toMatchObject({ total: 2 });
      expect(await store.events(a)).toHaveLength(1);
      expect(await store.pairsOf(a)).toEqual([]);
      await pair(b, a, {});
      await project();
      expect(await store.pairsOf(a)).toHaveLength(1);
    });

    test('begins anew on a log that ends before, or that has grown again by other records', async () => {
      const { publish, project, reopen } = surroundings();
      await publish(a, a);
      await publish(a, a, { status: 'SIGNED' });
      await publish(b, b);
      await project();
      for (const others of [1, 3]) {
        // The same store over another log.
        const elsewhere = await openSurroundings(async () => ({
          store: surroundings().store,
          writer: surroundings().writer,
          rival: () => surroundings().rival(),
          reopen: () => surroundings().reopen(),
          close: async () => {},
        }));
        try {
          for (let n = 0; n < others; n += 1) await elsewhere.publish(uuid(5), uuid(5), { status: 'CLOSED' });
          await elsewhere.project();
          expect(await surroundings().store.counts()).toMatchObject({ total: 1, byStatus: { CLOSED: 1 } });
        } finally {
          await elsewhere.close();
        }
      }
      await reopen();
      await project();
      expect(await surroundings().store.counts()).toMatchObject({ total: 2 });
    });

    test('comes to the same whatever the batches, the order of the partitions, repeats and restarts', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(deed, { minLength: 1, maxLength: 30 }),
          fc.array(step, { maxLength: 60 }),
          async (deeds, steps) => {
            const calm = await openSurroundings(open);
            const wild = await openSurroundings(open);
            try {
              for (const one of deeds) for (const to of [calm, wild]) await doDeed(to, one);
              await calm.project();
              await walk(wild, steps);
              await wild.project();
              expect(await contents(wild)).toEqual(await contents(calm));
            } finally {
              await calm.close();
              await wild.close();
            }
          },
        ),
        { numRuns: histories },
      );
    }, 300_000);
  });
}

const digit = fc.integer({ min: 1, max: 6 });
const deed = fc.oneof(
  fc.record({
    what: fc.constant('publish' as const),
    item: digit,
    cluster: digit,
    leader: fc.option(digit),
    status: fc.constantFrom('SUBMITTED', 'SIGNED', 'CLOSED'),
  }),
  fc.record({ what: fc.constant('event' as const), item: digit, seq: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    what: fc.constant('pair' as const),
    item: digit,
    other: digit,
    outcome: fc.option(fc.constantFrom('SUGGESTED' as const, 'MADE' as const)),
  }),
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

function doDeed({ publish, event, pair }: Surroundings, one: Deed): Promise<void> {
  const itemId = uuid(one.item);
  if (one.what === 'event') return event(itemId, one.seq);
  if (one.what === 'pair')
    return pair(itemId, uuid(one.other), one.outcome === null ? null : { outcome: one.outcome });
  const primaryItemId = one.leader === null ? null : uuid(one.leader);
  return publish(itemId, uuid(one.cluster), { status: one.status, primaryItemId });
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('take' as const),
      place: fc.nat({ max: 8 }),
      max: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('repeat' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('restart' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Takes in some of the log: batches of any size from any partition, the last of them once more, with restarts between. */
async function walk(there: Surroundings, steps: readonly Step[]): Promise<void> {
  const { log, serde } = there;
  const toRows = rowsOf(serde, silentLogger);
  const places = projectedTopics.flatMap((topic) =>
    [0, 1, 2, 3]
      .filter((at) => topic !== topics.links || at === 0)
      .map((partition) => ({ topic, partition })),
  );
  let again: (() => Promise<void>) | null = null;
  for (const one of steps) {
    if (one.what === 'restart') await there.reopen();
    else if (one.what === 'repeat') await again?.();
    else {
      const { topic, partition } = places[one.place]!;
      const positions = new Positions(await there.writer.reached());
      const records: readonly LogRecord[] = await log.read(
        topic,
        partition,
        positions.next(topic, partition),
        one.max,
      );
      if (records.length === 0) continue;
      const [rows, advances] = [await toRows(records), positions.after(records)];
      await there.writer.apply(rows, advances);
      again = () =>
        expect(there.writer.apply(rows, advances)).rejects.toMatchObject({ code: 'HUB_LOG_FENCED' });
    }
  }
}

/** All that can be read of a store. */
async function contents({ store }: Surroundings) {
  const ids = [1, 2, 3, 4, 5, 6].map(uuid);
  const each = async <T>(read: (id: string) => Promise<T>) => Promise.all(ids.map(read));
  return {
    items: await store.search({ limit: 1_000 }),
    counts: await store.counts(),
    clusters: await each(async (id) => (await store.ofCluster(id)).map(({ itemId }) => itemId)),
    events: await each((id) => store.events(id)),
    pairs: await each((id) => store.pairsOf(id)),
    reached: (await store.reached())
      .map(({ topic, partition, next }) => `${topic}/${partition}@${next}`)
      .sort(),
  };
}
