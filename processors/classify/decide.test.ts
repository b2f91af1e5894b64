import { describe, expect, test } from '@jest/globals';
import type { Facts } from '../../runtime/processor.ts';
import { exampleState } from '../../schemas/examples.ts';
import type { ItemState, SourceRecord } from '../../schemas/types.ts';
import { morning } from '../../test/support/records.ts';
import { contextOf, draftOf, impactOf } from './drafts.ts';
import { classify, suggestedClass } from './index.ts';

const stateOf = (over: Partial<ItemState>): ItemState => ({
  ...exampleState,
  personClass: null,
  suggestedClass: null,
  signedBy: [],
  ...over,
});

function judge(record: Partial<SourceRecord>, facts: Partial<Facts>, state: ItemState | null) {
  const outcome = classify.process(draftOf(record), contextOf(facts, state));
  if (outcome.kind !== 'next') throw new Error(outcome.kind);
  return outcome.value;
}

const rubbish: Partial<SourceRecord> = {
  sourceCategory: { code: 'URB.GARBAGE', sourceCode: null, sourceName: null },
  body: '垃圾没人清',
};

describe('class in force', () => {
  test('is what the rules say for a new item, decided at the time of the input', () => {
    const { classification } = judge(rubbish, {}, null).item;
    expect(classification).toMatchObject({
      itemClass: 'ORDINARY',
      procedure: 'DISPATCH',
      decidedBy: 'RULE',
      decidedAt: morning,
      previousClass: null,
    });
    expect(classification.reasons.map(({ ruleId }) => ruleId)).toEqual(['O01']);
  });

  test('is lowered at once while no organisation has signed', () => {
    const draft = judge(rubbish, {}, stateOf({ itemClass: 'MAJOR' }));
    expect(draft.item.classification).toMatchObject({ itemClass: 'ORDINARY', previousClass: 'MAJOR' });
    expect(suggestedClass(draft)).toBeNull();
  });

  test('stays after a signature, and the lower class is a suggestion', () => {
    const draft = judge(rubbish, {}, stateOf({ itemClass: 'MAJOR', signedBy: ['law-enforcement'] }));
    const { classification } = draft.item;
    expect(classification).toMatchObject({ itemClass: 'MAJOR', procedure: 'SUPERVISE', previousClass: null });
    expect(classification.reasons.map(({ code }) => code)).toEqual(['SUGGEST_LOWER', 'O01']);
    expect(classification.reasons[0]?.text).toBe('规则现判为普通,已有部门签收,降级待人工确认');
    expect(suggestedClass(draft)).toBe('ORDINARY');
  });

  test('is raised at once even after a signature', () => {
    const draft = judge(
      rubbish,
      { distinctReporters7d: 12 },
      stateOf({ itemClass: 'ORDINARY', signedBy: ['law-enforcement'] }),
    );
    expect(draft.item.classification).toMatchObject({ itemClass: 'MAJOR', previousClass: 'ORDINARY' });
    expect(draft.item.classification.reasons[0]).toMatchObject({
      code: 'M10',
      text: '7日内12人反映同一问题',
      evidence: 'reporters7d=12',
    });
    expect(suggestedClass(draft)).toBeNull();
  });

  test("follows a person's word, higher or lower, with the rules still listed", () => {
    const personClass = {
      itemClass: 'ORDINARY',
      actor: 'duty-1',
      reason: '经核实 为误报',
      at: 5,
      inputId: 'i',
    } as const;
    const draft = judge(
      { ...rubbish, body: '仓库起火' },
      {},
      stateOf({ itemClass: 'MAJOR', personClass, signedBy: ['fire-rescue'] }),
    );
    expect(draft.item.classification).toMatchObject({
      itemClass: 'ORDINARY',
      procedure: 'DISPATCH',
      decidedBy: 'PERSON',
      decidedAt: 5,
      previousClass: 'MAJOR',
    });
    expect(draft.item.classification.reasons.map(({ code }) => code)).toEqual(['PERSON', 'M02']);
    expect(draft.item.classification.reasons[0]?.text).toBe('人工定级:经核实 为误报');
    expect(suggestedClass(draft)).toBeNull();
  });

  test('goes back to the rules when a person says UNCLASSIFIED', () => {
    const personClass = {
      itemClass: 'UNCLASSIFIED',
      actor: 'duty-1',
      reason: '撤销',
      at: 5,
      inputId: 'i',
    } as const;
    const { classification } = judge(rubbish, {}, stateOf({ itemClass: 'MAJOR', personClass })).item;
    expect(classification).toMatchObject({ itemClass: 'ORDINARY', decidedBy: 'RULE' });
  });
});

describe('severity', () => {
  test.each([
    ['LOW', { deaths: 1 }, 'MEDIUM'],
    ['MEDIUM', { deaths: 3 }, 'HIGH'],
    ['MEDIUM', { deaths: 10 }, 'CRITICAL'],
    ['LOW', { injured: 9 }, 'LOW'],
    ['LOW', { injured: 10 }, 'HIGH'],
    ['LOW', { injured: 50 }, 'CRITICAL'],
    ['CRITICAL', { deaths: 1 }, 'CRITICAL'],
    ['LOW', {}, 'LOW'],
  ] as const)('of %s with %j is %s: raised by legal grades, never lowered', (severity, harm, expected) => {
    const draft = judge({ ...rubbish, severity, impact: impactOf(harm) }, {}, null);
    expect(draft.item.severity).toBe(expected);
  });

  test('kind and urgency stay as the source gave them', () => {
    const { item } = judge({ kind: 'CONSULTATION', urgency: 'NORMAL', body: '仓库爆炸,死亡3人' }, {}, null);
    expect(item).toMatchObject({ kind: 'CONSULTATION', urgency: 'NORMAL', severity: 'MEDIUM' });
  });
});
