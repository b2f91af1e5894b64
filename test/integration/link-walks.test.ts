import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { itemIdOf } from '../../runtime/core/ids.ts';
import { topics } from '../../runtime/topics.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from '../support/records.ts';
import { baseOf, openSmallHub, type SmallHub } from '../support/small-hub.ts';

const hour = 3_600_000;
const day = 24 * hour;
const town = 'town-command-330903003';

let hub: SmallHub;
beforeEach(async () => {
  hub = await openSmallHub({ workers: 2 });
});
afterEach(() => hub.close());

const idOf = (record: Partial<SourceRecord>): string => itemIdOf(baseOf(record), 1);
const place = (over: Partial<SourceRecord['place']> = {}) => ({ ...sourceRecord().place, ...over });
const reporter = (ref: string | null) => ({ ...sourceRecord().reporter, ref, name: null, phone: null });

/** Which items an organisation holds: the last record of each that is not a removal. */
async function holding(organisation: string): Promise<string[]> {
  const last = new Map<string, Item>();
  for (const item of await hub.items(topics.department(organisation))) last.set(item.itemId, item);
  return [...last.values()]
    .filter(({ removed }) => removed === null)
    .map(({ itemId }) => itemId)
    .sort();
}

const sorted = (...records: readonly Partial<SourceRecord>[]): string[] => records.map(idOf).sort();

async function lastOf(record: Partial<SourceRecord>): Promise<Item> {
  const revisions = (await hub.items(topics.items)).filter(({ itemId }) => itemId === idOf(record));
  expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => index + 1));
  return revisions.at(-1)!;
}

const typesOf = async (record: Partial<SourceRecord>): Promise<string[]> =>
  (await hub.events(baseOf(record))).map(({ type }) => type);

describe('(a) an order, its mirror, a correction of the address, a person who un-links', () => {
  const order: Partial<SourceRecord> = {
    system: 'hotline-12345',
    channel: 'PHONE',
    recordId: 'PT20260310000381',
    recordVersion: '1',
    title: '市民反映东港菜场后门垃圾三天未清运',
    body: '市民反映东港菜场后门垃圾三天未清运,气味很大',
    reportedAt: morning + hour,
    ingestedAt: morning + 2 * hour,
    reporter: reporter('hk1:aa'),
  };
  const mirror: Partial<SourceRecord> = {
    system: 'four-platforms',
    channel: 'TRANSFER',
    recordId: 'SPT330903-2603100077',
    recordVersion: '1',
    relatedIds: ['hotline-12345:PT20260310000381'],
    title: '垃圾清运',
    body: '请及时处理',
    // The town's clock says that it took the order an hour before the hotline did.
    reportedAt: morning,
    ingestedAt: morning + hour,
    place: place({ address: null, lon: 122.30146, lat: 29.9465, coordSystem: 'CGCS2000' }),
    reporter: reporter(null),
  };

  test('the mirror leads, follows no correction, and both are work again when a person says so', async () => {
    await hub.accept(mirror);
    await hub.settle();
    expect(await holding(town)).toEqual(sorted(mirror));

    await hub.accept(order);
    await hub.settle();
    expect(await lastOf(order)).toMatchObject({ status: 'LINKED', primaryItemId: idOf(mirror) });
    expect((await lastOf(order)).links).toMatchObject([
      { itemId: idOf(mirror), relation: 'MIRROR', score: 1 },
    ]);
    expect(await lastOf(mirror)).toMatchObject({
      primaryItemId: null,
      // One call in two systems is one reporter.
      clusterSize: 1,
      links: [{ itemId: idOf(order), relation: 'MIRROR' }],
    });
    expect(await holding(town)).toEqual(sorted(mirror));
    const removed = (await hub.items(topics.department(town))).filter((item) => item.removed !== null);
    expect(removed).toMatchObject([
      { itemId: idOf(order), removed: { reason: 'LINKED', to: idOf(mirror) }, title: '', body: '' },
    ]);

    const corrected = { ...order, recordVersion: '2', place: place({ address: '东港街道海印路菜场东门' }) };
    await hub.accept(corrected);
    await hub.settle();
    expect(await lastOf(order)).toMatchObject({
      contentRevision: 2,
      status: 'LINKED',
      place: { address: '东港街道海印路菜场东门' },
    });

    const { baseId, itemId } = await hub.state(baseOf(order));
    const word = { otherId: idOf(mirror), word: 'UNLINK', actor: '值班员', assignee: null } as const;
    await hub.commands.pairWord({ baseId, itemId }, { ...word, reason: '两处垃圾' }, 'unlink-1');
    await hub.commands.pairWord({ baseId, itemId }, { ...word, reason: '两处垃圾' }, 'unlink-1');
    await hub.settle();
    expect(await lastOf(order)).toMatchObject({ status: 'DISPATCHED', primaryItemId: null, links: [] });
    expect(await lastOf(mirror)).toMatchObject({ clusterSize: 0, links: [] });
    expect(await holding(town)).toEqual(sorted(order, mirror));
    const events = await typesOf(order);
    expect(events.filter((type) => type === 'LINK_REJECTED')).toHaveLength(1);
    expect(events.indexOf('LINKED')).toBeLessThan(events.indexOf('CORRECTED'));
    expect(events.indexOf('LINK_REJECTED')).toBeLessThan(events.indexOf('UNLINKED'));

    // Every later score yields to the person.
    await hub.accept({ ...corrected, recordVersion: '3', title: '市民再次反映东港菜场垃圾三天未清运' });
    await hub.settle();
    expect(await holding(town)).toEqual(sorted(order, mirror));
  });
});

describe('(b) two workers, near-duplicates in opposite order', () => {
  const text =
    '东港街道海印路菜场后门生活垃圾堆了整整三天没有人清理,天一热臭得很,附近居民都受不了,希望尽快清运干净';
  const told = (recordId: string, over: Partial<SourceRecord>): Partial<SourceRecord> => ({
    recordId,
    title: '菜场后门垃圾没人清',
    body: text,
    ingestedAt: morning + 3 * day,
    ...over,
  });
  const earlier = told('TS202603100001', { reportedAt: morning, reporter: reporter('hk1:a1') });
  const later = told('TS202603100002', { reportedAt: morning + 5 * hour, reporter: reporter('hk1:b2') });
  const other = told('TS202603100003', { reportedAt: morning + 6 * hour, reporter: reporter('hk1:c3') });

  test('the later one is signed before the earlier comes: it goes on leading, and the earlier follows it', async () => {
    await hub.accept(other);
    await hub.accept(later);
    await hub.settle();
    expect(await lastOf(other)).toMatchObject({ status: 'LINKED', primaryItemId: idOf(later) });

    const { baseId, itemId } = await hub.state(baseOf(later));
    const signed = { type: 'SIGNED', organisation: town, actor: '张三', at: morning + 4 * day, reason: null };
    await hub.commands.departmentEvent({ baseId, itemId }, signed, 'sign-1');
    await hub.settle();

    await hub.accept(earlier);
    await hub.settle();
    const cluster = (await lastOf(earlier)).clusterId;
    expect(await lastOf(earlier)).toMatchObject({ status: 'LINKED', primaryItemId: idOf(later) });
    expect(await lastOf(other)).toMatchObject({
      status: 'LINKED',
      primaryItemId: idOf(later),
      clusterId: cluster,
    });
    expect(await lastOf(later)).toMatchObject({ status: 'SIGNED', clusterId: cluster, clusterSize: 3 });
    // The cluster has the name of its earliest member, which has come last.
    expect(await typesOf(later)).toContain('CLUSTER_MERGED');
    expect(await holding(town)).toEqual(sorted(later));
  });
});

describe('(c) ten reporters', () => {
  const told = (number: number): Partial<SourceRecord> => ({
    recordId: `TS2026031001${String(number).padStart(2, '0')}`,
    recordVersion: '1',
    title: '海印路路灯整条街都不亮',
    body: `海印路菜场门口一带的路灯全都不亮了,晚上出门看不见路,第${number}次反映`,
    reportedAt: morning + number * hour,
    ingestedAt: morning + 2 * day,
    reporter: reporter(`hk1:${number}`),
  });
  const records = Array.from({ length: 10 }, (_, number) => told(number));
  const [primary] = records as [Partial<SourceRecord>, ...Partial<SourceRecord>[]];

  const growTo = async (count: number) => {
    for (const record of records.slice(0, count)) await hub.accept(record);
    await hub.settle();
  };
  /** One of them turns out to have meant another place. */
  const correctOneAway = async () => {
    await hub.accept({
      ...records[7]!,
      recordVersion: '2',
      title: '展茅街道路灯不亮',
      body: '展茅街道干施岙村口的一盏路灯不亮',
      place: place({ address: '展茅街道干施岙村', townCode: '330903004', lon: 122.25, lat: 29.99 }),
    });
    await hub.settle();
  };

  test('raise the primary and send it to who supervises; with one corrected away it falls back', async () => {
    await growTo(9);
    expect(await lastOf(primary)).toMatchObject({
      clusterSize: 9,
      classification: { itemClass: 'ORDINARY' },
    });
    await growTo(10);
    const raised = await lastOf(primary);
    expect(raised).toMatchObject({
      clusterSize: 10,
      status: 'SUBMITTED',
      classification: { itemClass: 'MAJOR', procedure: 'SUPERVISE', previousClass: 'ORDINARY' },
    });
    expect(raised.classification.reasons.map(({ ruleId }) => ruleId)).toContain('M10');
    expect(raised.links).toHaveLength(9);
    // The town stays with it: its people asked.
    expect(raised.route.coDepartments).toContain(town);
    expect(await holding('supervision-office')).toEqual([idOf(primary)]);

    await correctOneAway();
    expect(await lastOf(primary)).toMatchObject({
      clusterSize: 9,
      status: 'DISPATCHED',
      classification: { itemClass: 'ORDINARY', previousClass: 'MAJOR' },
    });
    expect(await holding('supervision-office')).toEqual([]);
    expect(await lastOf(records[7]!)).toMatchObject({ primaryItemId: null });
    expect((await typesOf(records[7]!)).filter((type) => type === 'UNLINKED')).toHaveLength(1);
  });

  test('once signed, the lower class is only suggested to a person', async () => {
    await growTo(10);
    const { baseId, itemId, leadDepartment } = await hub.state(baseOf(primary));
    const signed = { type: 'SIGNED', organisation: leadDepartment, actor: '李四', reason: null };
    await hub.commands.departmentEvent({ baseId, itemId }, { ...signed, at: morning + 3 * day }, 'sign-2');
    await hub.settle();
    await correctOneAway();
    expect(await lastOf(primary)).toMatchObject({
      clusterSize: 9,
      status: 'SIGNED',
      classification: { itemClass: 'MAJOR' },
    });
    expect(await hub.state(baseOf(primary))).toMatchObject({ suggestedClass: 'ORDINARY' });
    expect(await typesOf(primary)).toContain('LOWER_CLASS_SUGGESTED');
  });
});
