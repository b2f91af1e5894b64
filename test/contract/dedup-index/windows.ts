import { describe, expect, test } from '@jest/globals';
import { ingestedWindowMs, lagMs, reportedWindowMs } from '../../../runtime/dedup-index/index.ts';
import { ask, day, entry, now, type OpenDedupIndex, useIndex } from './fixture.ts';

export function windowContract(open: OpenDedupIndex): void {
  describe('the windows', () => {
    const k = 2;
    const current = useIndex(open, k);
    const item = (name: string, at: number, ingestedAt = now) => entry(name, [1], { at, ingestedAt });

    test('let a pair be 30 days apart by its reports, and not a millisecond more', async () => {
      const index = current();
      await index.put([
        item('too early', now - reportedWindowMs - 1),
        item('early', now - reportedWindowMs),
        item('late', now + reportedWindowMs),
        item('too late', now + reportedWindowMs + 1),
      ]);
      expect(await ask(index, item('asking', now))).toEqual({ earlier: ['early'], later: ['late'] });
    });

    test.each([
      ['before', -1],
      ['after', 1],
    ])('let a pair be 60 days apart by its reading, %s, and not a millisecond more', async (_, sign) => {
      const index = current();
      const far = now + sign * ingestedWindowMs;
      await index.put([
        item('out earlier', now - 1, far + sign),
        item('in earlier', now - 2, far),
        item('in later', now + 1, far),
        item('out later', now + 2, far + sign),
      ]);
      const { earlier, later } = await ask(index, item('asking', now));
      expect([...earlier, ...later.map((name) => name.replace('*', ''))]).toEqual(['in earlier', 'in later']);
    });

    test('are looked at before K is counted', async () => {
      const index = current();
      await index.put([
        item('near', now - 1, now - ingestedWindowMs - 1),
        item('second', now - 2),
        item('far', now - 3, now + ingestedWindowMs + 1),
        item('third', now - 4),
        item('fourth', now - 5),
      ]);
      expect((await ask(index, item('asking', now))).earlier).toEqual(['second', 'third']);
    });

    test('decide for each later item anew who stands between', async () => {
      const index = current();
      const half = ingestedWindowMs / 2;
      await index.put([
        item('a', now + 1, now - half),
        item('b', now + 2, now - half),
        // For this one a and b do not count: the asking item is its nearest.
        item('read later', now + 3, now + half + 1),
        // For this one they do, and the asking item is its third.
        item('read earlier', now + 4, now - half),
      ]);
      const askedAt = now + half;
      expect((await ask(index, item('asking', now), { askedAt })).later).toEqual(['a', 'b', 'read later']);
    });

    test('forget what was read 60 days before the question, and let its own item find nothing then', async () => {
      const index = current();
      const askedAt = now + 50 * day;
      const oldest = askedAt - ingestedWindowMs;
      await index.put([
        item('gone', now - 1, oldest - 1),
        item('held', now - 2, oldest),
        item('gone too', now + 1, oldest - 1),
        item('later', now + 2, oldest),
        item('last', now + 3, now),
      ]);
      const asking = item('asking', now);
      expect(await ask(index, asking)).toEqual({
        earlier: ['gone', 'held'],
        later: ['gone too*', 'later*'],
      });
      expect(await ask(index, asking, { askedAt })).toEqual({ earlier: ['held'], later: ['later', 'last*'] });
      expect(await ask(index, asking, { askedAt: now + ingestedWindowMs })).toEqual({
        earlier: [],
        later: ['last'],
      });
      const old = { askedAt: now + ingestedWindowMs + 1 };
      expect(await ask(index, asking, old)).toEqual({ earlier: [], later: [] });
    });

    test('are not narrowed by eviction: whatever came since, questions of the last 7 days are answered in full', async () => {
      const index = current();
      for (let n = 0; n <= 300; n += 1) {
        const readAt = now + n * day;
        await index.put([item(`${n}`, now + n * 10, readAt), entry(`noise ${n}`, [2], { at: readAt })]);
        if (n < 70) continue;
        // Asked for the first time 7 days late: what was read up to 60 days before it must still be there.
        expect(await ask(index, item('late', now + (n - 66) * 10 + 5, readAt - lagMs))).toEqual({
          earlier: [`${n - 66}`, `${n - 67}`],
          later: [`${n - 65}*`, `${n - 64}*`],
        });
      }
    });
  });
}
