import { describe, expect, test } from '@jest/globals';
import { byOrderKey, type IndexEntry } from '../../../runtime/dedup-index/index.ts';
import { seededRandom } from '../../simulation/random.ts';
import { ask, entry, now, type OpenDedupIndex, useIndex } from './fixture.ts';

/** Enough that a block needs more than one page, shelf or bucket, whatever a form makes it of. */
const many = 400;

export function nearestContract(open: OpenDedupIndex): void {
  describe('the nearest of a block', () => {
    const k = 3;
    const current = useIndex(open, k);
    const at = (n: number, keys: readonly number[] = [1]) => entry(`${n}`, keys, { at: now + n });

    test.each(['first to last', 'last to first', 'shuffled'])(
      'are the same when items arrive %s',
      async (order) => {
        const index = current();
        const items = Array.from({ length: many }, (_, n) => at(n));
        const random = seededRandom(7, order);
        const arriving = items.map((item, n) => ({ item, turn: order === 'shuffled' ? random.next() : n }));
        arriving.sort((a, b) => (order === 'last to first' ? b.turn - a.turn : a.turn - b.turn));
        for (let from = 0; from < many; from += 16)
          await index.put(arriving.slice(from, from + 16).map(({ item }) => item));
        for (const n of [0, 1, 2, 3, 4, 63, 64, 65, 200, 397, 398, 399]) {
          const earlier = [n - 1, n - 2, n - 3].filter((other) => other >= 0).map(String);
          const later = [1, 2, 3]
            .map((step) => n + step)
            .filter((other) => other < many)
            .map((other) => `${other}${other > k ? '*' : ''}`);
          expect(await ask(index, items[n]!)).toEqual({ earlier, later });
        }
      },
    );

    test('are in the order of item ids where they were reported in the same millisecond', async () => {
      const index = current();
      const items = Array.from({ length: 10 }, (_, n) => entry(`${n}`, [1]));
      await index.put(items);
      const sorted = items.toSorted(byOrderKey);
      const names = (list: readonly IndexEntry[]) => list.map(({ baseId }) => baseId.slice(5));
      for (const [place, item] of sorted.entries()) {
        const { earlier, later } = await ask(index, item);
        expect(earlier).toEqual(names(sorted.slice(Math.max(0, place - k), place).reverse()));
        expect(later.map((name) => name.replace('*', ''))).toEqual(
          names(sorted.slice(place + 1, place + 1 + k)),
        );
      }
    });

    test('are K for each block, each item once though it shares several keys, nearest first', async () => {
      const index = current();
      await index.put([
        ...[1, 4, 7, 10].map((n) => at(n, [1])),
        ...[2, 5, 8, 11].map((n) => at(n, [2])),
        ...[3, 6].map((n) => at(n, [1, 2])),
      ]);
      expect((await ask(index, at(20, [1, 2, 3]))).earlier).toEqual(['11', '10', '8', '7', '6']);
      expect((await ask(index, at(0, [1, 2]))).later).toEqual(['1', '2', '3', '4', '5']);
    });

    test('never hold an item of the same base record, nor count it', async () => {
      const index = current();
      const generation = (number: number) =>
        entry('twice', [1], { at: now + number, generation: number, version: number });
      await index.put([at(0), at(-1), at(-2), generation(1), generation(2), generation(3)]);
      expect((await ask(index, generation(4))).earlier).toEqual(['0', '-1', '-2']);
      // Four items lie between, all of one record: for a further item of it 0 is still among the three nearest.
      await index.put([generation(4)]);
      expect((await ask(index, at(0))).later).toEqual(['twice', 'twice', 'twice', 'twice']);
      expect((await ask(index, at(9))).earlier).toEqual(['twice', 'twice', 'twice']);
    });

    test('change for later items when one comes late, which says whom it moves out', async () => {
      const index = current();
      await index.put([at(10), at(20), at(30), at(40), at(50)]);
      await index.put([at(25)]);
      expect(await ask(index, at(25))).toEqual({ earlier: ['20', '10'], later: ['30', '40*', '50*'] });
      await index.put([at(5)]);
      expect(await ask(index, at(5))).toEqual({ earlier: [], later: ['10', '20', '25'] });
      expect((await ask(index, at(40))).earlier).toEqual(['30', '25', '20']);
    });

    test('change for later items when one leaves the block, which says whom it lets in', async () => {
      const index = current();
      await index.put([at(10), at(20), at(25), at(30), at(40), at(50)]);
      const moved = { ...at(25, [2]), version: 2 };
      await index.put([moved, at(26, [2])]);
      expect(await ask(index, moved, { laterKeys: [1, 2] })).toEqual({
        earlier: [],
        later: ['26', '30', '40*', '50*'],
      });
    });

    test('are looked for only where asked: earlier ones in `keys`, later ones in `laterKeys`', async () => {
      const index = current();
      await index.put([at(1, [1]), at(2, [2]), at(4, [1]), at(5, [2]), at(3, [1, 2])]);
      expect(await ask(index, at(3), { keys: [1], laterKeys: [2] })).toEqual({
        earlier: ['1'],
        later: ['5'],
      });
      expect(await ask(index, at(3), { keys: [], laterKeys: [1] })).toEqual({ earlier: [], later: ['4'] });
      expect(await ask(index, at(3), { keys: [2, 1], laterKeys: [] })).toEqual({
        earlier: ['2', '1'],
        later: [],
      });
    });

    test('are mutual: an item is among the later ones of exactly those that it finds earlier', async () => {
      const index = current();
      const random = seededRandom(11, 'mutual');
      const items = Array.from({ length: 120 }, (_, n) =>
        entry(`${n}`, random.chance(0.5) ? [1, 2] : [1 + random.below(2)], { at: now + random.below(60) }),
      );
      await index.put(items);
      const found = new Map<string, Awaited<ReturnType<typeof ask>>>();
      for (const item of items) found.set(item.baseId.slice(5), await ask(index, item));
      for (const [name, { earlier }] of found)
        for (const other of earlier)
          expect(found.get(other)!.later.map((later) => later.replace('*', ''))).toContain(name);
      const count = (list: 'earlier' | 'later') =>
        [...found.values()].reduce((sum, each) => sum + each[list].length, 0);
      expect(count('later')).toBe(count('earlier'));
    });
  });
}
