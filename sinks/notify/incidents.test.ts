import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Incident, Incidents, type Policy, type SeenItem, type Step } from './incidents.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2026, 2, 10, 0, 0, 0);
const policy: Policy = { repeatMs: 5 * minute, timesPerStep: 2, maxAgeMs: day };

let revision = 0;
const seen = (over: Partial<SeenItem> = {}): SeenItem => {
  revision += 1;
  const itemId = over.itemId ?? 'item-1';
  return {
    itemId,
    revision,
    clusterId: itemId,
    isFollower: false,
    isMajor: true,
    isLive: true,
    standing: 'WAITING',
    facts: { itemId, ruleIds: ['M02'], townCode: '330903003', signBy: start + 15 * minute },
    ...over,
  };
};

/** Tells all that is due, at each minute from `from` to `to`; who was told of what. */
function tellUntil(incidents: Incidents, from: number, to: number, step?: Step) {
  const told: [atMinute: number, rule: Incident['rule'], step: Step][] = [];
  for (let now = from; now <= to; now += minute) {
    incidents.tick(now);
    for (const due of incidents.due(now)) {
      told.push([(now - start) / minute, due.rule, due.step]);
      incidents.told(due.id, step ?? due.step, now);
    }
  }
  return told;
}

describe('a MAJOR item that waits', () => {
  test('is told at once, again until somebody acknowledges, and to the next person after some time', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen({ facts: { ...seen().facts, signBy: start + 60 * minute } }), start, start);
    expect(tellUntil(incidents, start, start + 30 * minute)).toEqual([
      [0, 'MAJOR', 0],
      [5, 'MAJOR', 0],
      [10, 'MAJOR', 1],
      [15, 'MAJOR', 1],
      [20, 'MAJOR', 2],
      [25, 'MAJOR', 2],
      [30, 'MAJOR', 2],
    ]);
    const [open] = incidents.open();
    incidents.acknowledge(open!.id, { actor: 'li', reason: null, at: start + 31 * minute });
    expect(tellUntil(incidents, start + 31 * minute, start + 59 * minute)).toEqual([]);
  });

  test('is told once more, as overdue, when it should have been signed; also where the first was acknowledged', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start, start);
    expect(tellUntil(incidents, start, start)).toHaveLength(1);
    incidents.acknowledge(incidents.open()[0]!.id, { actor: 'li', reason: null, at: start });
    expect(tellUntil(incidents, start + minute, start + 17 * minute)).toEqual([[16, 'OVERDUE', 0]]);
  });

  test('goes on at the person it has come to when it becomes overdue without an answer', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start, start);
    expect(tellUntil(incidents, start, start + 16 * minute).at(-1)).toEqual([16, 'OVERDUE', 2]);
    expect(incidents.open().map(({ rule }) => rule)).toEqual(['OVERDUE']);
  });

  test.each([
    ['a further revision', [seen(), seen()]],
    [
      'a member of its cluster',
      [seen({ clusterId: 'c' }), seen({ itemId: 'b', clusterId: 'c', isFollower: true })],
    ],
    ['a revision that moves it to another cluster', [seen(), seen({ clusterId: 'c' })]],
    [
      'a second MAJOR member of the cluster that it has moved to',
      [seen(), seen({ clusterId: 'c' }), seen({ itemId: 'b', clusterId: 'c' })],
    ],
  ])('is one incident: %s tells nobody again', (_, items) => {
    const incidents = new Incidents(policy);
    for (const item of items) {
      incidents.observe(item, start, start);
      tellUntil(incidents, start, start);
    }
    expect(incidents.open().map(({ sent }) => sent)).toEqual([1]);
  });

  test.each([
    ['signed', seen({ standing: 'TAKEN' })],
    ['classed lower', seen({ isMajor: false })],
    [
      'led by an item that is signed',
      seen({ itemId: 'p', standing: 'TAKEN', isMajor: false, clusterId: 'item-1' }),
    ],
  ])('is told no more when it is %s', (_, item) => {
    const incidents = new Incidents(policy);
    incidents.observe(seen({ revision: 0.5 }), start, start);
    tellUntil(incidents, start, start);
    incidents.observe(item, start + 1, start + 1);
    expect(incidents.open()).toEqual([]);
    expect(tellUntil(incidents, start + minute, start + 60 * minute)).toEqual([]);
  });

  test('is told anew when its organisation gives it back, or when it is MAJOR again', () => {
    for (const between of [{ standing: 'TAKEN' }, { isMajor: false }] as const) {
      const incidents = new Incidents(policy);
      incidents.observe(seen(), start, start);
      tellUntil(incidents, start, start);
      incidents.observe(seen(between), start + minute, start + minute);
      incidents.observe(seen(), start + 2 * minute, start + 2 * minute);
      expect(tellUntil(incidents, start + 2 * minute, start + 3 * minute)).toEqual([[2, 'MAJOR', 0]]);
    }
  });

  test('is not told when it is history, or was published long ago', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen({ isLive: false }), start, start);
    incidents.observe(seen({ itemId: 'old' }), start - day - 1, start);
    expect(tellUntil(incidents, start, start + 60 * minute)).toEqual([]);
    expect(incidents.changes().matters.size).toBe(0);
  });

  test('is held while the log behind old news is read: what was signed meanwhile wakes nobody', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start - 20 * minute, start);
    incidents.observe(seen({ itemId: 'b' }), start - 20 * minute, start);
    incidents.tick(start);
    expect(incidents.due(start)).toEqual([]);
    incidents.observe(seen({ standing: 'TAKEN' }), start - 10 * minute, start + 1_000);
    expect(incidents.due(start + minute).map(({ items }) => items)).toEqual([['b']]);
  });

  test('is told to the next person at once when one cannot be reached, and again when nobody can', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start, start);
    const steps: Step[] = [];
    for (let tries = 0; tries < 3; tries++)
      for (const { id, step } of incidents.due(start)) {
        steps.push(step);
        incidents.untold(id, step, start);
      }
    expect(steps).toEqual([0, 1, 2]);
    expect(incidents.due(start)).toEqual([]);
    expect(incidents.due(start + minute).map(({ step }) => step)).toEqual([0]);
  });

  test('is not held for hours by a clock that was put back', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start, start);
    tellUntil(incidents, start, start);
    expect(incidents.due(start - 60 * minute)).toHaveLength(1);
  });

  test.each([
    ['all of its items', ['a', 'b'], 0],
    ['one of them, while another still waits elsewhere,', ['a'], 1],
  ])(
    'that moves with %s into a cluster is open as long as it must be when its lead is signed',
    (_, moved, open) => {
      const incidents = new Incidents(policy);
      for (const itemId of ['a', 'b']) incidents.observe(seen({ itemId, clusterId: 'a' }), start, start);
      for (const itemId of moved)
        incidents.observe(seen({ itemId, clusterId: 'x', isFollower: true }), start + 1, start + 1);
      const taken = seen({ itemId: 'x', clusterId: 'x', standing: 'TAKEN' });
      incidents.observe(taken, start + 2, start + 2);
      expect(incidents.open()).toHaveLength(open);
    },
  );

  test('goes on for the item that has left the cluster when what leads the cluster is signed', () => {
    const incidents = new Incidents(policy);
    for (const itemId of ['a', 'b']) incidents.observe(seen({ itemId, clusterId: 'a' }), start, start);
    incidents.observe(seen({ itemId: 'b' }), start + 1, start + 1);
    incidents.observe(seen({ itemId: 'a', standing: 'TAKEN' }), start + 2, start + 2);
    expect(incidents.open()).toMatchObject([{ key: 'b', items: ['b'], subject: { itemId: 'b' } }]);
    incidents.observe(seen({ itemId: 'b', standing: 'TAKEN' }), start + 3, start + 3);
    expect(incidents.open()).toEqual([]);
  });

  test('is not ended by an old record of a cluster into which it has moved since', () => {
    const incidents = new Incidents(policy);
    const taken = seen({ itemId: 'c', clusterId: 'x', standing: 'TAKEN', isMajor: false });
    incidents.observe(seen(), start, start);
    incidents.observe(taken, start + 1, start + 1);
    incidents.observe(seen({ clusterId: 'x' }), start + 2, start + 2);
    incidents.observe(taken, start + 1, start + 3);
    expect(incidents.open()).toMatchObject([{ key: 'x', items: ['item-1'] }]);
  });
});

describe('a channel that fails', () => {
  test('is an incident of its own until it works, told once however often it fails', () => {
    const incidents = new Incidents(policy);
    incidents.channelFailed('sms', 'HTTP status 500', start);
    incidents.channelFailed('sms', 'HTTP status 500', start + 1);
    expect(incidents.open()).toMatchObject([{ rule: 'CHANNEL', key: 'sms' }]);
    incidents.channelWorks('sms', start + minute);
    expect(incidents.open()).toEqual([]);
    incidents.channelFailed('sms', 'HTTP status 500', start + 2 * minute);
    expect(incidents.open()).toHaveLength(1);
  });
});

describe('incidents', () => {
  const event = fc.record({
    item: fc.constantFrom('a', 'b', 'c'),
    cluster: fc.constantFrom('a', 'b', 'x'),
    standing: fc.constantFrom('WAITING' as const, 'TAKEN' as const),
    isMajor: fc.boolean(),
    passedMs: fc.integer({ min: 0, max: 20 * minute }),
    again: fc.boolean(),
  });

  test('tell the same when they are given again what they have seen, and when they are loaded from what was saved', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const once = new Incidents(policy);
        let twice = new Incidents(policy);
        const saved = { incidents: new Map<string, Incident>(), matters: new Map() };
        const past: [SeenItem, number][] = [];
        let now = start;
        for (const { item, cluster, standing, isMajor, passedMs, again } of events) {
          now += passedMs;
          const one = seen({ itemId: item, clusterId: cluster, standing, isMajor });
          past.push([one, now]);
          once.observe(one, now, now);
          twice.observe(one, now, now);
          if (again) for (const [earlier, at] of past) twice.observe(earlier, at, now);
          for (const both of [once, twice]) {
            both.tick(now);
            for (const { id, step } of both.due(now)) both.told(id, step, now);
          }
          for (const [id, value] of twice.changes().incidents)
            if (value === null) saved.incidents.delete(id);
            else saved.incidents.set(id, value);
          for (const [id, value] of twice.changes().matters) saved.matters.set(id, value);
          twice.saved();
          if (again)
            twice = new Incidents(policy, [...saved.incidents.values()], [...saved.matters.values()]);
        }
        const of = (all: Incidents) => [...all.open()].sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(of(twice)).toEqual(of(once));
      }),
    );
  });

  test('are forgotten a month after they are over, with their items', () => {
    const incidents = new Incidents(policy);
    incidents.observe(seen(), start, start);
    incidents.observe(seen({ standing: 'TAKEN' }), start, start);
    incidents.saved();
    incidents.tick(start + 31 * day);
    const { incidents: gone, matters } = incidents.changes();
    expect([[...gone.values()], [...matters.values()]]).toEqual([[null], [null]]);
  });
});
