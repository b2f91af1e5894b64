import { describe, expect, test } from '@jest/globals';
import type { DedupIndex, Reach } from '../../../runtime/dedup-index/index.ts';
import { ask, entry, now, type OpenDedupIndex, queryOf, useIndex } from './fixture.ts';

export function marksContract(open: OpenDedupIndex): void {
  describe('marks', () => {
    const current = useIndex(open, 3);
    const reach = (from: number, to: number, over: Partial<Reach> = {}): Reach => ({
      partition: 0,
      from,
      to,
      stateOffset: from * 10,
      ...over,
    });
    const at = (n: number, keys: readonly number[] = [1]) => entry(`${n}`, keys, { at: now + n });
    const isCertain = async (index: DedupIndex) => (await index.neighbours([queryOf(at(9))]))[0]!.isCertain;
    const markOf = async (index: DedupIndex, partition: number) =>
      (await index.marks()).find((mark) => mark.partition === partition);

    test('say nothing of an index to which no turn has put', async () => {
      const index = current();
      await index.put([at(1)]);
      expect(await index.marks()).toEqual([]);
      expect(await isCertain(index)).toBe(true);
    });

    test('say how far turns that follow on each other went, in each partition, also where they put nothing', async () => {
      const index = current();
      await index.put([at(1)], [reach(0, 5), reach(0, 2, { partition: 7 })]);
      await index.put([], [reach(5, 6)]);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: true, from: 5, to: 6, stateOffset: 50 });
      expect(await markOf(index, 7)).toMatchObject({ isWhole: true, from: 0, to: 2, stateOffset: 0 });
      expect(await index.marks()).toHaveLength(2);
      expect(await isCertain(index)).toBe(true);
    });

    test('take a turn that was begun again by its last end', async () => {
      const index = current();
      await index.put([], [reach(0, 5)]);
      await index.put([], [reach(5, 90)]);
      await index.put([], [reach(5, 7)]);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: true, from: 5, to: 7 });
    });

    test('betray that a turn begins beyond the end of the last one, until what is missing was put back', async () => {
      const index = current();
      await index.put([at(1)], [reach(0, 5)]);
      await index.put([at(3)], [reach(8, 9)]);
      await index.put([at(4)], [reach(9, 11)]);
      expect(await isCertain(index)).toBe(false);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: false, stateOffset: 0, missedFrom: 0, to: 11 });
      const refill = await index.refill(0);
      expect(await refill.put([at(2)])).toBe(true);
      // What was committed before 7 says nothing of what a turn from 7 to 8 put.
      expect(await refill.done(7, 70)).toBe(false);
      expect(await isCertain(index)).toBe(false);
      expect(await refill.done(10, 100)).toBe(true);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: true, to: 11, stateOffset: 100 });
      expect(await isCertain(index)).toBe(true);
      expect((await ask(index, at(9))).earlier).toEqual(['4', '3', '2']);
    });

    test('know of an index that never held all that nothing was missed unseen', async () => {
      const index = current();
      await index.put([at(3)], [reach(8, 9)]);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: false, stateOffset: 0, missedFrom: null });
      const refill = await index.refill(0);
      expect(await refill.done(8, 80)).toBe(true);
      expect(await markOf(index, 0)).toMatchObject({ isWhole: true, from: 8, to: 9 });
    });

    test('of a partition whose turns rest are those of its refill', async () => {
      const index = current();
      const refill = await index.refill(3);
      await refill.put([at(1)]);
      expect(await refill.done(40, 400)).toBe(true);
      expect(await markOf(index, 3)).toMatchObject({ isWhole: true, from: 40, to: 40, stateOffset: 400 });
    });

    test('let the newer of two refills count', async () => {
      const index = current();
      const first = await index.refill(0);
      const second = await index.refill(0);
      expect(await first.put([at(1)])).toBe(false);
      expect(await first.done(5, 50)).toBe(false);
      expect(await second.put([at(2)])).toBe(true);
      expect(await second.done(5, 50)).toBe(true);
    });

    test('refuse a woken zombie: what a turn from before the last one puts changes nothing', async () => {
      const index = current();
      const moved = { ...at(1, [2]), version: 2 };
      await index.put([at(1)], [reach(0, 5)]);
      await index.put([moved], [reach(5, 9)]);
      await index.put([{ ...at(1), version: 3 }, at(2)], [reach(0, 9), reach(9, 12, { partition: 1 })]);
      expect((await ask(index, at(9), { keys: [1], laterKeys: [] })).earlier).toEqual([]);
      expect((await ask(index, at(9), { keys: [2], laterKeys: [] })).earlier).toEqual(['1']);
      expect(await markOf(index, 0)).toMatchObject({ from: 5, to: 9 });
      expect(await markOf(index, 1)).toBeUndefined();
    });

    test('let a refill be ignored only where a turn has put a higher version', async () => {
      const index = current();
      await index.put([{ ...at(1, [2]), version: 2 }], [reach(8, 9)]);
      const refill = await index.refill(0);
      await refill.put([at(1, [1]), at(2, [2])]);
      expect((await ask(index, at(9), { keys: [1, 2], laterKeys: [] })).earlier).toEqual(['2', '1']);
      expect((await ask(index, at(9), { keys: [1], laterKeys: [] })).earlier).toEqual([]);
    });
  });
}
