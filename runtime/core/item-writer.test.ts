import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseGeneration, identity } from '../../processors/identity/index.ts';
import type { Item, ItemInput, ItemState } from '../../schemas/types.ts';
import { unlinked, unwarned } from '../../test/support/linkers.ts';
import { input, morning, recordInput } from '../../test/support/records.ts';
import { next } from '../outcome.ts';
import type { Pipeline } from '../processor.ts';
import { itemIdOf } from './ids.ts';
import { decide, type Generations, type Verdict } from './item-writer.ts';
import type { Decision } from './settle.ts';

const baseId = 'complaint-report:TS202603100047';
const itemId = itemIdOf(baseId, 1);
const day = 86_400_000;

/** A judgement small enough to see through: 火 in the title is MAJOR and goes to fire and duty, all else to the town. */
const pipeline: Pipeline = {
  warnings: unwarned,
  processors: [
    identity,
    {
      name: 'judge',
      version: '1',
      summary: 'class, route and views of these tests',
      process(draft, { state }) {
        const wanted =
          state?.personClass?.itemClass ?? (draft.item.title.includes('火') ? 'MAJOR' : 'ORDINARY');
        const lowers =
          (state?.signedBy.length ?? 0) > 0 && state?.itemClass === 'MAJOR' && wanted === 'ORDINARY';
        const itemClass = lowers && state?.personClass == null ? 'MAJOR' : wanted;
        const major = itemClass === 'MAJOR';
        const item: Item = {
          ...draft.item,
          title: draft.item.title.replaceAll('张三', '[NAME]'),
          classification: {
            ...draft.item.classification,
            itemClass,
            procedure: major ? 'SUPERVISE' : 'DISPATCH',
            reasons: [
              {
                code: major ? 'M02' : 'O01',
                text: '',
                evidence: '',
                ruleId: major ? 'M02' : 'O01',
                ruleVersion: '1',
              },
            ],
          },
          route: {
            leadDepartment: major ? 'fire' : 'town',
            coDepartments: major ? ['duty'] : [],
            level: 'TOWN',
            reason: '',
          },
          ext: lowers ? { ...draft.item.ext, suggests: 'ORDINARY' } : draft.item.ext,
        };
        const holders = [item.route.leadDepartment, ...item.route.coDepartments];
        return next({
          ...draft,
          item,
          views: { unified: item, departments: new Map(holders.map((organisation) => [organisation, item])) },
        });
      },
    },
  ],
  chooseGeneration,
  suggestedClass: (draft) => draft.item.ext.suggests ?? null,
  ownClass: (draft) => draft.item.classification.itemClass,
  linker: unlinked,
  hasCatalogue: () => true,
};

/** Applies inputs one after the other, as the writer loop does. */
function apply(inputs: readonly ItemInput[], before: Generations = []) {
  let states = before;
  const verdicts: Verdict[] = [];
  for (const each of inputs) {
    const verdict = decide(each, states, pipeline);
    verdicts.push(verdict);
    const changed =
      verdict.kind === 'decided'
        ? verdict.decision.states
        : verdict.kind === 'absorbed'
          ? verdict.states
          : [];
    const byId = new Map([...states, ...changed].map((state) => [state.itemId, state]));
    states = [...byId.values()].sort((a, b) => a.generation - b.generation);
  }
  return { states, verdicts, state: states[0]! };
}

function decision(verdict: Verdict | undefined): Decision {
  if (verdict?.kind !== 'decided') throw new Error(`expected a decision, got ${JSON.stringify(verdict)}`);
  return verdict.decision;
}

const reclass = (itemClass: 'ORDINARY' | 'MAJOR', around: Partial<ItemInput> = {}) =>
  input({
    kind: 'RECLASS',
    reclass: { itemId, itemClass, actor: '李主任', reason: '核实无险情' },
    ...around,
  });

const departmentEvent = (type: string, organisation: string) =>
  input({
    kind: 'DEPARTMENT_EVENT',
    departmentEvent: { itemId, type, organisation, actor: '值班员', at: morning, reason: null },
  });

const types = (made: Decision) => made.events.map((event) => event.type);

describe('the item writer', () => {
  test('makes a new record an item of revision 1 at the organisations of its route, with an event for each step', () => {
    const { verdicts, state } = apply([recordInput()]);
    const made = decision(verdicts[0]);
    expect(made.views?.unified).toMatchObject({
      itemId,
      revision: 1,
      contentRevision: 1,
      status: 'DISPATCHED',
    });
    expect([...made.views!.departments.keys()]).toEqual(['town']);
    expect(types(made)).toEqual(['ITEM_RECEIVED', 'CLASSIFIED', 'ROUTED']);
    expect(made.events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(state).toMatchObject({ revision: 1, eventSeq: 3, departments: ['town'], orderKeyAt: morning });
  });

  test('absorbs the same record again without a trace in the topics', () => {
    const { verdicts, state } = apply([recordInput(), recordInput({ ingestedAt: morning + day })]);
    expect(verdicts[1]).toMatchObject({ kind: 'absorbed', reason: 'REDELIVERY', states: [] });
    expect(state.revision).toBe(1);
  });

  test('absorbs an older version that is read again after a newer one', () => {
    const old = recordInput();
    const corrected = recordInput({ body: '垃圾已堆五天', sourceUpdatedAt: morning + day });
    const { verdicts, state } = apply([old, corrected, recordInput({}, { inputId: 'other' })]);
    expect(verdicts[2]).toMatchObject({ kind: 'absorbed', reason: 'STALE' });
    expect(state.record.body).toBe('垃圾已堆五天');
  });

  test('remembers the version of a repeat, so that an older one with other content stays stale', () => {
    const same = recordInput({ recordVersion: '3', sourceUpdatedAt: morning + 2 * day });
    const late = recordInput({ body: '垃圾已堆五天', recordVersion: '2', sourceUpdatedAt: morning + day });
    const { verdicts, state } = apply([recordInput({ recordVersion: '1' }), same, late]);
    expect(verdicts.slice(1)).toMatchObject([
      { kind: 'absorbed', reason: 'REDELIVERY' },
      { kind: 'absorbed', reason: 'STALE' },
    ]);
    expect(state).toMatchObject({ recordVersion: '3', revision: 1 });
  });

  test('publishes a correction as the next revision and counts it apart from revisions', () => {
    const { verdicts, state } = apply([
      recordInput(),
      recordInput({ body: '垃圾已堆五天', sourceUpdatedAt: morning + day }),
    ]);
    const made = decision(verdicts[1]);
    expect(made.views?.unified).toMatchObject({ revision: 2, contentRevision: 2 });
    expect(types(made)).toEqual(['CORRECTED']);
    expect(state.orderKeyAt).toBe(morning);
  });

  test('takes a changed status alone as an event, not as a correction', () => {
    const later = { sourceStatus: '办理中', sourceEvent: 'STARTED', sourceUpdatedAt: morning + day };
    const { verdicts, state } = apply([recordInput(), recordInput(later)]);
    expect(types(decision(verdicts[1]))).toEqual(['SOURCE_STATUS_CHANGED']);
    expect(state).toMatchObject({ contentRevision: 1, revision: 2, status: 'DISPATCHED' });
  });

  test('writes no revision when only what readers cannot see has changed', () => {
    const moved = recordInput({
      contentHash: 'other',
      rawRef: 'raw@2',
      rawSha256: '2',
      sourceUpdatedAt: morning + day,
    });
    const { state } = apply([
      recordInput(),
      { ...moved, sourceRecord: { ...moved.sourceRecord!, contentHash: 'other' } },
    ]);
    // A correction is counted in the item itself, so it is seen; a re-evaluation that changes nothing is not.
    expect(state.revision).toBe(2);
    const again = decision(apply([departmentEvent('CONTACTED', 'town')], [state]).verdicts[0]);
    expect(again.views).toBeNull();
    expect(again.events).toMatchObject([{ type: 'CONTACTED', late: true, revision: null }]);
  });

  test('leaves a last record at an organisation that loses the item, without the new text in it', () => {
    const corrected = recordInput({ title: '菜场后门起火', sourceUpdatedAt: morning + day });
    const { verdicts, state } = apply([recordInput(), corrected]);
    const made = decision(verdicts[1]);
    expect(made.removals).toMatchObject([
      {
        organisation: 'town',
        item: { title: '', body: '', revision: 2, removed: { reason: 'REROUTED', to: 'fire' } },
      },
    ]);
    expect(types(made)).toEqual(['CORRECTED', 'RECLASSED', 'REROUTED', 'WITHDRAWN_FROM_YOU']);
    expect(state.departments).toEqual(['fire', 'duty']);
    expect(state.status).toBe('SUBMITTED');
  });

  test('keeps a person’s class through later corrections, and applies the same command once', () => {
    const command = reclass('ORDINARY');
    const fire = { title: '菜场起火' };
    const { verdicts, state } = apply([
      recordInput(fire),
      command,
      command,
      recordInput({ ...fire, body: '还在冒烟', sourceUpdatedAt: morning + day }),
    ]);
    expect(decision(verdicts[1]).events[0]).toMatchObject({
      type: 'RECLASSED',
      actorKind: 'PERSON',
      actor: '李主任',
      reason: '核实无险情',
      data: { itemClass: 'ORDINARY', previousClass: 'MAJOR' },
    });
    expect(decision(verdicts[1]).removals[0]?.item.removed?.reason).toBe('RECLASSED');
    expect(verdicts[2]).toMatchObject({ kind: 'absorbed', reason: 'ALREADY_APPLIED' });
    expect(state.itemClass).toBe('ORDINARY');
  });

  test('suggests a lower class instead of taking it once an organisation has signed', () => {
    const lowered = recordInput({ title: '菜场冒烟是蒸包子', sourceUpdatedAt: morning + day });
    const unsigned = apply([recordInput({ title: '菜场起火' }), lowered]).state;
    expect(unsigned).toMatchObject({ itemClass: 'ORDINARY', suggestedClass: null });
    const { verdicts, state } = apply([
      recordInput({ title: '菜场起火' }),
      departmentEvent('SIGNED', 'fire'),
      lowered,
    ]);
    expect(state).toMatchObject({
      itemClass: 'MAJOR',
      suggestedClass: 'ORDINARY',
      status: 'SIGNED',
      signedBy: ['fire'],
    });
    expect(types(decision(verdicts[2]))).toEqual(['CORRECTED', 'LOWER_CLASS_SUGGESTED']);
  });

  test('buries a decision about an item that it has never seen', () => {
    expect(decide(reclass('MAJOR'), [], pipeline)).toMatchObject({
      kind: 'dead',
      code: 'HUB_INPUT_NO_SUCH_ITEM',
    });
  });

  test('does not send out as work what was over at its source when it came', () => {
    const closed = { sourceStatus: '已办结', sourceEvent: 'CLOSED' };
    const { verdicts, states } = apply([recordInput(closed)]);
    const made = decision(verdicts[0]);
    expect(made.views?.departments.size).toBe(0);
    expect(made.views?.unified.status).toBe('CLOSED');
    expect(types(made)).toEqual(['ITEM_RECEIVED', 'CLASSIFIED', 'ANSWERED_AT_SOURCE', 'CLOSED']);
    const reopened = recordInput({
      sourceStatus: '办理中',
      sourceEvent: 'STARTED',
      sourceUpdatedAt: morning + day,
    });
    expect(apply([reopened], states).state).toMatchObject({ status: 'DISPATCHED', departments: ['town'] });
  });

  test('gives a number that is used again for another matter an item of its own, and still knows the first', () => {
    const other = {
      title: '公交车司机拒载老人',
      body: '三路公交车今早在东港站拒载',
      reportedAt: morning + 120 * day,
    };
    const { states, verdicts } = apply([
      recordInput(),
      recordInput({ ...other, sourceUpdatedAt: morning + 120 * day }),
      recordInput({}, { inputId: 'late copy of the first' }),
      recordInput({ ...other, sourceUpdatedAt: morning + 120 * day }, { inputId: 'late copy of the second' }),
    ]);
    expect(states.map((state) => [state.itemId, state.generation, state.generations])).toEqual([
      [itemId, 1, 2],
      [itemIdOf(baseId, 2), 2, 2],
    ]);
    expect(decision(verdicts[1]).views?.unified.quality).toContain('ID_REUSED');
    expect(verdicts.slice(2).map((verdict) => verdict.kind)).toEqual(['absorbed', 'absorbed']);
  });

  test('ticks off an input that an urgent one has taken along, once', () => {
    const first = recordInput();
    const state: ItemState = { ...apply([first]).state, takenAlong: [first.inputId] };
    const verdict = decide(first, [state], pipeline);
    expect(verdict).toMatchObject({ kind: 'absorbed', reason: 'TAKEN_ALONG', states: [{ takenAlong: [] }] });
  });

  test('numbers revisions and events without a gap, whatever comes, and ends where the last version ends', () => {
    const titles = ['垃圾没人清', '菜场起火', '路灯不亮', '张三家漏水'];
    const anything = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('version' as const),
          title: fc.constantFrom(...titles),
          repeat: fc.boolean(),
        }),
        fc.record({ kind: fc.constant('reclass' as const), major: fc.boolean() }),
        fc.record({
          kind: fc.constant('event' as const),
          type: fc.constantFrom('SIGNED', 'RETURNED', 'STARTED', 'CLOSED'),
        }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(anything, (steps) => {
        let version = 0;
        const inputs: ItemInput[] = [recordInput({ recordVersion: '0' })];
        for (const step of steps) {
          if (step.kind === 'reclass') inputs.push(reclass(step.major ? 'MAJOR' : 'ORDINARY'));
          else if (step.kind === 'event') inputs.push(departmentEvent(step.type, 'town'));
          else {
            version += 1;
            const record = { title: step.title, recordVersion: String(version), sourceUpdatedAt: null };
            inputs.push(recordInput(record));
            if (step.repeat) inputs.push(recordInput(record));
          }
        }
        const { verdicts, state } = apply(inputs);
        const decided = verdicts.filter((verdict) => verdict.kind === 'decided').map(decision);
        const revisions = decided.flatMap((made) =>
          made.views === null ? [] : [made.views.unified.revision],
        );
        expect(revisions).toEqual(revisions.map((_, index) => index + 1));
        expect(state.revision).toBe(revisions.length);
        const seqs = decided.flatMap((made) => made.events.map((event) => event.seq));
        expect(seqs).toEqual(seqs.map((_, index) => index + 1));
        const held = new Set<string>();
        for (const made of decided) {
          for (const organisation of made.views?.departments.keys() ?? []) held.add(organisation);
          for (const { organisation } of made.removals) held.delete(organisation);
        }
        expect([...held].sort()).toEqual([...state.departments].sort());
      }),
    );
  });
});
