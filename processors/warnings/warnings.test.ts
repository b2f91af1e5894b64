import { describe, expect, test } from '@jest/globals';
import type { KnownWarning } from '../../runtime/processor.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { isInside, warningRules } from './index.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const hour = 3_600_000;

const red = (over: Partial<KnownWarning> = {}): KnownWarning => ({
  warningId: 'w-a',
  type: 'TYPHOON',
  level: 'RED',
  areas: ['putuo'],
  from: morning - hour,
  until: morning + hour,
  ...over,
});
const areasOf = (record: SourceRecord, warning: KnownWarning, toldAt = record.sourceUpdatedAt ?? morning) =>
  warningRules.concerning(record, toldAt, [warning], currentCatalogueVersion).map(({ area }) => area);
const at = (lon: number | null, lat: number | null, codes: Partial<SourceRecord['place']> = {}) => {
  const { place } = sourceRecord();
  const nowhere = { address: null, adminCode: null, districtCode: null, townCode: null };
  return sourceRecord({ place: { ...place, ...nowhere, lon, lat, ...codes } });
};

describe('the place of a warning', () => {
  test.each([
    ['a town by its code', sourceRecord(), 'donggang', true],
    ['not another town', sourceRecord(), 'shenjiamen', false],
    ['a town that the address names', at(null, null, { address: '六横镇台门港码头' }), 'liuheng', true],
    ['the district by its code', sourceRecord(), 'putuo', true],
    ['the district where the place is unknown', at(null, null), 'putuo', true],
    ['the district at sea', at(122.5002, 29.7311), 'putuo', true],
    ['not a place of another district', at(null, null, { districtCode: '310107' }), 'putuo', false],
    ['inshore waters by the point', at(122.5002, 29.7311), 'inshore', true],
    ['not the waters further out', at(122.5002, 29.7311), 'offshore', false],
    ['an anchorage', at(122.5002, 29.7311), 'anchorage-xiazhimen', true],
    ['a port', at(122.3, 29.94), 'shenjiamen-port', true],
    ['no water without a point', at(null, null), 'inshore', false],
    ['nothing by an area that the catalogue does not know', sourceRecord(), 'atlantis', false],
  ])('is %s', (_, record, area, expected) => {
    expect(areasOf(record, red({ areas: [area] }))).toEqual(expected ? [area] : []);
  });

  test('is named by the first of its areas in which the item lies', () => {
    expect(areasOf(sourceRecord(), red({ areas: ['shenjiamen', 'donggang', 'putuo'] }))).toEqual([
      'donggang',
    ]);
  });

  test('every area of the catalogue on water contains its own middle', () => {
    for (const { polygon } of catalogue.areas) {
      if (polygon === null) continue;
      const middle = [0, 1].map(
        (axis) => polygon.reduce((sum, point) => sum + point[axis as 0 | 1], 0) / polygon.length,
      );
      expect(isInside(middle as [number, number], polygon)).toBe(true);
    }
  });

  test('a ring may be bent: what lies in its bay is outside', () => {
    const bay = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
    ] as const;
    expect(isInside([2, 3], bay)).toBe(false);
    expect(isInside([0.5, 2], bay)).toBe(true);
    expect(isInside([5, 2], bay)).toBe(false);
  });
});

describe('the time of a warning', () => {
  const lost = (lostMin: string, sourceUpdatedAt: number) =>
    sourceRecord({ ext: { lostMin }, reportedAt: morning - 9 * hour, sourceUpdatedAt });
  test.each([
    ['when the item was reported in it', sourceRecord(), morning, true],
    ['when its source spoke of it again', sourceRecord({ reportedAt: morning - 48 * hour }), morning, true],
    [
      'not between two words of a matter',
      sourceRecord({ reportedAt: morning - 48 * hour }),
      morning + 48 * hour,
      false,
    ],
    ['not after it', sourceRecord({ reportedAt: morning + 2 * hour }), morning + 2 * hour, false],
    ['since the last signal of a vessel', lost('150', morning + 2 * hour), morning + 2 * hour, true],
    [
      'since that signal still, when the alarm comes again and its minutes are no news',
      lost('150', morning + 2 * hour),
      morning + 5 * hour,
      true,
    ],
    ['not when the last signal came after it', lost('50', morning + 2 * hour), morning + 2 * hour, false],
    ['six hours back at most', lost('100000', morning + 7.5 * hour), morning + 7.5 * hour, false],
    ['whatever stands for the minutes', lost('unknown', morning), morning, true],
  ])('counts %s', (_, record, toldAt, expected) => {
    expect(areasOf(record, red(), toldAt)).toHaveLength(expected ? 1 : 0);
  });

  test('warnings come in the order of their ids, those that are over left out', () => {
    const known = [
      red({ warningId: 'w-c', until: null }),
      red({ warningId: 'w-b' }),
      red({ warningId: 'w-a', until: morning - 1 }),
    ];
    const found = warningRules.concerning(sourceRecord(), morning, known, currentCatalogueVersion);
    expect(found.map(({ warningId }) => warningId)).toEqual(['w-b', 'w-c']);
  });
});

test('a group of categories stands for all of them; a type that is not known moves none', () => {
  expect(warningRules.categories('TYPHOON', currentCatalogueVersion)).toEqual(
    expect.arrayContaining(['SEA.LOST', 'SEA.DISPUTE', 'SAF.FLOOD', 'URB.DRAIN']),
  );
  expect(warningRules.categories('LOCUSTS', currentCatalogueVersion)).toEqual([]);
});
