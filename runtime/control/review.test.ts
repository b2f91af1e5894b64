import { describe, expect, test } from '@jest/globals';
import type { Pair } from '../../schemas/types.ts';
import type { PairEnd } from '../item-store/index.ts';
import { isWaiting, type OpenPair, reviewIdOf, reviewQueue, worthAsking } from './review.ts';

const hour = 3_600_000;
const clocks = { dueOf: (since: number) => since + 24 * hour, now: 100 * hour };

const end = (itemId: string, over: Partial<PairEnd> = {}): PairEnd => ({
  itemId,
  baseId: `complaint-report:${itemId}`,
  partition: 0,
  clusterId: `c-${itemId}`,
  status: 'DISPATCHED',
  ...over,
});

const verdict = (over: Partial<Pair> = {}): Pair => ({
  otherId: 'a',
  otherBaseId: 'complaint-report:a',
  otherIngestedAt: 0,
  hash: '',
  otherHash: '',
  outcome: 'SUGGESTED',
  relation: 'SAME_MATTER',
  score: 0.8,
  parts: null,
  method: 'EQUAL_TEXT',
  ruleVersion: '1',
  decidedAt: 90 * hour,
  ...over,
});

const open = (owner: PairEnd, other: PairEnd, over: Partial<OpenPair> = {}): OpenPair => ({
  owner,
  other,
  pair: verdict(),
  assignee: null,
  isLive: true,
  ...over,
});

const [a, b, c] = [end('a'), end('b'), end('c')];

describe('what waits for a person', () => {
  test('is sorted by when it is due, and marked where that is past', () => {
    const late = open(c, a, { pair: verdict({ decidedAt: 70 * hour }) });
    const queue = reviewQueue([open(b, a), late], clocks);
    expect(queue.map(({ owner, due, isOverdue }) => [owner.itemId, due / hour, isOverdue])).toEqual([
      ['c', 94, true],
      ['b', 114, false],
    ]);
  });

  test('keeps its id whatever else waits', () => {
    const [alone] = reviewQueue([open(b, a)], clocks);
    const together = reviewQueue([open(c, a), open(b, a)], clocks);
    expect(together.map(({ id }) => id)).toContain(alone!.id);
    expect(alone!.id).toBe(reviewIdOf({ owner: b, other: a }));
    expect(alone!.id).not.toBe(reviewIdOf({ owner: a, other: b }));
  });

  test('is one question for all pairs of two clusters: the likeliest speaks, since the first of them', () => {
    const [b1, b2] = [end('b1', { clusterId: 'c-b' }), end('b2', { clusterId: 'c-b' })];
    const first = open(a, b1, { pair: verdict({ score: 0.75, decidedAt: 50 * hour }) });
    const likeliest = open(b2, a, { pair: verdict({ score: 0.85 }), isLive: false });
    const [question, ...more] = reviewQueue([first, likeliest], clocks);
    expect(more).toEqual([]);
    expect(question).toMatchObject({
      owner: { itemId: 'b2' },
      since: 50 * hour,
      isLive: true,
      also: [reviewIdOf(first)],
    });
    const named = { ...first, assignee: 'wang' };
    expect(reviewQueue([likeliest, named], clocks)).toMatchObject([
      { owner: { itemId: 'a' }, assignee: 'wang', also: [reviewIdOf(likeliest)] },
    ]);
  });

  test('leaves out what an answer would change nothing in', () => {
    const closed = { status: 'CLOSED' };
    const asked = (owner: PairEnd, other: PairEnd) =>
      worthAsking([{ owner, other }], [['c-c', 'c-b']]).length === 1;
    expect(asked(b, a)).toBe(true);
    expect(asked(end('b', closed), a)).toBe(true);
    expect(asked(end('b', closed), end('a', closed))).toBe(false);
    expect(asked(end('b', { clusterId: 'c-a' }), a)).toBe(false);
    expect(asked(c, b)).toBe(false);
    expect(asked(b, c)).toBe(false);
  });

  test('waits until a person says yes or no, also when somebody has been named', () => {
    const said = (word: 'NONE' | 'LINK' | 'UNLINK') => ({
      pairs: [verdict()],
      pairWords: [{ otherId: 'a', word, actor: 'wang', assignee: null, reason: '', at: 0 }],
    });
    expect(isWaiting({ pairs: [verdict()], pairWords: [] }, 'a')).toBe(true);
    expect(isWaiting(said('NONE'), 'a')).toBe(true);
    expect(isWaiting(said('LINK'), 'a')).toBe(false);
    expect(isWaiting(said('UNLINK'), 'a')).toBe(false);
    expect(isWaiting({ pairs: [verdict({ outcome: 'MADE' })], pairWords: [] }, 'a')).toBe(false);
    expect(isWaiting({ pairs: [verdict()], pairWords: [] }, 'b')).toBe(false);
  });
});
