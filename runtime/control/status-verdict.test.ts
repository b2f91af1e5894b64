import { describe, expect, test } from '@jest/globals';
import type { WorkerReport } from '../placement/workers.ts';
import type { PartStatus } from '../threads/watched-part.ts';
import type { StatusFacts } from './status-facts.ts';
import { type Level, statusLines, worstLevel } from './status-verdict.ts';

const now = Date.UTC(2026, 2, 10, 0, 12, 33);
const minute = 60_000;
const gib = 1024 ** 3;

const startedAt = now - 60 * minute;
const front = { address: 'http://127.0.0.1:8080', error: null };
const runs = (...parts: readonly PartStatus[]): Partial<StatusFacts> => ({
  running: { pid: 7, parts, front, startedAt },
});
const worker = (name: string, at: number): WorkerReport => ({
  worker: name,
  roles: ['connectors', 'processors'],
  host: 'node-1',
  pid: 7,
  version: '0.1.0',
  startedAt,
  at,
  parts: [],
  front: null,
});
const busy = { code: 'HUB_PORT_BUSY', message: 'another program listens there', at: now } as const;

/** A hub that runs and has nothing to do. */
const calm: StatusFacts = {
  at: now,
  running: { pid: 7, parts: [], front, startedAt },
  workers: [],
  sources: [
    {
      source: 'complaint-report',
      received: 5,
      unreadable: 0,
      lastAt: now - minute,
      lastLiveAt: now - minute,
      askedAt: now,
      silentAfterMs: 60 * minute,
      answersAreSigns: false,
    },
  ],
  lanes: ['hub.input.urgent', 'hub.input', 'hub.input.history'].map((lane) => ({
    lane,
    waiting: 0,
    oldestAt: null,
  })),
  sinks: [{ sink: 'files', waiting: 0, oldestAt: null }],
  resolver: { waiting: 0, oldestAt: null },
  review: { live: 0, overdue: 0, history: 0 },
  projection: { behind: 0, total: 10 },
  items: { total: 5, byClass: { ORDINARY: 5 }, byStatus: {}, byLead: {}, unsignedMajor: 0 },
  unsigned: [],
  unsignedFromHistory: 0,
  warnings: [],
  incidents: null,
  deadLetters: { open: 0, total: 0 },
  disk: { freeBytes: 80 * gib, sizeBytes: 100 * gib, dataBytes: gib },
};

const part = (state: PartStatus['state']): PartStatus => ({
  name: 'files',
  kind: 'sink',
  state,
  since: now,
  restarts: 0,
  lastError: null,
  memoryBytes: 0,
  batches: 0,
  records: 0,
  lastBatchAt: null,
  lastRecordAt: null,
});
const waits = (lane: string, ms: number): Partial<StatusFacts> => ({
  lanes: [{ lane, waiting: 3, oldestAt: now - ms }],
});
const sinkWaits = (ms: number): Partial<StatusFacts> => ({
  sinks: [{ sink: 'files', waiting: 3, oldestAt: now - ms }],
});
const linksWait = (ms: number): Partial<StatusFacts> => ({
  resolver: { waiting: 3, oldestAt: now - ms },
});
const review = (over: Partial<StatusFacts['review']>): Partial<StatusFacts> => ({
  review: { ...calm.review, ...over },
});
const major = (over: Partial<StatusFacts['unsigned'][number]>): Partial<StatusFacts> => ({
  unsigned: [{ itemId: 'i', slaId: 'MAJ-LIFE', ingestedAt: now - 20 * minute, signBy: null, ...over }],
});
const free = (freeGib: number): Partial<StatusFacts> => ({
  disk: { freeBytes: freeGib * gib, sizeBytes: 100 * gib, dataBytes: gib },
});

const source = (over: Partial<StatusFacts['sources'][number]>): Partial<StatusFacts> => ({
  sources: [{ ...calm.sources[0]!, ...over }],
});
const startedBefore = (ms: number): Partial<StatusFacts> => ({
  running: { pid: 7, parts: [], front, startedAt: now - ms },
});

const levelOf = (over: Partial<StatusFacts>): Level => worstLevel(statusLines({ ...calm, ...over }));

describe('the status of a hub', () => {
  test.each<[Level, string, Partial<StatusFacts>]>([
    ['green', 'it has nothing to do', {}],
    ['yellow', 'none runs', { running: null }],
    ['green', 'one of several workers spoke a moment ago', { workers: [worker('a', now - 15_000)] }],
    ['red', 'one of several workers is silent', { workers: [worker('a', now), worker('b', now - 15_001)] }],
    [
      'green',
      'no worker shows a page',
      { running: { pid: 7, parts: [], startedAt, front: { address: null, error: null } } },
    ],
    ['green', 'a part runs', runs(part('RUNNING'))],
    ['yellow', 'a part waits after a failure', runs(part('BACKOFF'))],
    ['red', 'a part was given up', runs(part('STOPPED'))],
    ['red', 'a part has a wrong configuration', runs(part('DEGRADED'))],
    [
      'yellow',
      'its page cannot listen',
      { running: { pid: 7, parts: [], startedAt, front: { address: null, error: busy } } },
    ],
    ['green', 'a source was silent for less than it may', source({ lastLiveAt: now - 59 * minute })],
    ['yellow', 'a source is silent', source({ lastLiveAt: now - 60 * minute })],
    ['red', 'a source is silent for twice as long as it may', source({ lastLiveAt: now - 120 * minute })],
    ['green', 'a source may be silent for ever', source({ lastLiveAt: 0, silentAfterMs: null })],
    ['green', 'a source that may be calm answers', source({ lastLiveAt: 0, answersAreSigns: true })],
    [
      'yellow',
      'a source that may be calm has not answered for an hour',
      source({ lastLiveAt: 0, answersAreSigns: true, askedAt: now - 60 * minute }),
    ],
    [
      'yellow',
      'a source has brought nothing but history since the hub runs',
      source({ lastAt: now, lastLiveAt: null }),
    ],
    [
      'green',
      'a source has had no time yet to bring what gathered while no hub ran',
      { ...source({ lastLiveAt: 0 }), ...startedBefore(9 * minute) },
    ],
    ['yellow', 'a source is silent because no hub runs', { ...source({ lastLiveAt: 0 }), running: null }],
    ['green', 'an urgent input is new', waits('hub.input.urgent', 9_000)],
    ['yellow', 'an urgent input waits for ten seconds', waits('hub.input.urgent', 10_000)],
    ['red', 'an urgent input waits for a minute', waits('hub.input.urgent', minute)],
    ['yellow', 'an input waits for a minute', waits('hub.input', minute)],
    ['red', 'an input waits for five minutes', waits('hub.input', 5 * minute)],
    ['green', 'history waits for a day', waits('hub.input.history', 1_440 * minute)],
    ['green', 'a sink has news', sinkWaits(59_000)],
    ['yellow', 'a sink is a minute behind', sinkWaits(minute)],
    ['red', 'a sink is a quarter of an hour behind', sinkWaits(15 * minute)],
    ['yellow', 'a sink is an hour behind because no hub runs', { ...sinkWaits(60 * minute), running: null }],
    ['green', 'links wait for the resolver', linksWait(59_000)],
    ['yellow', 'links wait for a minute', linksWait(minute)],
    ['red', 'links wait for five minutes', linksWait(5 * minute)],
    ['yellow', 'links wait because no hub runs', { ...linksWait(60 * minute), running: null }],
    ['yellow', 'a suggested link waits for a person', review({ live: 1 })],
    ['yellow', 'a suggested link is overdue', review({ live: 1, overdue: 1 })],
    ['green', 'suggested links of history wait for a person', review({ history: 3 })],
    ['yellow', 'a major item may still be signed', major({ signBy: now + 1 })],
    ['red', 'a major item should have been signed', major({ signBy: now - 1 })],
    ['red', 'a major item without a deadline waits for longer than its rule allows', major({})],
    ['yellow', 'a major item without a deadline may wait', major({ slaId: 'MAJ-SUPERVISE' })],
    ['green', 'all incidents are acknowledged', { incidents: { open: 2, waiting: 0, oldestAt: null } }],
    [
      'yellow',
      'nobody has acknowledged an incident yet',
      { incidents: { open: 2, waiting: 1, oldestAt: now - 29 * minute } },
    ],
    [
      'red',
      'nobody has acknowledged an incident for half an hour',
      { incidents: { open: 2, waiting: 1, oldestAt: now - 30 * minute } },
    ],
    ['yellow', 'a dead letter is open', { deadLetters: { open: 1, total: 2 } }],
    ['green', 'all dead letters are closed', { deadLetters: { open: 0, total: 2 } }],
    ['yellow', 'the disk is getting full', free(4.9)],
    ['red', 'the disk is nearly full', free(0.9)],
  ])('is %s when %s', (level, _, over) => {
    expect(levelOf(over)).toBe(level);
  });

  test('names a command to run with each line that is not green, and with no other', () => {
    const trouble = {
      ...sinkWaits(20 * minute),
      ...major({}),
      ...free(0.9),
      deadLetters: { open: 1, total: 1 },
    };
    for (const facts of [trouble, { ...trouble, running: null }])
      for (const { level, command } of statusLines({ ...calm, ...facts }))
        expect(command === null).toBe(level === 'green');
  });

  test('sends whoever is late with suggested links to those', () => {
    const commandOf = (over: Partial<StatusFacts>) =>
      statusLines({ ...calm, ...over }).find(({ about }) => about.kind === 'review')?.command;
    expect(commandOf(review({ live: 2 }))).toBe('hub review list');
    expect(commandOf(review({ live: 2, overdue: 1 }))).toBe('hub review list --overdue');
  });

  test('says of each sink how far it is behind', () => {
    const lines = statusLines({ ...calm, ...sinkWaits(2 * minute) });
    expect(lines.filter(({ about }) => about.kind === 'sink')).toEqual([
      {
        level: 'yellow',
        about: { kind: 'sink', sink: 'files', waiting: 3, oldestMs: 2 * minute },
        command: 'hub status --watch',
      },
    ]);
  });
});
