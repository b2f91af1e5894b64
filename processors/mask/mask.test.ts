import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Draft, Views } from '../../runtime/index.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { classed, draftOf, newItemContext } from '../../test/support/drafts.ts';
import { sourceRecord } from '../../test/support/records.ts';
import { route } from '../route/index.ts';
import { mask } from './index.ts';
import { cellCentre } from './place.ts';

const place = {
  ...sourceRecord().place,
  premise: '3幢2单元501',
  communityCode: '330903003003',
  accuracyM: 20,
};
const caller = { ...sourceRecord().reporter, ref: 'hk1:9c87bece8005', name: '王建国', phone: '13800138000' };
const secret = { ...caller, confidential: true };
const told = {
  title: '东港街道海印路菜场后门垃圾',
  body: '我叫王建国,住3幢2单元501,电话13800138000。垃圾堆了三天',
  statusNotes: '已致电王建国13800138000',
  place,
  reporter: caller,
};

function run(draft: Draft): Views {
  const outcomes = [route, mask].reduce<Draft>((current, processor) => {
    const outcome = processor.process(current, newItemContext);
    if (outcome.kind !== 'next') throw new Error(`${processor.name} ended with ${outcome.kind}`);
    return outcome.value;
  }, withContact(draft));
  return outcomes.views!;
}

/** As it will be once there is a vault. */
const withContact = (draft: Draft): Draft => ({
  ...draft,
  item: { ...draft.item, reporter: { ...draft.item.reporter, contactRef: 'vault:7f3a' } },
});

const viewsOf = (
  category: string,
  itemClass: Item['classification']['itemClass'],
  over: Partial<SourceRecord> = {},
) => run(classed(draftOf({ ...told, ...over }), category, itemClass, ['M02']));

const fire = viewsOf('SAF.FIRE', 'MAJOR');
const seenBy = (views: Views, organisation: string): Item => views.departments.get(organisation)!;

describe('the unified stream', () => {
  test('carries a scrubbed text, a masked reporter, the point, and no premise', () => {
    const { unified } = viewsOf('URB.GARBAGE', 'ORDINARY');
    expect(unified).toMatchObject({
      body: '我叫[NAME],住[PREMISE],电话[PHONE]。垃圾堆了三天',
      statusNotes: '已致电[NAME][PHONE]',
      place: {
        premise: null,
        lon: 122.30145,
        lat: 29.94652,
        rawX: 122.305605,
        address: '东港街道海印路菜场后门',
      },
      reporter: { ref: 'hk1:9c87bece8005', nameMasked: '王**', phoneMasked: '138****8000', contactRef: null },
      ext: { scrubbed: '5' },
    });
  });

  test('scrubs the words that fired a rule and the extras of the source', () => {
    const draft = classed(
      draftOf({ ...told, ext: { contact: '王建国13800138000' } }),
      'URB.GARBAGE',
      'ORDINARY',
      ['M02'],
    );
    const reasons = draft.item.classification.reasons.map((reason) => ({
      ...reason,
      evidence: '王建国,13800138000着火',
    }));
    const { unified } = run({
      ...draft,
      item: { ...draft.item, classification: { ...draft.item.classification, reasons } },
    });
    expect(unified.classification.reasons[0]!.evidence).toBe('[NAME],[PHONE]着火');
    expect(unified.ext.contact).toBe('[NAME][PHONE]');
  });

  test('carries no raw coordinate that is finer than the point', () => {
    const long = {
      ...place,
      lon: 122.30144998123,
      lat: 29.94651999871,
      rawX: 122.30560512345,
      rawY: 29.94413198765,
    };
    const { unified } = viewsOf('URB.GARBAGE', 'ORDINARY', { place: long });
    expect(unified.place).toMatchObject({ lon: 122.30145, lat: 29.94652, rawX: 122.305605, rawY: 29.944132 });
    const unlocated = viewsOf('URB.GARBAGE', 'ORDINARY', {
      place: { ...long, lon: null, lat: null, coordSystem: 'CITY_LOCAL' },
    });
    expect(unlocated.unified.place).toMatchObject({ lon: null, lat: null, rawX: null, rawY: null });
  });

  test.each(['GOV.NEIGHBOUR', 'GOV.PERSON', 'HEA.MEDICAL', 'LEG.ADVICE', 'CRT.SERVICE'])(
    'tells of %s no more than the community and a 500 m cell',
    (category) => {
      const { unified } = viewsOf(category, 'SPECIALIZED');
      const cell = cellCentre(place.lon!, place.lat!);
      expect(unified.place).toMatchObject({
        ...cell,
        communityCode: '330903003003',
        accuracyM: 354,
        address: null,
        premise: null,
        grids: [],
        rawX: null,
        rawY: null,
        assetId: null,
      });
      expect(unified.title).not.toContain('海印路菜场后门');
    },
  );

  test('blanks the reporter of a confidential item, his pictures and the point', () => {
    const attachments = [
      { ref: 'a', kind: 'IMAGE', mediaType: null, sizeBytes: null, sha256: null, takenAt: null },
    ] as const;
    const { unified } = viewsOf('URB.STREET', 'ORDINARY', { reporter: secret, attachments });
    expect(unified.reporter).toMatchObject({
      ref: null,
      nameMasked: null,
      phoneMasked: null,
      contactRef: null,
      confidential: true,
    });
    expect(unified.attachments).toEqual([]);
    expect(unified.place.address).toBeNull();
  });

  test('shows of a matter on the conduct of officials only that there is one', () => {
    const subject = { kind: 'PERSON', name: '孙志远', ref: '3' } as const;
    const { unified, departments } = viewsOf('PET.CONDUCT', 'SPECIALIZED', { subject, body: '孙志远收钱' });
    expect(unified).toMatchObject({
      title: '干部作风检举控告',
      body: '',
      statusNotes: null,
      subject: null,
      ext: {},
    });
    expect(unified.place).toMatchObject({ districtCode: '330903', townCode: null, lon: null });
    expect(unified.reporter).toMatchObject({ ref: null, nameMasked: null, confidential: true });
    expect([...departments.keys()]).toEqual(['discipline']);
    expect(seenBy({ unified, departments }, 'discipline').body).toBe('孙志远收钱');
  });

  test('names no person it is about and no plate', () => {
    const person = viewsOf('GOV.SECURITY', 'SPECIALIZED', {
      subject: { kind: 'PERSON', name: '孙志远', ref: '3' },
      body: '孙志远打人',
    });
    expect(person.unified).toMatchObject({ subject: { name: '孙**', ref: null }, body: '[NAME]打人' });
    const vehicle = { kind: 'VEHICLE', name: '浙L12345', ref: '浙L12345' } as const;
    const car = viewsOf('TRA.PUBLIC', 'ORDINARY', { subject: vehicle });
    expect(car.unified.subject).toEqual({ kind: 'VEHICLE', name: null, ref: null });
    expect(seenBy(car, 'town-command-330903003').subject).toEqual(vehicle);
  });
});

describe('an organisation', () => {
  test('that leads sees premise, point and the token of the contact, never the contact itself', () => {
    expect(seenBy(fire, 'fire-rescue')).toMatchObject({
      body: '我叫[NAME],住3幢2单元501,电话[PHONE]。垃圾堆了三天',
      place: { premise: '3幢2单元501', lon: 122.30145 },
      reporter: { nameMasked: '王**', phoneMasked: '138****8000', contactRef: 'vault:7f3a' },
    });
  });

  test('that helps sees the point but neither premise nor token', () => {
    const atRisk = viewsOf('GOV.PERSON', 'MAJOR');
    expect(seenBy(atRisk, 'health')).toMatchObject({
      place: { premise: null, lon: 122.30145, address: place.address },
      reporter: { contactRef: null },
    });
    expect(atRisk.unified.place.address).toBeNull();
  });

  test('on duty sees the door but no token; supervision sees what everybody sees', () => {
    expect(seenBy(fire, 'duty-office')).toMatchObject({
      place: { premise: '3幢2单元501' },
      reporter: { contactRef: null },
    });
    expect(seenBy(fire, 'supervision-office')).toBe(fire.unified);
  });

  test('that leads a confidential item sees its text and place, but not who told it', () => {
    const views = viewsOf('SAF.HAZARD', 'SPECIALIZED', { reporter: secret });
    expect(seenBy(views, 'fire-rescue')).toMatchObject({
      place: { premise: '3幢2单元501' },
      reporter: { ref: null, nameMasked: null, phoneMasked: null, contactRef: 'vault:7f3a' },
    });
  });

  test('that may see the same as another is given the same object', () => {
    expect(seenBy(fire, 'emergency-management')).toBe(fire.unified);
    const plain = run(classed(draftOf(), 'URB.GARBAGE', 'ORDINARY'));
    expect(seenBy(plain, 'law-enforcement')).toBe(plain.unified);
  });
});

test('a cell is at most 500 m wide and high, and all its points share its centre', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 118, max: 126, noNaN: true }),
      fc.double({ min: 26, max: 34, noNaN: true }),
      (lon, lat) => {
        const centre = cellCentre(lon, lat);
        const east = (lon - centre.lon) * 111_195 * Math.cos((centre.lat * Math.PI) / 180);
        const north = (lat - centre.lat) * 111_195;
        expect(Math.abs(east)).toBeLessThan(251);
        expect(Math.abs(north)).toBeLessThan(251);
        expect(cellCentre(centre.lon, centre.lat)).toEqual(centre);
      },
    ),
  );
});

test('no view of any item shows a name, phone or id that its record holds in clear', () => {
  const digits = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789'), { minLength: length, maxLength: length })
      .map((all) => all.join(''));
  const phone = digits(9).map((rest) => `13${rest}`);
  const given = fc.record({
    phone,
    name: fc.constantFrom('王建国', '欧阳修远', '钱多多', '陈静'),
    id: digits(3).map((rest) => `33090318000101${rest}X`),
    category: fc.constantFrom('URB.GARBAGE', 'SAF.FIRE', 'GOV.PERSON', 'PET.CONDUCT', 'LEG.AID'),
    itemClass: fc.constantFrom('ORDINARY', 'SPECIALIZED', 'MAJOR'),
    confidential: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ phone: number, name, id, category, itemClass, confidential }) => {
      const text = `${name}反映,身份证${id},手机${number},请联系${name}`;
      const reporter = { ...caller, name, phone: number, confidential };
      const views = viewsOf(category, itemClass, {
        title: text,
        body: text,
        statusNotes: text,
        reporter,
        place: { ...place, address: `海印路3号(${name}${number})` },
        ext: { remark: text },
      });
      for (const view of [views.unified, ...views.departments.values()]) {
        const shown = JSON.stringify(view);
        for (const personal of [number, name, id]) expect(shown).not.toContain(personal);
      }
      expect(JSON.stringify(views.unified)).not.toContain('3幢2单元501');
    }),
  );
});
