import { describe, expect, test } from '@jest/globals';
import { maxFeatureBytes, maxKeys } from '../../../runtime/dedup-index/index.ts';
import { ask, copyOf, day, entry, minute, now, type OpenDedupIndex, queryOf, useIndex } from './fixture.ts';

export function puttingContract(open: OpenDedupIndex): void {
  describe('putting', () => {
    const current = useIndex(open, 3);

    test('keeps every field of an entry, from the smallest to the largest', async () => {
      const index = current();
      const largest = entry('投诉/2026-№1 🏙️', [], {
        version: 2 ** 48 - 1,
        keys: [0, 0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 1, 2, 3, 4, 5, 6, 7, 8],
        features: Uint8Array.from({ length: maxFeatureBytes }, (_, i) => 255 - i),
      });
      expect(largest.keys).toHaveLength(maxKeys);
      const smallest = entry('', [8], {
        at: now - minute,
        version: 0,
        ingestedAt: now - 3 * day,
        features: new Uint8Array(0),
      });
      const others = [entry('no-keys', []), entry('long'.repeat(200), [7])];
      await index.put([largest, smallest, ...others]);
      const asking = entry('asking', [0, 7, 8], { at: now + minute });
      const [found] = await index.neighbours([queryOf(asking)]);
      const byId = new Map(found!.earlier.map((each) => [each.itemId, copyOf(each)]));
      for (const each of [largest, smallest, others[1]!]) expect(byId.get(each.itemId)).toEqual(copyOf(each));
      expect(byId.size).toBe(3);
    });

    test('keeps what was put, not what the caller later makes of its buffers', async () => {
      const index = current();
      const features = new Uint8Array([1, 2, 3]);
      const keys = [5];
      await index.put([entry('a', keys, { features })]);
      features.fill(9);
      keys[0] = 6;
      const asking = entry('b', [5, 6], { at: now + 1 });
      const [found] = await index.neighbours([queryOf(asking)]);
      expect(copyOf(found!.earlier[0]!)).toMatchObject({ keys: [5], features: '010203' });
    });

    test('replaces an entry by one of the same or a higher version and ignores a lower one', async () => {
      const index = current();
      const asking = entry('asking', [1], { at: now + 1 });
      const standing = async () => (await index.neighbours([queryOf(asking)]))[0]!.earlier.map(copyOf);
      const version = (number: number, letter: string) =>
        entry('a', [1], { version: number, features: new TextEncoder().encode(letter) });
      const steps = [version(3, 'x'), version(2, 'y'), version(3, 'zz'), version(9, 'longer than before')];
      for (const [i, stands] of [0, 0, 2, 3].entries()) {
        await index.put([steps[i]!]);
        expect(await standing()).toEqual([copyOf(steps[stands]!)]);
      }
      await index.put([version(11, 'in one'), version(10, 'call')]);
      expect(await standing()).toEqual([copyOf(version(11, 'in one'))]);
    });

    test('moves an item whose keys have changed from its old blocks to its new ones', async () => {
      const index = current();
      const asking = entry('asking', [1], { at: now + 1 });
      const under = (key: number) => ask(index, asking, { keys: [key], laterKeys: [] });
      await index.put([entry('a', [1, 2, 3]), entry('b', [2], { at: now - 1 })]);
      await index.put([entry('a', [4, 3], { version: 2 })]);
      expect((await under(1)).earlier).toEqual([]);
      expect((await under(2)).earlier).toEqual(['b']);
      expect((await under(3)).earlier).toEqual(['a']);
      expect((await under(4)).earlier).toEqual(['a']);
      await index.put([entry('a', [1], { version: 1 })]);
      expect((await under(1)).earlier).toEqual([]);
      await index.put([entry('a', [], { version: 3 })]);
      expect((await under(4)).earlier).toEqual([]);
    });

    test('puts an item whose order key has changed where it belongs now', async () => {
      const index = current();
      const asking = entry('asking', [1], { at: now + 10 });
      await index.put([0, 1, 2, 3].map((n) => entry(`${n}`, [1], { at: now + n })));
      await index.put([entry('0', [1], { at: now + 5, version: 2 })]);
      expect((await ask(index, asking)).earlier).toEqual(['0', '3', '2']);
    });

    test('keeps blocks apart whose keys are alike in many bits, and joins only those whose keys are equal', async () => {
      const index = current();
      const alike = Array.from({ length: 32 }, (_, bit) => (0x5bd1_e995 ^ (1 << bit)) >>> 0);
      const keys = [0x5bd1_e995, ...alike, 0, 1, 0xffff_ffff];
      await index.put(keys.map((key) => entry(`${key}`, [key])));
      const asking = entry('asking', [], { at: now + 1 });
      for (const key of keys) expect((await ask(index, asking, { keys: [key] })).earlier).toEqual([`${key}`]);
      // Two matters whose texts have the same hash by chance: they are shown to each other, and nothing else happens.
      await index.put([entry('chance', [0], { at: now - 1 })]);
      expect((await ask(index, asking, { keys: [0] })).earlier).toEqual(['0', 'chance']);
    });

    test('answers nothing to nothing', async () => {
      const index = current();
      expect(await index.neighbours([])).toEqual([]);
      await index.put([]);
      await index.put([entry('a', [1])]);
      const asking = entry('b', [], { at: now + 1 });
      expect(await ask(index, asking)).toEqual({ earlier: [], later: [] });
      expect(await ask(index, asking, { keys: [2], laterKeys: [3] })).toEqual({ earlier: [], later: [] });
    });

    test('answers each of many questions in its place', async () => {
      const index = current();
      const items = Array.from({ length: 40 }, (_, n) => entry(`${n}`, [n % 4], { at: now + n }));
      await index.put(items);
      const found = await index.neighbours(items.map((item) => queryOf(item, { laterKeys: [] })));
      expect(found.map(({ earlier }) => earlier[0]?.baseId ?? null)).toEqual(
        items.map((_, n) => (n < 4 ? null : `test:${n - 4}`)),
      );
    });
  });
}
