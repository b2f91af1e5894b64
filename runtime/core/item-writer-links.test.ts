import { describe, expect, test } from '@jest/globals';
import { pipeline as realPipeline } from '../../processors/index.ts';
import type { ItemInput, ItemState, Membership } from '../../schemas/types.ts';
import { unlinked } from '../../test/support/linkers.ts';
import { input, recordInput } from '../../test/support/records.ts';
import type { Pipeline } from '../processor.ts';
import { itemIdOf } from './ids.ts';
import { decide, type Generations, type Verdict } from './item-writer.ts';
import type { Decision } from './settle.ts';

const baseId = 'complaint-report:TS202603100047';
const itemId = itemIdOf(baseId, 1);
const other = itemIdOf('complaint-report:other', 1);
const pipeline: Pipeline = { ...realPipeline, linker: unlinked };

const decision = (verdict: Verdict): Decision => {
  if (verdict.kind !== 'decided') throw new Error(`expected a decision, got ${JSON.stringify(verdict)}`);
  return verdict.decision;
};
const stateAfter = (verdict: Verdict): ItemState => decision(verdict).states[0]!;
const types = (verdict: Verdict) => decision(verdict).events.map(({ type }) => type);

const received = (): ItemState => stateAfter(decide(recordInput(), [], pipeline));

const lone: Membership = {
  epoch: 1,
  at: 0,
  clusterId: other,
  primaryItemId: itemId,
  reporters: 0,
  reporters7d: 0,
  memberClass: 'UNCLASSIFIED',
  joined: null,
  members: [],
};
const command = (over: Partial<Membership>): ItemInput =>
  input({ kind: 'CLUSTER', baseId, cluster: { itemId, membership: { ...lone, ...over } } });
const follow = (epoch: number) =>
  command({
    epoch,
    primaryItemId: other,
    joined: { itemId: other, relation: 'SAME_MATTER', score: 0.95, byPerson: false },
  });

describe('a member of a cluster', () => {
  test('leaves its organisations, naming whom it follows; its own status goes on beneath', () => {
    const before = received();
    const linked = decide(follow(1), [before], pipeline);
    expect(types(linked)).toEqual(['LINKED', 'WITHDRAWN_FROM_YOU', 'WITHDRAWN_FROM_YOU']);
    expect(decision(linked).removals.map(({ item }) => item.removed)).toMatchObject([
      { reason: 'LINKED', to: other },
      { reason: 'LINKED', to: other },
    ]);
    expect(decision(linked).views!.unified).toMatchObject({ status: 'LINKED', primaryItemId: other });
    expect(stateAfter(linked)).toMatchObject({ status: before.status, departments: [] });
  });

  test('is signed by a late event, and comes back signed', () => {
    let states: Generations = [stateAfter(decide(follow(1), [received()], pipeline))];
    const signed = input({
      kind: 'DEPARTMENT_EVENT',
      baseId,
      departmentEvent: { itemId, type: 'SIGNED', organisation: 'town', actor: '张三', at: 1, reason: null },
    });
    states = [stateAfter(decide(signed, states, pipeline))];
    expect(states[0]).toMatchObject({ status: 'SIGNED', signedBy: ['town'], departments: [] });
    const back = decide(command({ epoch: 2 }), states, pipeline);
    expect(types(back)).toContain('UNLINKED');
    expect(decision(back).views!.unified).toMatchObject({ status: 'SIGNED', primaryItemId: null });
    expect(stateAfter(back).departments.length).toBeGreaterThan(0);
  });

  test('takes its commands in their order: an older one, or the same again, is void', () => {
    const linked = stateAfter(decide(follow(3), [received()], pipeline));
    for (const late of [command({ epoch: 2 }), follow(3)])
      expect(decide(late, [linked], pipeline)).toEqual({
        kind: 'absorbed',
        reason: 'SUPERSEDED',
        states: [],
      });
  });

  test('is told again where it stands without a new revision', () => {
    const linked = stateAfter(decide(follow(1), [received()], pipeline));
    const again = decide(follow(2), [linked], pipeline);
    expect(decision(again)).toMatchObject({ views: null, removals: [], events: [] });
  });
});

describe('a primary', () => {
  const leads = (epoch: number, memberClass: Membership['memberClass']) =>
    command({
      epoch,
      reporters: 2,
      reporters7d: 2,
      memberClass,
      members: [{ itemId: other, relation: 'SAME_MATTER', score: 0.95, byPerson: false }],
    });

  test('is raised by a member that is MAJOR, and falls back without it; its own class is what it was', () => {
    const raised = decide(leads(1, 'MAJOR'), [received()], pipeline);
    expect(stateAfter(raised)).toMatchObject({ itemClass: 'MAJOR', ownClass: 'ORDINARY' });
    expect(decision(raised).views!.unified.classification.reasons.map(({ code }) => code)).toContain(
      'MEMBER',
    );
    const fallen = decide(leads(2, 'ORDINARY'), [stateAfter(raised)], pipeline);
    expect(stateAfter(fallen)).toMatchObject({ itemClass: 'ORDINARY', ownClass: 'ORDINARY' });
  });

  test('tells each change of its cluster in one event', () => {
    const led = stateAfter(decide(leads(1, 'ORDINARY'), [received()], pipeline));
    const alone = decide(command({ epoch: 2, reporters: 0 }), [led], pipeline);
    expect(types(decide(leads(1, 'ORDINARY'), [received()], pipeline))).toEqual(['CLUSTER_CHANGED']);
    expect(types(alone)).toEqual(['CLUSTER_CHANGED']);
  });
});

test('a word on a pair is kept once, and said by the person', () => {
  const word = input({
    kind: 'PAIR_WORD',
    baseId,
    pairWord: { itemId, otherId: other, word: 'UNLINK', actor: '李主任', assignee: null, reason: '两件事' },
  });
  const said = decide(word, [received()], pipeline);
  expect(decision(said).events).toMatchObject([
    { type: 'LINK_REJECTED', actorKind: 'PERSON', actor: '李主任', reason: '两件事' },
  ]);
  expect(stateAfter(said).pairWords).toMatchObject([{ otherId: other, word: 'UNLINK' }]);
  expect(decide(word, [stateAfter(said)], pipeline)).toMatchObject({ reason: 'ALREADY_APPLIED' });
});

describe('told to look again', () => {
  const again = input({ kind: 'REASSESS', baseId, reassess: { itemId, otherId: other, bothWays: false } });

  test('an item that is not there yet will look by itself', () => {
    expect(decide(again, [], pipeline)).toMatchObject({ kind: 'absorbed', reason: 'NO_ITEM' });
  });

  test('an item whose entry another linker has made makes it anew, and publishes nothing for that', () => {
    const before = received();
    const linker = {
      ...unlinked,
      version: 'newer',
      features: () => ({ keys: [1], bytes: Buffer.from([1]) }),
    };
    const made = decide(again, [before], { ...pipeline, linker });
    expect(stateAfter(made).entry).toMatchObject({ linkerVersion: 'newer', keys: [1], version: 2 });
    expect(decision(made).views).toBeNull();
    expect(decide(again, [stateAfter(made)], { ...pipeline, linker })).toMatchObject({
      reason: 'LOOKED_AGAIN',
    });
  });
});
