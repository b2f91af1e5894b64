import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxFeatureBytes, maxKeys } from '../../runtime/dedup-index/index.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { draftOf } from '../../test/support/drafts.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { FeatureReader } from './feature-reader.ts';
import { linker } from './index.ts';

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.constantFrom('银帆路3幢2单元501漏水', '浙普渔99512失联,MMSI 412999512', '望海家园蓝屿旅行社不退款'),
);

const records: fc.Arbitrary<Partial<SourceRecord>> = fc.record({
  title: texts,
  body: texts,
  reportedAt: fc.integer({ min: morning - 86_400_000, max: morning + 86_400_000 }),
  relatedIds: fc.array(fc.string({ maxLength: 30 }), { maxLength: 5 }),
  kind: fc.constantFrom('COMPLAINT', 'CONSULTATION', 'HELP', 'ALERT', 'SUGGESTION'),
  place: fc
    .record({
      address: fc.option(texts),
      premise: fc.option(fc.constantFrom('3幢2单元501', '3-1-201', '12幢')),
      lon: fc.double({ min: 121.9, max: 122.9, noNaN: true }),
      lat: fc.double({ min: 29.5, max: 30.3, noNaN: true }),
      assetId: fc.option(fc.string({ maxLength: 20 })),
      grids: fc.constantFrom([], [{ code: '330903003003012', scheme: 'SOCIAL', kind: 'BASIC' } as const]),
      locatedBy: fc.constantFrom('SOURCE', 'GEOCODED', 'GRID_CENTROID', 'VESSEL'),
    })
    .map((place) => ({ ...sourceRecord().place, ...place })),
  reporter: fc
    .record({
      ref: fc.option(fc.constantFrom('hk1:aa', 'hk1:bb')),
      name: fc.option(fc.constantFrom('王**', '赵明涛', '匿名')),
      phone: fc.option(fc.constantFrom('138****8000', '13800138000', '')),
      kind: fc.constantFrom('CITIZEN', 'ANONYMOUS', 'SENSOR'),
    })
    .map((reporter) => ({ ...sourceRecord().reporter, ...reporter })),
  subject: fc.constantFrom(null, { kind: 'ORG', name: null, ref: '91330903MA00000001' } as const),
});

const sideOf = (over: Partial<SourceRecord>, closedAt: number | null = null) => {
  const draft = draftOf(over);
  return { ...linker.features(draft, closedAt), itemId: draft.item.itemId, at: draft.record.reportedAt };
};

describe('features', () => {
  test('of any record fit into the index', () => {
    fc.assert(
      fc.property(records, fc.option(fc.nat(morning)), (record, closedAt) => {
        const { keys, bytes } = sideOf(record, closedAt);
        expect(bytes.length).toBeLessThanOrEqual(maxFeatureBytes);
        expect(keys.length).toBeLessThanOrEqual(maxKeys);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key <= 0xffffffff)).toBe(true);
      }),
    );
  });

  test('are the same every time', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(sideOf(record)).toEqual(sideOf(record));
      }),
    );
  });

  test('read back what was written', () => {
    const { bytes } = sideOf(
      {
        relatedIds: ['hotline-12345:PT1', 'legal-12348:FL2'],
        reporter: { ...sourceRecord().reporter, ref: 'hk1:9c87bece8005' },
        place: { ...sourceRecord().place, premise: '3幢2单元501', assetId: 'lift-7' },
      },
      morning + 3_600_000,
    );
    const reader = new FeatureReader();
    expect(reader.read(bytes)).toBe(true);
    expect(reader).toMatchObject({ kind: 'COMPLAINT', reporterKind: 'CITIZEN', hasPoint: true, quoteds: 2 });
    expect(reader.latMicro).toBe(29_946_520);
    expect(reader.lonMicro).toBe(122_301_450);
    expect(reader.closedMinute * 60_000).toBe(Math.floor((morning + 3_600_000) / 60_000) * 60_000);
    expect(reader.building * reader.unit * reader.room * reader.asset).not.toBe(0);
    expect(reader.is('known')).toBe(true);
  });

  test('have no key from a masked name, nor from a place without a problem', () => {
    const told = (over: Partial<SourceRecord>) =>
      sideOf({ body: '请问', title: '', relatedIds: [], ...over }).keys;
    const person = { ...sourceRecord().reporter, phone: null, ref: null, name: null };
    const place = { ...sourceRecord().place, address: null, lat: null, lon: null, townCode: null };
    const bare = told({ place, reporter: person });
    expect(told({ place, reporter: { ...person, name: '王**' } })).toEqual(bare);
    const [here, other] = ['垃圾没人清运', '路灯不亮'].map((title) => told({ title, reporter: person }));
    expect(here!.filter((key) => other!.includes(key))).toEqual(bare);
  });

  test('of another layout are not read', () => {
    expect(new FeatureReader().read(new Uint8Array([9, ...sideOf({}).bytes.slice(1)]))).toBe(false);
    expect(new FeatureReader().read(new Uint8Array())).toBe(false);
  });

  test('hold no text, number or name in clear', () => {
    const { bytes } = sideOf({ body: 'secret-words-inside-the-body', recordId: 'TS202603100047' });
    const clear = Buffer.from(bytes).toString('latin1');
    for (const word of ['secret', 'TS2026', '13800138000', '8000']) expect(clear).not.toContain(word);
  });
});

describe('score', () => {
  const pairSide = (over: Partial<SourceRecord>, id: string) => {
    const { bytes } = sideOf({ ...over, reportedAt: morning, recordId: id });
    return { itemId: id, orderKeyAt: morning, features: bytes };
  };

  test('does not depend on which side is which when both are of one time', () => {
    fc.assert(
      fc.property(records, records, (one, other) => {
        const [a, b] = [pairSide(one, 'a'), pairSide(other, 'b')];
        expect(linker.score(a, b)).toEqual(linker.score(b, a));
      }),
      { numRuns: 300 },
    );
  });

  test('keeps nothing of the pair before', () => {
    fc.assert(
      fc.property(records, records, records, (one, other, third) => {
        const [a, b, c] = [pairSide(one, 'a'), pairSide(other, 'b'), pairSide(third, 'c')];
        const before = linker.score(a, b);
        linker.score(c, a);
        expect(linker.score(a, b)).toEqual(before);
      }),
    );
  });
});
