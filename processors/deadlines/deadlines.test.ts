import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Draft, ProcessContext } from '../../runtime/index.ts';
import { exampleState } from '../../schemas/examples.ts';
import type { Deadlines, Item, ItemState, SourceRecord } from '../../schemas/types.ts';
import { classed, draftOf, newItemContext } from '../../test/support/drafts.ts';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { route } from '../route/index.ts';
import { deadlines } from './index.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const lead = 'law-enforcement';

/** Beijing time to ms, and back. */
const beijing = (text: string): number => Date.parse(`${text}+08:00`);
const shown = (at: number | null): string | null =>
  at === null ? null : new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

/** A Tuesday, a quarter of an hour before the offices open. */
const tuesday = beijing('2026-03-10T08:12:33');

/** What route has made of it, for a rule. */
function ruled(slaId: string, record: Partial<SourceRecord> = {}): Draft {
  const draft = draftOf({ reportedAt: tuesday, ingestedAt: tuesday, ...record });
  const { item } = draft;
  return {
    ...draft,
    item: {
      ...item,
      route: { ...item.route, leadDepartment: lead },
      deadlines: { ...item.deadlines, slaId, calendarId: 'CN-2026.1' },
    },
  };
}

function timed(draft: Draft, over: Partial<ProcessContext> = {}): Item {
  const outcome = deadlines.process(draft, { ...newItemContext, at: tuesday, ...over });
  if (outcome.kind !== 'next') throw new Error(`the deadlines ended with ${outcome.kind}`);
  return outcome.value.item;
}

const timesOf = ({ signBy, contactBy, acceptBy, resolveBy }: Deadlines) =>
  [signBy, contactBy, acceptBy, resolveBy].map(shown);

/** The memory of an item that came to a lead at a time. */
const heldSince = (deliveredAt: number | null, over: Partial<ItemState> = {}): ItemState => ({
  ...exampleState,
  status: 'DISPATCHED',
  leadDepartment: lead,
  departments: [lead],
  deliveredAt,
  ...over,
});

describe('the deadlines of an item reported and delivered on Tuesday 2026-03-10 at 08:12:33', () => {
  const table: readonly (readonly [string, ...(string | null)[]])[] = [
    // sign, contact, accept, resolve (domain.md §5)
    ['ORD-CONSULT', '2026-03-10 14:00:00', null, null, '2026-03-13 23:59:59'],
    ['ORD-HELP', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-03-17 23:59:59'],
    ['ORD-COMPLAINT', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-03-17 23:59:59'],
    ['ORD-SUGGEST', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-03-17 23:59:59'],
    ['ORD-UTILITY', '2026-03-10 10:12:33', '2026-03-10 10:12:33', null, '2026-03-11 08:12:33'],
    ['ORD-DISPUTE', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-04-09 23:59:59'],
    ['URB-4H', '2026-03-10 08:42:33', null, null, '2026-03-10 14:00:00'],
    ['URB-URGENT', '2026-03-10 08:42:33', null, null, '2026-03-10 12:12:33'],
    ['URB-5D', '2026-03-10 08:42:33', null, null, '2026-03-17 23:59:59'],
    ['URB-BUILD', '2026-03-10 10:30:00', null, null, '2026-04-08 23:59:59'],
    ['SPEC-12315-C', '2026-03-11 23:59:59', null, '2026-03-19 23:59:59', '2026-05-26 23:59:59'],
    ['SPEC-12315-R', '2026-03-11 23:59:59', null, '2026-03-31 23:59:59', '2026-06-08 23:59:59'],
    ['SPEC-TOURISM', '2026-03-11 23:59:59', null, '2026-03-17 23:59:59', '2026-05-09 23:59:59'],
    ['SPEC-LEGALAID', '2026-03-11 23:59:59', null, '2026-03-19 23:59:59', '2026-03-24 23:59:59'],
    ['SPEC-COURT', '2026-03-11 23:59:59', null, null, '2026-03-13 23:59:59'],
    ['SPEC-LABOUR', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-06-05 23:59:59'],
    ['SPEC-PETITION', '2026-03-11 23:59:59', null, '2026-03-25 23:59:59', '2026-05-09 23:59:59'],
    ['SPEC-ALERT', '2026-03-10 08:22:33', '2026-03-10 08:22:33', null, '2026-03-10 10:12:33'],
    ['SPEC-DEFAULT', '2026-03-11 23:59:59', '2026-03-11 23:59:59', null, '2026-03-31 23:59:59'],
    ['MAJ-SUPERVISE', '2026-03-10 10:30:00', '2026-03-11 23:59:59', null, '2026-03-17 23:59:59'],
    ['MAJ-LIFE', '2026-03-10 08:17:33', '2026-03-10 08:27:33', null, '2026-03-10 10:12:33'],
    ['MAJ-STABILITY', '2026-03-10 08:27:33', '2026-03-10 08:42:33', null, '2026-03-10 10:12:33'],
  ];

  test.each(table)('by %s are %s, %s, %s, %s', (slaId, ...expected) => {
    expect(timesOf(timed(ruled(slaId)).deadlines)).toEqual(expected);
  });

  test('are known for every rule of the catalogue', () => {
    expect(table.map(([slaId]) => slaId).sort()).toEqual(catalogue.slas.map(({ id }) => id).sort());
  });
});

describe('the clocks', () => {
  test('of the lead start when it was delivered, those towards the citizen at the report', () => {
    const at = beijing('2026-03-12T09:00:00');
    const item = timed(ruled('ORD-COMPLAINT'), { at });
    expect(timesOf(item.deadlines)).toEqual([
      '2026-03-13 23:59:59',
      '2026-03-13 23:59:59',
      null,
      '2026-03-17 23:59:59',
    ]);
  });

  test('of a grave matter run on Sundays and holidays, those of the offices wait', () => {
    const holiday = beijing('2026-10-04T22:00:00');
    const draft = (slaId: string) => ruled(slaId, { reportedAt: holiday, ingestedAt: holiday });
    expect(timesOf(timed(draft('MAJ-LIFE'), { at: holiday }).deadlines)).toEqual([
      '2026-10-04 22:05:00',
      '2026-10-04 22:15:00',
      null,
      '2026-10-05 00:00:00',
    ]);
    expect(timesOf(timed(draft('URB-4H'), { at: holiday }).deadlines)).toEqual([
      '2026-10-04 22:30:00',
      null,
      null,
      '2026-10-08 14:00:00',
    ]);
  });

  test('of the lead go on from the first delivery while the item stays with it', () => {
    const at = beijing('2026-03-16T15:00:00');
    const again = timed(ruled('ORD-COMPLAINT'), { at, state: heldSince(tuesday) });
    expect(again.deadlines).toEqual(timed(ruled('ORD-COMPLAINT')).deadlines);
  });

  test('of the lead start anew for a new lead, the citizen waits no longer for it', () => {
    const at = beijing('2026-03-16T15:00:00');
    const state = heldSince(tuesday, { leadDepartment: 'housing-construction', departments: [] });
    const { signBy, resolveBy } = timed(ruled('ORD-COMPLAINT'), { at, state }).deadlines;
    expect([signBy, resolveBy].map(shown)).toEqual(['2026-03-17 23:59:59', '2026-03-17 23:59:59']);
  });

  test('of the lead do not run for what was over at its source when it came', () => {
    const item = timed(ruled('ORD-COMPLAINT', { sourceEvent: 'CLOSED', sourceStatus: '已办结' }));
    expect(timesOf(item.deadlines)).toEqual([null, null, null, '2026-03-17 23:59:59']);
  });
});

describe("a source's own limit", () => {
  test.each([
    ['10', '2026-03-24 23:59:59'],
    [' 010 ', '2026-03-24 23:59:59'],
    ['0', '2026-03-13 23:59:59'],
    ['-5', '2026-03-13 23:59:59'],
    ['十天', '2026-03-13 23:59:59'],
    ['1000', '2026-03-13 23:59:59'],
  ])('of "%s" days ends a court matter on %s', (limitDays, resolveBy) => {
    const { deadlines: found } = timed(ruled('SPEC-COURT', { ext: { limitDays } }));
    expect(shown(found.resolveBy)).toBe(resolveBy);
  });

  test('does not move a rule that does not ask for it', () => {
    const { deadlines: found } = timed(ruled('ORD-COMPLAINT', { ext: { limitDays: '10' } }));
    expect(shown(found.resolveBy)).toBe('2026-03-17 23:59:59');
  });
});

describe('a deadline beyond the lists', () => {
  const silvester = beijing('2026-12-30T10:00:00');
  const draft = (slaId: string) => ruled(slaId, { reportedAt: silvester, ingestedAt: silvester });

  test('is provisional, and says which', () => {
    const item = timed(draft('ORD-COMPLAINT'), { at: silvester });
    expect(item.deadlines.calendarId).toBe('CN-2026.1-provisional');
    expect(item.ext.deadlineProvisional).toBe('resolveBy');
    expect(timesOf(item.deadlines)).toEqual([
      '2026-12-31 23:59:59',
      '2026-12-31 23:59:59',
      null,
      '2027-01-06 23:59:59',
    ]);
  });

  test('is not provisional where no list is needed', () => {
    const item = timed(draft('MAJ-LIFE'), { at: silvester });
    expect(item.deadlines.calendarId).toBe('CN-2026.1');
    expect(item.ext.deadlineProvisional).toBeUndefined();
  });

  test('of a calendar that is not installed stops the item', () => {
    const unknown = draft('ORD-COMPLAINT');
    const item = { ...unknown.item, deadlines: { ...unknown.item.deadlines, calendarId: 'CN-2031.1' } };
    expect(() => timed({ ...unknown, item })).toThrow(
      expect.objectContaining({ code: 'HUB_CALENDAR_NO_DATA' }),
    );
  });
});

describe('the same record judged again', () => {
  /** Route and deadlines, as the pipeline runs them. */
  function judged(draft: Draft, context: ProcessContext): Item {
    const routed = route.process(draft, context);
    if (routed.kind !== 'next') throw new Error(`routing ended with ${routed.kind}`);
    return timed(routed.value, context);
  }

  test('has the deadlines it had', () => {
    const minute = 60_000;
    fc.assert(
      fc.property(
        fc.constantFrom(...catalogue.categories.map(({ code }) => code)),
        fc.constantFrom<Item['classification']['itemClass']>('ORDINARY', 'SPECIALIZED', 'MAJOR'),
        fc.integer({ min: beijing('2025-01-01T00:00:00'), max: beijing('2027-06-30T00:00:00') }),
        fc.integer({ min: 0, max: 60 * 24 * 60 }),
        fc.integer({ min: 0, max: 400 * 24 * 60 }),
        fc.constantFrom('ITEM_RECEIVED', 'CLOSED'),
        (category, itemClass, reportedAt, minutesToHub, minutesLater, sourceEvent) => {
          const at = reportedAt + minutesToHub * minute;
          const draft = classed(draftOf({ reportedAt, ingestedAt: at, sourceEvent }), category, itemClass);
          const first = judged(draft, { ...newItemContext, at });
          const isOver = sourceEvent === 'CLOSED';
          const state = heldSince(isOver ? null : at, {
            status: isOver ? 'CLOSED' : 'DISPATCHED',
            leadDepartment: first.route.leadDepartment,
            departments: isOver ? [] : [first.route.leadDepartment],
          });
          const later = { ...newItemContext, at: at + minutesLater * minute, state };
          const second = judged({ ...draft, change: 'REEVALUATION' }, later);
          expect(second.deadlines).toEqual(first.deadlines);
          expect(second.ext).toEqual(first.ext);
        },
      ),
    );
  });
});
