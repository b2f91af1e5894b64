import { describe, expect, test } from '@jest/globals';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { contextOf, draftOf } from './drafts.ts';
import { classify } from './index.ts';

function judge(record: Partial<SourceRecord>): Item {
  const outcome = classify.process(draftOf(record), contextOf());
  if (outcome.kind !== 'next') throw new Error(outcome.kind);
  return outcome.value.item;
}

const path = (sourceName: string): Partial<SourceRecord> => ({
  sourceCategory: { code: null, sourceCode: null, sourceName },
});

describe('category', () => {
  test("is the connector's canonical code where there is one", () => {
    const { category, classification } = judge({
      sourceCategory: { code: 'URB.ROAD', sourceCode: '0107', sourceName: '城市管理>环境卫生>生活垃圾' },
      body: '垃圾没人清',
    });
    expect(category).toMatchObject({ code: 'URB.ROAD', method: 'MAPPED', confidence: 1, sourceCode: '0107' });
    expect(classification.reasons.map(({ code }) => code)).toEqual(['O01']);
  });

  test('does not take a code that the catalogue does not know', () => {
    const { category } = judge({
      sourceCategory: { code: 'URB.NOTHING', sourceCode: null, sourceName: null },
      body: '垃圾没人清',
    });
    expect(category).toMatchObject({ code: 'URB.GARBAGE', method: 'RULE' });
  });

  test.each([
    ['城市管理>环境卫生>生活垃圾', 'URB.GARBAGE'],
    ['事件>市容环境>暴露垃圾', 'URB.GARBAGE'],
    ['城乡建设>建筑施工>夜间施工', 'URB.SITE'],
    ['生态环境>噪声污染>建筑施工噪声', 'URB.SITE'],
    ['生态环境>噪声污染>社会生活噪声', 'URB.NOISE'],
    ['法律援助/劳动争议-工资', 'LAB.WAGE'],
    ['失联', 'SEA.LOST'],
  ])('is mapped from the source words %s', (words, code) => {
    const { category, classification } = judge(path(words));
    expect(category).toMatchObject({ code, method: 'MAPPED' });
    expect(classification.reasons.some((reason) => reason.code === 'CATEGORY')).toBe(true);
  });

  test('is found by the words of the text where the source words say nothing certain', () => {
    const { category, classification } = judge({
      ...path('投诉'),
      title: '路灯不亮',
      body: '整条路的路灯都坏了',
    });
    expect(category).toMatchObject({ code: 'URB.FACILITY', method: 'RULE' });
    expect(category.confidence).toBeGreaterThan(0.5);
    expect(classification.reasons.find(({ code }) => code === 'CATEGORY')?.evidence).toContain('「路灯」');
  });

  test('follows words against an uncertain source word', () => {
    const { category } = judge({
      ...path('公用事业>燃气'),
      title: '煤气泄漏',
      body: '楼道里煤气味很浓,怕要爆炸',
    });
    expect(category.code).toBe('SAF.FIRE');
  });

  test('is unknown, with confidence 0, where no word says anything', () => {
    const { category, classification } = judge({ title: '你好', body: '在吗' });
    expect(category).toMatchObject({ code: 'UNK.OTHER', method: 'RULE', confidence: 0 });
    expect(classification).toMatchObject({ itemClass: 'ORDINARY' });
  });
});
