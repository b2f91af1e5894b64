import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ItemFact, PairFact } from '../../schemas/types.ts';
import { resolve } from './clusters.ts';
import { uuidOf } from './ids.ts';
import { countReporters } from './reporters.ts';

const hour = 3_600_000;

/** Items A, B, C… reported an hour apart, in this order. */
const idOf = (name: string): string => uuidOf(`cluster-test:${name}`);
const names = new Map([...'ABCDEFGH'].map((name) => [idOf(name), name]));
const fact = (name: string, over: Partial<ItemFact> = {}): ItemFact => ({
  itemId: idOf(name),
  baseId: `complaint-report:${name}`,
  orderKeyAt: (name.charCodeAt(0) - 65) * hour,
  hash: `hash-${name}`,
  reporterRef: null,
  reporterCount: 1,
  ownClass: 'ORDINARY',
  signed: false,
  sleeping: false,
  closedAt: null,
  ...over,
});

/** `pair('BA')`: B, the later one, owns a verdict on A. */
const pair = (of: string, over: Partial<PairFact> = {}): PairFact => ({
  ownerId: idOf(of[0]!),
  otherId: idOf(of[1]!),
  ownerHash: `hash-${of[0]}`,
  otherHash: `hash-${of[1]}`,
  outcome: 'MADE',
  relation: 'SAME_MATTER',
  score: 0.95,
  word: 'NONE',
  saidAt: null,
  ...over,
});

const linked = (of: string, saidAt: number | null) => pair(of, { outcome: 'NONE', word: 'LINK', saidAt });
const unlinked = (of: string, saidAt: number | null) => pair(of, { word: 'UNLINK', saidAt });

/** Clusters as their members' names, the primary's in front: `A:BC`. */
const clustersOf = (items: readonly ItemFact[], pairs: readonly PairFact[]): string[] =>
  resolve({ items, pairs })
    .map(({ members, primary }) => {
      const others = members.filter((member) => member !== primary);
      return `${names.get(primary.itemId)}:${others.map(({ itemId }) => names.get(itemId)).join('')}`;
    })
    .sort();

const items = (of: string): ItemFact[] => [...of].map((name) => fact(name));
const near = { outcome: 'SUGGESTED', score: 0.75 } as const;
const closed = { closedAt: 1.5 * hour };

describe('resolve', () => {
  test.each<[string, readonly ItemFact[], readonly PairFact[], readonly string[]]>([
    ['a made pair is a cluster led by the earlier item', items('AB'), [pair('BA')], ['A:B']],
    ['a suggested pair is none', items('AB'), [pair('BA', near)], ['A:', 'B:']],
    [
      'who is like a member but not near the primary stays out: no chain',
      items('ABC'),
      [pair('BA'), pair('CB')],
      ['A:B', 'C:'],
    ],
    ['near the primary is enough', items('ABC'), [pair('BA'), pair('CB'), pair('CA', near)], ['A:BC']],
    [
      'one member that forbids it keeps it out',
      items('ABC'),
      [pair('BA'), pair('CA'), pair('CB', { outcome: 'FORBIDDEN', score: 0.8 })],
      ['A:B', 'C:'],
    ],
    ['matters that stay apart are not merged', items('AB'), [pair('BA', { outcome: 'APART' })], ['A:', 'B:']],
    [
      'a verdict on what an item no longer says does not count',
      items('AB'),
      [pair('BA', { otherHash: 'old' })],
      ['A:', 'B:'],
    ],
    [
      'the better of two clusters is joined',
      items('ABC'),
      [pair('CA', { score: 0.91 }), pair('CB')],
      ['A:', 'B:C'],
    ],
    ['of equal ones the earlier', items('ABC'), [pair('CA'), pair('CB')], ['A:C', 'B:']],
    [
      'mirrors are one before anything else: near one is near both',
      items('ABC'),
      [pair('BA', { relation: 'MIRROR', score: 1 }), pair('CB')],
      ['A:BC'],
    ],
    [
      'mirrors stay out together where a rule keeps one of them out',
      items('ABC'),
      [pair('BA'), pair('CA', { outcome: 'FORBIDDEN' }), pair('CB', { relation: 'MIRROR', score: 1 })],
      ['A:', 'B:C'],
    ],
    [
      "a person's link stands whatever the score",
      items('AB'),
      [pair('BA', { outcome: 'FORBIDDEN', word: 'LINK' })],
      ['A:B'],
    ],
    [
      'and without any',
      items('AB'),
      [pair('BA', { outcome: 'NONE', ownerHash: '', otherHash: '', word: 'LINK' })],
      ['A:B'],
    ],
    [
      "a person's un-link outranks a mirror",
      items('AB'),
      [pair('BA', { relation: 'MIRROR', word: 'UNLINK' })],
      ['A:', 'B:'],
    ],
    [
      'it holds against others who would bring the two together',
      items('ABC'),
      [pair('BA'), pair('CA', { word: 'UNLINK' }), pair('CB')],
      ['A:B', 'C:'],
    ],
    [
      'of two links that an un-linking lets not stand together the newer one does',
      items('ABC'),
      [unlinked('BA', 1), linked('CA', 2), linked('CB', 3)],
      ['A:', 'B:C'],
    ],
    [
      'whatever the ids, and when the two were un-linked',
      items('ABC'),
      [unlinked('BA', 4), linked('CA', 3), linked('CB', 2)],
      ['A:C', 'B:'],
    ],
    [
      'a link whose time is not known is older than any other',
      items('ABC'),
      [unlinked('BA', null), linked('CA', 1), linked('CB', null)],
      ['A:C', 'B:'],
    ],
    [
      'in a chain too',
      items('ABCD'),
      [unlinked('DA', 1), linked('BA', 2), linked('CB', 4), linked('DC', 3)],
      ['A:', 'B:CD'],
    ],
    ['who has been signed leads', [fact('A'), fact('B', { signed: true })], [pair('BA')], ['B:A']],
    [
      'the earliest of several signed',
      [fact('A'), fact('B', { signed: true }), fact('C', { signed: true })],
      [pair('BA'), pair('CA'), pair('CB')],
      ['B:AC'],
    ],
    [
      'what was over before it was sent out does not lead work',
      [fact('A', { sleeping: true }), fact('B')],
      [pair('BA')],
      ['B:A'],
    ],
    [
      'what is reported after the closing is another case',
      [fact('A', closed), fact('C')],
      [pair('CA')],
      ['A:', 'C:'],
    ],
    ['what was reported before it is not', [fact('A', closed), fact('B')], [pair('BA')], ['A:B']],
  ])('%s', (_, all, pairs, expected) => {
    expect(clustersOf(all, pairs)).toEqual(expected);
    expect(clustersOf([...all].reverse(), [...pairs].reverse())).toEqual(expected);
  });

  test('gives the same clusters in whatever order facts and verdicts come, and forbids what it must', () => {
    const outcome = fc.constantFrom('MADE', 'MADE', 'SUGGESTED', 'FORBIDDEN', 'APART', 'NONE');
    const word = fc.constantFrom('NONE', 'NONE', 'NONE', 'NONE', 'LINK', 'UNLINK');
    const verdicts = fc.array(
      fc.record({
        a: fc.nat(7),
        b: fc.nat(7),
        outcome,
        word,
        saidAt: fc.option(fc.nat(3)),
        score: fc.constantFrom(0.9, 0.95, 1),
        relation: fc.constantFrom('SAME_MATTER', 'MIRROR'),
      }),
      { maxLength: 24 },
    );
    const state = fc.record({ signed: fc.boolean(), sleeping: fc.boolean() });
    fc.assert(
      fc.property(
        verdicts,
        fc.array(state, { minLength: 8, maxLength: 8 }),
        fc.func(fc.nat()),
        (drawn, states, by) => {
          const all = [...'ABCDEFGH'].map((name, number) => fact(name, states[number]));
          const unique = new Map<string, PairFact>();
          for (const { a, b, ...verdict } of drawn) {
            if (a === b) continue;
            const of = 'ABCDEFGH'[Math.max(a, b)]! + 'ABCDEFGH'[Math.min(a, b)]!;
            unique.set(of, pair(of, verdict as Partial<PairFact>));
          }
          const pairs = [...unique.values()];
          const shuffled = <T>(list: readonly T[]): T[] => [...list].sort((a, b) => by(a) - by(b));
          const clusters = clustersOf(all, pairs);
          expect(clustersOf(shuffled(all), shuffled(pairs))).toEqual(clusters);
          expect(clusters.join('').replaceAll(':', '').split('').sort().join('')).toBe('ABCDEFGH');
          for (const { ownerId, otherId, word: said } of pairs) {
            const together = clusters.some(
              (cluster) => cluster.includes(names.get(ownerId)!) && cluster.includes(names.get(otherId)!),
            );
            if (said === 'UNLINK') expect(together).toBe(false);
          }
        },
      ),
    );
  });
});

describe('countReporters', () => {
  const days = (name: string, day: number, over: Partial<ItemFact> = {}): ItemFact =>
    fact(name, { orderKeyAt: day * 24 * hour, ...over });

  test.each<[string, readonly ItemFact[], readonly PairFact[], { all: number; in7Days: number }]>([
    ['without a pseudonym each is one', items('ABC'), [], { all: 3, in7Days: 3 }],
    [
      'the same pseudonym is one',
      [fact('A', { reporterRef: 'r' }), fact('B', { reporterRef: 'r' })],
      [],
      { all: 1, in7Days: 1 },
    ],
    ['a mirror is none more', items('AB'), [pair('BA', { relation: 'MIRROR' })], { all: 1, in7Days: 1 }],
    [
      'a quoted own number is none more',
      items('AB'),
      [pair('BA', { relation: 'SAME_PERSON' })],
      { all: 1, in7Days: 1 },
    ],
    [
      'unless a person has taken it back',
      items('AB'),
      [pair('BA', { relation: 'MIRROR', word: 'UNLINK' })],
      { all: 2, in7Days: 2 },
    ],
    [
      'persons behind a record add',
      [fact('A', { reporterCount: 20 }), fact('B')],
      [],
      { all: 21, in7Days: 21 },
    ],
    [
      'within 7 days of each other',
      [days('A', 0), days('B', 5), days('C', 8), days('D', 20)],
      [],
      { all: 4, in7Days: 2 },
    ],
    ['exactly 7 days are within', [days('A', 0), days('B', 7)], [], { all: 2, in7Days: 2 }],
    [
      'one who comes again counts once in each',
      [days('A', 0, { reporterRef: 'r' }), days('B', 6, { reporterRef: 'r' }), days('C', 9)],
      [],
      { all: 2, in7Days: 2 },
    ],
  ])('%s', (_, all, pairs, expected) => {
    expect(countReporters(all, pairs)).toEqual(expected);
  });
});
