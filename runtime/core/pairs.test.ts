import { describe, expect, test } from '@jest/globals';
import { exampleEntries } from '../../test/support/index-entries.ts';
import type { Linker, PairScore } from '../processor.ts';
import { changedPairs, pairsOf } from './pairs.ts';

const parts = { text: 0.9, place: 0.8, time: null, category: 1, reporter: null, premise: null };
const made: PairScore = { outcome: 'MADE', relation: 'SAME_MATTER', score: 0.93, parts, method: 'TEXT' };
const scoring = (scored: PairScore | null): Linker => ({
  version: 'test',
  features: () => ({ keys: [], bytes: new Uint8Array() }),
  score: () => scored,
});

describe('the pairs of an item that looks again', () => {
  const entryAt = exampleEntries(1);
  const [earlier, owner] = [entryAt(1), entryAt(2)];
  const first = pairsOf(owner, [], [earlier], scoring(made), 1_000);

  test('are the very same where all say what they said, so that nothing is written', () => {
    expect(first).toHaveLength(1);
    expect(pairsOf(owner, first, [earlier], scoring(made), 2_000)).toBe(first);
    const none: typeof first = [];
    expect(pairsOf(owner, none, [earlier], scoring(null), 2_000)).toBe(none);
  });

  test.each<[string, PairScore | null]>([
    ['score', { ...made, score: 0.94 }],
    ['relation', { ...made, relation: 'MIRROR' }],
    ['part', { ...made, parts: { ...parts, premise: 1 } }],
    ['pair', null],
  ])('are others where a %s has changed', (_, scored) => {
    const again = pairsOf(owner, first, [earlier], scoring(scored), 2_000);
    expect(again).not.toEqual(first);
  });
});

test('the resolver hears when a person said his word, and again when he says it anew', () => {
  const said = (word: 'LINK' | 'NONE', at: number) => ({
    pairs: [],
    pairWords: [{ otherId: 'other', word, actor: '李主任', assignee: null, reason: '一件事', at }],
  });
  const silent = { pairs: [], pairWords: [] };
  expect(changedPairs(silent, said('LINK', 1_000)).get('other')).toMatchObject({
    word: 'LINK',
    saidAt: 1_000,
  });
  expect(changedPairs(said('LINK', 1_000), said('LINK', 2_000)).get('other')).toMatchObject({
    saidAt: 2_000,
  });
  expect(changedPairs(said('LINK', 1_000), said('LINK', 1_000)).size).toBe(0);
  expect(changedPairs(said('LINK', 1_000), said('NONE', 2_000)).get('other')).toBeNull();
});
