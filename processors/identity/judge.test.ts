import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ItemState, SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { chooseGeneration, judgeIdentity } from './index.ts';

const day = 24 * 3_600_000;

/** Memory after `record` was accepted, as the item writer keeps it; only what identity reads is filled with sense. */
const stateOf = (record: SourceRecord, before: Partial<ItemState> = {}): ItemState => ({
  itemId: 'b0a1845d-9726-5218-85d3-181c701304cc',
  baseId: `${record.system}:${record.recordId}`,
  generation: 1,
  generations: 1,
  contentRevision: 1,
  revision: 1,
  eventSeq: 1,
  status: 'DISPATCHED',
  signedBy: [],
  catalogueVersion: '2026.1',
  origin: 'LIVE',
  facts: {
    distinctReporters7d: 0,
    returns: 0,
    reopenings: 0,
    notSolved: 0,
    overdueWorkingDays: 0,
    memberClass: 'UNCLASSIFIED',
    warnings: [],
    warningsVersion: 0,
  },
  personClass: null,
  previousClass: null,
  suggestedClass: null,
  itemClass: 'ORDINARY',
  procedure: 'DISPATCH',
  firedRules: [],
  leadDepartment: '',
  coDepartments: [],
  level: 'TOWN',
  departments: [],
  deliveredAt: null,
  publishedDigest: '',
  appliedIds: [],
  takenAlong: [],
  firstIngestedAt: null,
  closedAt: null,
  ownClass: 'ORDINARY',
  entry: null,
  pairs: [],
  pairWords: [],
  membership: null,
  unlinked: null,
  orderKeyAt: record.reportedAt,
  ...before,
  recordVersion: record.recordVersion,
  sourceUpdatedAt: record.sourceUpdatedAt,
  contentHash: record.contentHash,
  record,
});

const version = (recordVersion: string | null, over: Partial<SourceRecord> = {}) =>
  sourceRecord({ recordVersion, sourceUpdatedAt: null, ...over });

const corrected = { body: '地址更正:垃圾堆在菜场西门,不是后门' };

/** One delivery after another, as the writer takes them; a redelivery moves the mark of the version and nothing else. */
function deliver(states: readonly ItemState[], record: SourceRecord): readonly ItemState[] {
  const { generation, verdict } = chooseGeneration(states, record);
  const before = states.find((state) => state.generation === generation);
  if (verdict === 'STALE') return states;
  const after =
    before === undefined
      ? stateOf(record, { generation })
      : verdict === 'REDELIVERY'
        ? { ...before, recordVersion: record.recordVersion, sourceUpdatedAt: record.sourceUpdatedAt }
        : stateOf(record, before);
  return [...states.filter((state) => state.generation !== generation), after];
}

const contents = (states: readonly ItemState[]) =>
  states.map(({ generation, contentHash, record }) => ({
    generation,
    contentHash,
    status: record.sourceStatus,
  }));

describe('judgeIdentity', () => {
  const known = stateOf(version('5'));

  test('a number never seen is new', () => expect(judgeIdentity(null, version('1'))).toBe('NEW'));

  test('the same record again is a redelivery, also under a newer version', () => {
    expect(judgeIdentity(known, version('5'))).toBe('REDELIVERY');
    expect(judgeIdentity(known, version('6'))).toBe('REDELIVERY');
  });

  test('other content that is not older is a correction', () => {
    expect(judgeIdentity(known, version('6', corrected))).toBe('CORRECTION');
    expect(judgeIdentity(known, version('5', corrected))).toBe('CORRECTION');
  });

  test('the same content under another status is a status', () => {
    expect(judgeIdentity(known, version('6', { sourceStatus: '办理中' }))).toBe('STATUS');
    expect(judgeIdentity(known, version('6', { sourceEvent: 'CLOSED' }))).toBe('STATUS');
  });

  test('an older version is stale whatever it says', () => {
    expect(judgeIdentity(known, version('4'))).toBe('STALE');
    expect(judgeIdentity(known, version('4', corrected))).toBe('STALE');
    expect(judgeIdentity(known, version('4', { sourceStatus: '办理中' }))).toBe('STALE');
  });

  test('the version speaks before the update time', () => {
    const late = stateOf(version('5', { sourceUpdatedAt: morning }));
    expect(judgeIdentity(late, version('6', { sourceUpdatedAt: morning - day, ...corrected }))).toBe(
      'CORRECTION',
    );
    expect(judgeIdentity(late, version('4', { sourceUpdatedAt: morning + day, ...corrected }))).toBe('STALE');
  });

  test('without a version that compares, the update time speaks', () => {
    const timed = stateOf(version(null, { sourceUpdatedAt: morning }));
    expect(judgeIdentity(timed, version('b', { sourceUpdatedAt: morning - 1, ...corrected }))).toBe('STALE');
    expect(judgeIdentity(timed, version(null, { sourceUpdatedAt: morning, ...corrected }))).toBe(
      'CORRECTION',
    );
    expect(judgeIdentity(timed, version(null, corrected))).toBe('CORRECTION');
  });

  test('a number used again after 90 days for another text is another matter, even when its versions start anew', () => {
    const other = version('1', {
      title: '路灯不亮',
      body: '兴海路十几盏路灯一周不亮',
      reportedAt: morning + 91 * day,
    });
    expect(judgeIdentity(known, other)).toBe('ID_REUSED');
  });

  test('after 90 days the same text is still the same matter, and within them another text is a correction', () => {
    const edited = { body: '垃圾堆了三天,臭得很,没人管,请尽快处理' };
    expect(judgeIdentity(known, version('6', { ...edited, reportedAt: morning + 91 * day }))).toBe(
      'CORRECTION',
    );
    const other = { title: '路灯不亮', body: '兴海路十几盏路灯一周不亮', reportedAt: morning + 89 * day };
    expect(judgeIdentity(known, version('6', other))).toBe('CORRECTION');
  });
});

describe('chooseGeneration', () => {
  const first = version('5');
  const second = version('2', {
    title: '路灯不亮',
    body: '兴海路十几盏路灯一周不亮',
    reportedAt: morning + 400 * day,
  });
  const both = [stateOf(first), stateOf(second, { generation: 2, orderKeyAt: second.reportedAt })];

  test('gives the first record generation 1', () => {
    expect(chooseGeneration([], first)).toEqual({ generation: 1, verdict: 'NEW' });
  });

  test('gives another matter under a known number the next generation', () => {
    expect(chooseGeneration(both.slice(0, 1), second)).toEqual({ generation: 2, verdict: 'ID_REUSED' });
    const third = version('1', { title: '噪声', body: '半夜打桩', reportedAt: morning + 800 * day });
    expect(chooseGeneration(both, third)).toEqual({ generation: 3, verdict: 'ID_REUSED' });
  });

  test('finds the generation that a repeat, a correction or a stale copy belongs to', () => {
    expect(chooseGeneration(both, first)).toEqual({ generation: 1, verdict: 'REDELIVERY' });
    expect(chooseGeneration(both, second)).toEqual({ generation: 2, verdict: 'REDELIVERY' });
    expect(
      chooseGeneration(both, { ...second, ...corrected, recordVersion: '3', contentHash: 'new' }),
    ).toEqual({ generation: 2, verdict: 'CORRECTION' });
    expect(
      chooseGeneration(both, { ...first, ...corrected, recordVersion: '4', contentHash: 'old' }),
    ).toEqual({ generation: 1, verdict: 'STALE' });
  });
});

describe('any stream of deliveries', () => {
  const statuses = ['待受理', '办理中', '已办结'];
  const texts = ['垃圾堆了三天没人清', '地址更正:垃圾在菜场西门', '路灯坏了一周没人修'];
  /** A record's content and status are a function of its version: a source does not tell two stories under one version. */
  const story = fc
    .array(fc.record({ text: fc.constantFrom(...texts), status: fc.constantFrom(...statuses) }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((told) =>
      told.map(({ text, status }, index) =>
        version(String(index + 1), { title: '', body: text, sourceStatus: status }),
      ),
    );
  const shuffled = story.chain((told) =>
    fc.tuple(
      fc.constant(told),
      fc.array(fc.nat(told.length - 1), { maxLength: 20 }).map((again) => again.map((index) => told[index]!)),
      fc.shuffledSubarray(told, { minLength: told.length }),
    ),
  );

  test('a record delivered again at once changes nothing', () => {
    fc.assert(
      fc.property(shuffled, ([, extra, order]) => {
        let states: readonly ItemState[] = [];
        for (const record of [...order, ...extra]) {
          states = deliver(states, record);
          expect(deliver(states, record)).toEqual(states);
        }
      }),
    );
  });

  test('every order with any repeats ends with the newest version', () => {
    fc.assert(
      fc.property(shuffled, ([told, extra, order]) => {
        const end = contents([...order, ...extra].reduce(deliver, []));
        const newest = told.at(-1)!;
        expect(end).toEqual([
          { generation: 1, contentHash: newest.contentHash, status: newest.sourceStatus },
        ]);
      }),
    );
  });

  test('re-reading a whole stream in its order changes nothing, reused numbers included', () => {
    const years = fc.array(fc.tuple(fc.constantFrom(...texts), fc.nat(3)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(years, (told) => {
        const stream = told.map(([text, year], index) =>
          version(String(index + 1), { title: '', body: text, reportedAt: morning + year * 365 * day }),
        );
        const once = stream.reduce<readonly ItemState[]>(deliver, []);
        const hashes = new Set(once.map((state) => state.contentHash));
        expect(
          contents(stream.filter((record) => hashes.has(record.contentHash)).reduce(deliver, once)),
        ).toEqual(contents(once));
      }),
    );
  });
});
