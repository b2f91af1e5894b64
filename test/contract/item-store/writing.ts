import { describe, expect, test } from '@jest/globals';
import type { Advance } from '../../../runtime/item-store/index.ts';
import type { RowOfItem, Rows } from '../../../runtime/item-store/rows.ts';
import { topics } from '../../../runtime/topics.ts';
import { exampleItem } from '../../../schemas/examples.ts';
import { a, b, type OpenItemStore, type Surroundings, useStore } from './fixture.ts';

const fenced = { code: 'HUB_LOG_FENCED' };

const advance = (from: number, next: number, partition = 1): Advance => ({
  topic: topics.items,
  partition,
  from,
  next,
  lastKey: `key ${next}`,
  lastAt: 1_773_187_953_000.5 + next,
});

export function writingContract(open: OpenItemStore): void {
  describe('writing', () => {
    const surroundings = useStore(open);
    const rowsWith = ({ serde }: Surroundings, itemId: string, status: string): Rows => {
      const row: RowOfItem = {
        itemId,
        baseId: `complaint-report:${itemId}`,
        recordId: itemId,
        partition: 1,
        source: 'complaint-report',
        itemClass: 'ORDINARY',
        category: 'URB.LAMP',
        lead: 'court',
        status,
        reportedAt: 1_773_187_953_000,
        title: 'lamp',
        clusterId: itemId,
        value: serde.encode('item', { ...exampleItem, itemId, status }),
      };
      return { items: [row], events: [], clusters: [], pairs: [] };
    };

    test('keeps how far it is, with what the last record was known by', async () => {
      const { writer, store } = surroundings();
      expect(await writer.reached()).toEqual([]);
      const first = { ...advance(0, 5), lastKey: null };
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [first, advance(0, 2, 3)]);
      await writer.apply(rowsWith(surroundings(), b, 'SIGNED'), [advance(2, 2 ** 40, 3)]);
      const { from: _, ...reached } = first;
      const { from: __, ...far } = advance(2, 2 ** 40, 3);
      const byPartition = (found: readonly { readonly partition: number }[]) =>
        [...found].sort((one, other) => one.partition - other.partition);
      expect(byPartition(await writer.reached())).toEqual([reached, far]);
      expect(byPartition(await store.reached())).toEqual([reached, far]);
    });

    test('refuses a batch that was applied before, and one that leaves something out', async () => {
      const { writer, store } = surroundings();
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(0, 2)]);
      for (const wrong of [advance(0, 2), advance(1, 2), advance(3, 4)])
        await expect(writer.apply(rowsWith(surroundings(), a, 'CLOSED'), [wrong])).rejects.toMatchObject(
          fenced,
        );
      expect(await store.counts()).toMatchObject({ total: 1, byStatus: { SIGNED: 1 } });
      expect(await store.reached()).toMatchObject([{ next: 2 }]);
    });

    test('changes nothing where only one of several partitions has moved on', async () => {
      const { writer, store } = surroundings();
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(0, 2)]);
      const both = [advance(0, 1, 3), advance(0, 3)];
      await expect(writer.apply(rowsWith(surroundings(), b, 'CLOSED'), both)).rejects.toMatchObject(fenced);
      await expect(
        writer.apply(rowsWith(surroundings(), b, 'CLOSED'), both.toReversed()),
      ).rejects.toMatchObject(fenced);
      expect(await store.reached()).toMatchObject([{ partition: 1, next: 2 }]);
      expect(await store.counts()).toMatchObject({ total: 1 });
    });

    test('takes all of a batch or nothing of it', async () => {
      const { writer, store } = surroundings();
      const good = rowsWith(surroundings(), a, 'SIGNED');
      const bad = { ...good, pairs: [{ ownerId: a, otherId: null as never, verdict: null }] };
      const broken = { ...bad, events: [{ itemId: a, seq: null as never, partition: 1, offset: 0 }] };
      await expect(writer.apply(broken, [advance(0, 1)])).rejects.toThrow();
      expect(await store.reached()).toEqual([]);
      expect(await store.counts()).toMatchObject({ total: 0 });
      await writer.apply(good, [advance(0, 1)]);
      expect(await store.counts()).toMatchObject({ total: 1 });
    });

    test('of two that write the same partition only one goes on, whichever it is', async () => {
      const { writer, store, rival } = surroundings();
      const other = await rival();
      try {
        // From the start, and where both have read on.
        for (let from = 0, round = 0; round < 3; round += 1) {
          const taken = await Promise.allSettled([
            writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(from, from + 1)]),
            other.apply(rowsWith(surroundings(), a, 'CLOSED'), [advance(from, from + 2)]),
          ]);
          expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
          expect(taken.find(({ status }) => status === 'rejected')).toMatchObject({ reason: fenced });
          const isFirst = taken[0]!.status === 'fulfilled';
          from += isFirst ? 1 : 2;
          expect(await store.reached()).toMatchObject([{ next: from }]);
          expect((await store.counts()).byStatus).toEqual({ [isFirst ? 'SIGNED' : 'CLOSED']: 1 });
        }
        // Partitions of their own they write side by side.
        const [next] = (await store.reached()).map((one) => one.next);
        await Promise.all([
          writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(next!, 9)]),
          other.apply(rowsWith(surroundings(), b, 'SIGNED'), [advance(0, 1, 2)]),
        ]);
        expect(await store.reached()).toHaveLength(2);
      } finally {
        await other.close();
      }
    });

    test('a store that was thrown away is empty and takes the first batch again', async () => {
      const { writer, store } = surroundings();
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(0, 1)]);
      await writer.reset();
      expect(await store.counts()).toMatchObject({ total: 0 });
      expect(await store.reached()).toEqual([]);
      await expect(
        writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(1, 2)]),
      ).rejects.toMatchObject(fenced);
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(0, 1)]);
      expect(await store.counts()).toMatchObject({ total: 1 });
    });

    test('is there again after a restart', async () => {
      const { writer, reopen } = surroundings();
      await writer.apply(rowsWith(surroundings(), a, 'SIGNED'), [advance(0, 1)]);
      await reopen();
      expect(await surroundings().store.counts()).toMatchObject({ total: 1 });
      expect(await surroundings().writer.reached()).toMatchObject([{ next: 1 }]);
    });
  });
}
