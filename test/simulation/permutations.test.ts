import { describe, expect, test } from '@jest/globals';
import { difference, projectionOf } from './hub-scenario.ts';
import type { Telling, Workload } from './hub-workload.ts';
import { type Random, seededRandom } from './random.ts';

const start = Date.UTC(2026, 2, 10);

/** Matters close enough to link, to be suggested, to be forbidden and to be mirrors; some are closed at their source. */
function drawSet(random: Random, size: number): Telling[] {
  return Array.from({ length: size }, (_, number) => ({
    id: `P${number}`,
    version: 1,
    title: random.pick(['菜场后门垃圾堆积无人清运', '路灯不亮', '工地起火,浓烟很大,有人被困']),
    town: '330903003',
    status: random.chance(0.15) ? ('closed' as const) : ('open' as const),
    urgent: false,
    reportedAt: start + random.below(6) * 3_600_000,
    spot: { topic: 0, step: random.below(5), unit: random.chance(0.25) ? 1 : 0 },
    reporter: random.pick([null, 'hk1:a', 'hk1:b']),
    quotes: random.chance(0.2) ? `P${random.below(size)}` : null,
  }));
}

const workloadOf = (live: readonly Telling[], k: number): Workload => ({
  live,
  backfill: [],
  deeds: [],
  warnings: [],
  lastVersion: new Map(live.map(({ id }) => [id, 1])),
  k,
});

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) yield items;
  for (const [index, first] of items.entries()) {
    if (items.length < 2) return;
    for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)]))
      yield [first, ...rest];
  }
}

describe('the order of arrival', () => {
  test.each([
    [2, 12],
    [3, 12],
    [4, 6],
    [5, 3],
    [6, 1],
  ])(
    'of %i records makes no difference: every permutation, in %i sets',
    async (size, sets) => {
      for (let seed = 1; seed <= sets; seed++) {
        const random = seededRandom(seed * 10 + size, 'permutations');
        const set = drawSet(random, size);
        const k = 1 + random.below(4);
        const expected = await projectionOf(workloadOf(set, k), 1);
        for (const order of permutations(set)) {
          const found = await projectionOf(workloadOf(order, k), 2);
          expect(difference(expected, found)).toBeNull();
        }
      }
    },
    600_000,
  );

  test('of forty records makes no difference: random orders', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const random = seededRandom(seed, 'large');
      const set = drawSet(random, 40);
      const expected = await projectionOf(workloadOf(set, 8), 1);
      for (let round = 0; round < 4; round++) {
        const order = [...set].sort(() => random.next() - 0.5);
        expect(difference(expected, await projectionOf(workloadOf(order, 8), 3))).toBeNull();
      }
    }
  }, 600_000);
});
