import { describe, expect, test } from '@jest/globals';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { classNames, extraReasons, factLabels, reasonTemplates, reasonText } from './messages.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);

describe('messages', () => {
  test('every rule of the catalogue and every extra reason has a text, and no text is left over', () => {
    const ids = [...catalogue.rules.map(({ id }) => id), ...extraReasons];
    expect(Object.keys(reasonTemplates).sort()).toEqual([...ids].sort());
  });

  test('every text is there in both languages, with the same place for the evidence', () => {
    for (const words of [
      ...Object.values(reasonTemplates),
      ...Object.values(factLabels),
      ...Object.values(classNames),
    ]) {
      expect(words['zh-CN']).toMatch(/\p{Script=Han}/u);
      expect(words.en).toMatch(/[a-z]/i);
      expect(words.en).not.toMatch(/\p{Script=Han}/u);
      expect(words.en.includes('{}')).toBe(words['zh-CN'].includes('{}'));
    }
  });

  test('the stored evidence gives the reason in either language', () => {
    expect(reasonText('M01', '「重伤」 deaths=2', 'zh-CN')).toBe('涉及人身安全:「重伤」、死亡2人');
    expect(reasonText('M01', '「重伤」 deaths=2', 'en')).toBe('Danger to life: 「重伤」, 2 dead');
    expect(reasonText('M10', 'reporters7d=12', 'en')).toBe(
      '12 distinct reporters about the same matter within 7 days',
    );
    expect(reasonText('M05', '「SART TEST」 mmsi=970009901', 'en')).toBe(
      'Vessel or person in distress at sea: 「SART TEST」, emergency MMSI 970009901',
    );
  });

  test("a person's words are shown as written", () => {
    expect(reasonText('PERSON', 'a=b 「误报」 $&', 'en')).toBe('Decided by a person: a=b 「误报」 $&');
  });

  test('a rule of a later version shows its id and evidence', () => {
    expect(reasonText('M99', 'x=1', 'en')).toBe('M99 x=1');
  });
});
