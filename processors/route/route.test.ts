import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { classed, draftOf, newItemContext } from '../../test/support/drafts.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { readReason, route, routeCodes } from './index.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const town = 'town-command-330903003';

interface Case {
  readonly category: string;
  readonly itemClass: Item['classification']['itemClass'];
  readonly rules?: readonly string[];
  readonly record?: Partial<SourceRecord>;
}

/** A classed item, routed. */
function routed({ category, itemClass, rules = [], record = {} }: Case): Item {
  const outcome = route.process(classed(draftOf(record), category, itemClass, rules), newItemContext);
  if (outcome.kind !== 'next') throw new Error(`routing ended with ${outcome.kind}`);
  return outcome.value.item;
}

const nowhere = { ...sourceRecord().place, townCode: null, adminCode: null, address: null };
const gridWorker = { ...sourceRecord().reporter, kind: 'GRID_WORKER' } as const;
const secret = { ...sourceRecord().reporter, confidential: true };

describe('an ordinary item', () => {
  test('goes to the town it happened in, helped by the owner of its category', () => {
    const item = routed({ category: 'URB.GARBAGE', itemClass: 'ORDINARY' });
    expect(item.route).toEqual({
      leadDepartment: town,
      coDepartments: ['law-enforcement'],
      level: 'TOWN',
      reason: '普通事项，由事发地东港街道综合指挥室主办；综合执法局（城管）协办〔R01 R04〕',
    });
    expect(item.classification.procedure).toBe('DISPATCH');
    expect(item.deadlines).toMatchObject({ slaId: 'URB-4H', calendarId: 'CN-2026.1', resolveBy: null });
  });

  test('without a place goes to the owner of its category, at the level of the district', () => {
    const { leadDepartment, level } = routed({
      category: 'URB.GARBAGE',
      itemClass: 'ORDINARY',
      record: { place: nowhere },
    }).route;
    expect([leadDepartment, level]).toEqual(['law-enforcement', 'DISTRICT']);
  });

  test('without a place and without a known category falls to the governance centre', () => {
    const { leadDepartment, level } = routed({
      category: 'NEW.CODE',
      itemClass: 'ORDINARY',
      record: { place: nowhere },
    }).route;
    expect([leadDepartment, level]).toEqual(['governance-centre', 'DISTRICT']);
  });

  test('whose address alone names the town goes to that town; two towns named are none', () => {
    const at = (address: string) =>
      routed({ category: 'URB.DRAIN', itemClass: 'ORDINARY', record: { place: { ...nowhere, address } } })
        .route.leadDepartment;
    expect(at('普陀区六横镇台门路3号')).toBe('town-command-330903100');
    expect(at('东港街道与沈家门街道交界处')).toBe('housing-construction');
  });

  test('in a town of another district goes to no town of ours', () => {
    const place = { ...sourceRecord().place, townCode: '310107005' };
    expect(
      routed({ category: 'URB.DRAIN', itemClass: 'ORDINARY', record: { place } }).route.leadDepartment,
    ).toBe('housing-construction');
  });

  test('that a grid worker found and nobody calls grave begins in the community', () => {
    const small = routed({
      category: 'URB.GARBAGE',
      itemClass: 'ORDINARY',
      record: { reporter: gridWorker },
    });
    expect(small.route).toMatchObject({ leadDepartment: town, coDepartments: [], level: 'COMMUNITY' });
    const grave = routed({
      category: 'URB.GARBAGE',
      itemClass: 'ORDINARY',
      record: { reporter: gridWorker, severity: 'HIGH' },
    });
    expect(grave.route).toMatchObject({
      leadDepartment: town,
      coDepartments: ['law-enforcement'],
      level: 'TOWN',
    });
  });

  test('about one utility is helped by that company, about several or none by the utilities in general', () => {
    const help = (body: string) =>
      routed({ category: 'CNV.UTILITY', itemClass: 'ORDINARY', record: { title: '求助', body } }).route
        .coDepartments;
    expect(help('家里停水一天了')).toEqual(['public-utilities-water']);
    expect(help('又停水又停电')).toEqual(['public-utilities']);
    expect(help('无人处理')).toEqual(['public-utilities']);
  });
});

describe('a specialized item', () => {
  test('is transferred to the owner of its category, with the helpers of the category', () => {
    const item = routed({ category: 'SEA.LOST', itemClass: 'SPECIALIZED' });
    expect(item.route).toMatchObject({
      leadDepartment: 'ocean-fishery',
      coDepartments: ['maritime-safety'],
      level: 'DISTRICT',
    });
    expect(item.classification.procedure).toBe('TRANSFER');
    expect(item.deadlines.slaId).toBe('SPEC-ALERT');
  });

  test('names the town as helper where the category does, and nobody where the place is unknown', () => {
    const help = (place: SourceRecord['place']) =>
      routed({ category: 'SAF.HAZARD', itemClass: 'SPECIALIZED', record: { place } }).route.coDepartments;
    expect(help(sourceRecord().place)).toEqual([town]);
    expect(help(nowhere)).toEqual([]);
  });

  test('made so by a rule over an ordinary category has the default clock of its class', () => {
    expect(
      routed({ category: 'CNV.PROPERTY', itemClass: 'SPECIALIZED', rules: ['S03'] }).deadlines.slaId,
    ).toBe('SPEC-DEFAULT');
  });
});

describe('a major item', () => {
  test('goes to the owner of its category at once, with supervision, peace-and-order and duty office', () => {
    const item = routed({ category: 'SAF.FIRE', itemClass: 'MAJOR', rules: ['M02'] });
    expect(item.route).toMatchObject({
      leadDepartment: 'fire-rescue',
      coDepartments: [
        'emergency-management',
        'supervision-office',
        'comprehensive-governance',
        'duty-office',
      ],
      level: 'DISTRICT',
    });
    expect(item.classification.procedure).toBe('SUPERVISE');
    expect(item.deadlines.slaId).toBe('MAJ-LIFE');
  });

  test('made so by many voices keeps the town', () => {
    const { route: decided, deadlines } = routed({
      category: 'URB.GARBAGE',
      itemClass: 'MAJOR',
      rules: ['M10'],
    });
    expect(decided.leadDepartment).toBe('law-enforcement');
    expect(decided.coDepartments).toContain(town);
    expect(deadlines.slaId).toBe('MAJ-SUPERVISE');
  });

  test.each([
    [['M10', 'M03'], 'MAJ-STABILITY'],
    [['M03', 'M01'], 'MAJ-LIFE'],
    [['M09'], 'MAJ-SUPERVISE'],
    [[], 'MAJ-SUPERVISE'],
  ])('by the rules %j has the clock %s', (rules, slaId) => {
    expect(routed({ category: 'URB.GARBAGE', itemClass: 'MAJOR', rules }).deadlines.slaId).toBe(slaId);
  });

  test('of a court is supervised by nobody', () => {
    const { coDepartments } = routed({ category: 'CRT.SERVICE', itemClass: 'MAJOR', rules: ['M11'] }).route;
    expect(coDepartments).not.toContain('supervision-office');
    expect(coDepartments).toContain('duty-office');
  });
});

describe('a confidential item', () => {
  test('has no co-departments, whatever its class', () => {
    for (const itemClass of ['ORDINARY', 'SPECIALIZED', 'MAJOR'] as const) {
      const { coDepartments, reason } = routed({
        category: 'SAF.HAZARD',
        itemClass,
        rules: ['M10'],
        record: { reporter: secret },
      }).route;
      expect(coDepartments).toEqual([]);
      expect(reason).toContain('保密件');
    }
  });

  test('never goes to the body complained of', () => {
    const lead = (over: Partial<SourceRecord>) =>
      routed({ category: 'URB.STREET', itemClass: 'ORDINARY', record: { reporter: secret, ...over } }).route
        .leadDepartment;
    const about = (name: string) => ({ subject: { kind: 'ORG', name, ref: null } }) as const;
    expect(lead({})).toBe(town);
    expect(lead(about('东港街道办事处'))).toBe('law-enforcement');
    expect(lead({ body: '东港街道工作人员和城管局执法人员收受摊贩好处' })).toBe('supervision-office');
    expect(lead({ body: '城管局执法人员收受摊贩好处', place: nowhere })).toBe('supervision-office');
    expect(lead({ body: '打过派出所电话,请东港街道处理' })).toBe(town);
  });

  test('about the conduct of officials goes to discipline alone, even when the reporter did not ask for secrecy', () => {
    for (const itemClass of ['ORDINARY', 'SPECIALIZED', 'MAJOR'] as const) {
      const decided = routed({ category: 'PET.CONDUCT', itemClass, rules: ['M11'] }).route;
      expect(decided).toMatchObject({ leadDepartment: 'discipline', coDepartments: [], level: 'DISTRICT' });
    }
  });
});

test('an item without a class waits for a person at the centre', () => {
  const item = routed({ category: 'URB.GARBAGE', itemClass: 'UNCLASSIFIED' });
  expect(item.route).toMatchObject({
    leadDepartment: 'governance-centre',
    coDepartments: [],
    level: 'DISTRICT',
  });
  expect(item.classification.procedure).toBe('NONE');
});

const anyCase = fc.record({
  category: fc.constantFrom(...catalogue.categories.map(({ code }) => code), 'XXX.NEW'),
  itemClass: fc.constantFrom('ORDINARY', 'SPECIALIZED', 'MAJOR', 'UNCLASSIFIED'),
  rules: fc.subarray(catalogue.rules.map(({ id }) => id)),
  record: fc.record({
    place: fc.constantFrom(sourceRecord().place, nowhere),
    reporter: fc.constantFrom(sourceRecord().reporter, secret, gridWorker),
    body: fc.constantFrom('停水', '城管局执法人员态度差', '东港街道干部'),
  }),
});

test('every item has a known lead, no helper twice, a known clock, and a reason in both languages', () => {
  const slas = new Set(catalogue.slas.map(({ id }) => id));
  fc.assert(
    fc.property(anyCase, (given) => {
      const item = routed(given);
      const { leadDepartment, coDepartments, reason } = item.route;
      const all = [leadDepartment, ...coDepartments];
      for (const id of all) expect(catalogue.organisation(id, morning)).not.toBeNull();
      expect(new Set(all).size).toBe(all.length);
      expect(slas).toContain(item.deadlines.slaId);
      expect(reason).toBe(`${readReason(item, 'zh-CN', catalogue)}${reason.slice(reason.indexOf('〔'))}`);
      expect(readReason(item, 'en', catalogue)).toMatch(/^[\x20-\x7e]+$/);
      expect(readReason(item, 'en', catalogue)).not.toMatch(/by $|: stays|undefined/);
      if (given.record.reporter.confidential) expect(coDepartments).toEqual([]);
    }),
  );
});

test('each reason is given by some item', () => {
  const seen = new Set<string>();
  for (const given of fc.sample(anyCase, { numRuns: 3_000, seed: 1 })) {
    for (const code of routed(given).route.reason.match(/R\d\d/g) ?? []) seen.add(code);
  }
  expect([...seen].sort()).toEqual([...routeCodes].sort());
});
