import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleEvent } from '../../schemas/examples.ts';
import type { ItemEvent } from '../../schemas/types.ts';
import { interleaved } from './trace-view.ts';

const event = (itemId: string, seq: number, at: number, actorKind: ItemEvent['actorKind'] = 'HUB') => ({
  ...exampleEvent,
  itemId,
  seq,
  at,
  actorKind,
});
const named = (events: readonly ItemEvent[]) => events.map(({ itemId, seq }) => `${itemId}${seq}`);

describe('the events of a cluster', () => {
  test('stand in time, what a person did before what the hub did about it', () => {
    const a = [event('a', 1, 10), event('a', 2, 50)];
    const b = [event('b', 1, 20), event('b', 2, 50, 'PERSON'), event('b', 3, 50)];
    expect(named(interleaved([a, b]))).toEqual(['a1', 'b1', 'b2', 'a2', 'b3']);
  });

  test('keep the order of each item, whatever its times, and none is lost', () => {
    const life = (itemId: string) =>
      fc.array(fc.nat(20)).map((times) => times.map((at, index) => event(itemId, index + 1, at)));
    fc.assert(
      fc.property(life('a'), life('b'), life('c'), (...lives) => {
        const merged = interleaved(lives);
        for (const own of lives)
          expect(merged.filter(({ itemId }) => itemId === own[0]?.itemId)).toEqual(own);
        expect(merged).toHaveLength(lives.flat().length);
      }),
    );
  });
});
