import { describe, expect, test } from '@jest/globals';
import type { SourceRecord, WarningFact } from '../../schemas/types.ts';
import { contextOf, draftOf } from './drafts.ts';
import { classify, reasonText } from './index.ts';

const fact = (over: Partial<WarningFact> = {}): WarningFact => ({
  warningId: 'w-abcdefghij',
  type: 'TYPHOON',
  level: 'BLUE',
  area: 'inshore',
  ...over,
});

function judge(record: Partial<SourceRecord>, ...warnings: readonly WarningFact[]) {
  const outcome = classify.process(draftOf(record), contextOf({ warnings }));
  if (outcome.kind !== 'next') throw new Error(outcome.kind);
  const { itemClass, reasons } = outcome.value.item.classification;
  return { itemClass, reasons: Object.fromEntries(reasons.map(({ code, evidence }) => [code, evidence])) };
}

const code = (name: string) => ({ code: name, sourceCode: null, sourceName: null });
const vessel = {
  system: 'smart-ocean',
  kind: 'ALERT',
  title: '失联报警',
  body: '',
  sourceCategory: code('SEA.LOST'),
  ext: { lostMin: '120', crewNum: '7' },
} as const;

describe('M06 under a typhoon warning', () => {
  test('a crewed vessel is MAJOR after an hour, under a warning of any colour', () => {
    expect(judge(vessel).itemClass).toBe('SPECIALIZED');
    const { itemClass, reasons } = judge(vessel, fact());
    expect(itemClass).toBe('MAJOR');
    expect(reasons.M06).toBe('lostMinutes=120 warning=TYPHOON/BLUE/w-abcdefghij');
  });

  test('not within the hour, not without a crew, and not under a warning of another kind', () => {
    expect(judge({ ...vessel, ext: { lostMin: '60' } }, fact()).itemClass).toBe('SPECIALIZED');
    expect(judge({ ...vessel, ext: { lostMin: '120', crewNum: '0' } }, fact()).itemClass).toBe('SPECIALIZED');
    expect(judge(vessel, fact({ type: 'FOG', level: 'RED' })).itemClass).toBe('SPECIALIZED');
  });
});

describe('M07 under a red warning', () => {
  const flat = { title: '一楼积水', body: '老人卧床,没撤离', sourceCategory: code('URB.DRAIN') };
  const red = fact({ level: 'RED', type: 'FLOOD', area: 'putuo' });

  test('people who have not been moved make it MAJOR, with the warning and their words as evidence', () => {
    expect(judge(flat).itemClass).toBe('ORDINARY');
    const { itemClass, reasons } = judge(flat, red);
    expect(itemClass).toBe('MAJOR');
    expect(reasons.M07).toBe('warning=FLOOD/RED/w-abcdefghij 「卧床」 「没撤」 「没撤离」');
  });

  test('an orange one is shown and changes nothing; so is a red one where nobody is at risk', () => {
    const orange = judge(flat, fact({ level: 'ORANGE', type: 'FLOOD' }));
    expect(orange).toMatchObject({
      itemClass: 'ORDINARY',
      reasons: { WARNING: 'warning=FLOOD/ORANGE/w-abcdefghij' },
    });
    expect(judge({ ...flat, body: '积水很深' }, red)).toMatchObject({ itemClass: 'ORDINARY' });
  });

  test('"nobody comes" is no danger in a matter that is not about water', () => {
    const garbage = { title: '消防通道堵了', body: '没人管', sourceCategory: code('SAF.HAZARD') };
    expect(judge(garbage, red).itemClass).toBe(judge(garbage).itemClass);
  });

  test('a category that looks at no such warning does not show it', () => {
    const wages = { title: '欠薪', body: '没人管', sourceCategory: code('LAB.WAGE') };
    expect(judge(wages, red)).toEqual(judge(wages));
  });
});

test('a reason names the warning in the words of the reader', () => {
  const evidence = 'lostMinutes=120 warning=TYPHOON/RED/w-abcdefghij';
  expect(reasonText('M06', evidence, 'zh-CN')).toBe(
    '载人船舶失联超时:失联120分钟、台风红色(w-abcdefghij)预警',
  );
  expect(reasonText('WARNING', 'warning=NEW/RED/w-a', 'en')).toBe(
    'Warning in force then and there: red new (w-a) warning',
  );
});
